//! What a page of the docs shows: stages, files and commands, in their order.
//!
//! A fenced block is a file when its first line is a comment with the file's name, or its fence names it; else its
//! commands count. A comment `<!-- followed beside: plans/NAME -->` begins anew in a folder with that plan's files, and
//! `, applied` after the name has it applied before.

/// A step of a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    /// A folder of its own with the files of a plan.
    Stage(Stage),
    /// A file of this name and content.
    File(String, String),
    /// A copy of a file.
    Copy(String, String),
    /// A command.
    Run(Shown),
}

/// A plan of the repository that commands are followed beside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stage {
    pub(super) plan: String,
    /// Whether the simulated AWS is already as the plan says.
    pub(super) applied: bool,
}

/// A command as a page shows it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shown {
    pub(super) arguments: Vec<String>,
    /// The exit code that it is said to end with.
    pub(super) exits: i32,
    /// Whether it stands in a sentence, for whoever wants it.
    pub(super) aside: bool,
    /// Whether the shell takes another exit code for good.
    pub(super) forgiven: bool,
    /// Why it cannot be followed on a simulated AWS, in the words of the page.
    pub(super) withheld: Option<String>,
}

/// Programs and words before a command on a line of a recipe or of a terminal.
const BEFORE: [&str; 4] = ["$", "-", "run:", "|"];

/// How a comment beside a command begins that says why no simulated AWS can follow it.
const WITHHELD: [&str; 2] = ["only at AWS: ", "until Ctrl-C"];

/// Commands that have commands of their own.
const GROUPS: [&str; 3] = ["backup", "journal", "key"];

impl Shown {
    /// Whether it can be typed as it stands: it names what it works on, and nothing is left for the reader to put in.
    pub(super) fn is_whole(&self) -> bool {
        if self.arguments[0] == "sweep" && !self.arguments.contains(&"--replay".to_owned()) {
            return false; // It takes hours.
        }
        let words = self.arguments.iter().filter(|word| !word.starts_with('-')).count();
        let named = if GROUPS.contains(&self.arguments[0].as_str()) { 2 } else { 1 };
        words > named && !self.arguments.iter().any(|word| is_left_open(word))
    }

    /// What the reader has to put in.
    pub(super) fn left_open(&self) -> Option<&String> {
        self.arguments.iter().find(|word| is_left_open(word))
    }
}

/// `FILE`, `[ACCOUNT|UNIT...]` and the like.
fn is_left_open(word: &str) -> bool {
    let letters = word.trim_end_matches('.').trim_matches(['[', ']', '.']);
    let capitals = letters.chars().all(|letter| letter.is_ascii_uppercase() || "|_.".contains(letter));
    word.contains("...") || (letters.len() > 1 && capitals)
}

/// The command on a line, without what a shell does with its output.
fn command(line: &str) -> Option<Shown> {
    let (said, comment) = line.split_once(" #").unwrap_or((line, ""));
    let said = said.replace("cargo run -- ", "lzctl ");
    let mut words = said.split_whitespace().skip_while(|word| BEFORE.contains(word));
    if words.next() != Some("lzctl") {
        return None;
    }
    let words = words.take_while(|word| ![">", ">>", "|", "||", "&&", "\\"].contains(word));
    let arguments: Vec<String> = words.map(|word| word.replace(['\'', '"'], "")).collect();
    let exits = comment.split_once("exit code ").and_then(|(_, code)| code.split_whitespace().next());
    let exits = exits.map_or(0, |code| code.trim_end_matches([',', '.', ':', ';']).parse().unwrap());
    let withheld = WITHHELD.iter().any(|begin| comment.trim().starts_with(begin));
    (!arguments.is_empty()).then(|| Shown {
        arguments,
        exits,
        aside: false,
        forgiven: said.contains(" || "),
        withheld: withheld.then(|| comment.trim().to_owned()),
    })
}

/// The commands between backquotes in a sentence.
fn spans(line: &str) -> impl Iterator<Item = Shown> + '_ {
    let spans = line.split('`').skip(1).step_by(2).filter_map(command);
    spans.map(|one| Shown { aside: true, ..one })
}

/// The lines of a block, each with those that go on with its options.
fn joined(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match lines.last_mut() {
            Some(last) if line.trim_start().starts_with("--") => {
                *last = format!("{} {}", last.trim_end_matches('\\').trim_end(), line.trim_start());
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// A fenced block: what its fence says, and its text.
fn fenced(language: &str, text: &str) -> Vec<Block> {
    let words: Vec<&str> = language.split_whitespace().collect();
    let named = text.lines().next().and_then(|first| first.strip_prefix("# "));
    match (words.as_slice(), named) {
        (["yaml" | "json" | "text", name], _) => vec![Block::File((*name).to_owned(), text.to_owned())],
        (["yaml" | "text"], Some(name)) if !name.contains(' ') => {
            vec![Block::File(name.to_owned(), text.to_owned())]
        }
        _ => joined(text)
            .iter()
            .filter_map(|line| copied(line).or_else(|| command(line).map(Block::Run)))
            .collect(),
    }
}

/// `cp FILE FILE`.
fn copied(line: &str) -> Option<Block> {
    let (from, to) = line.strip_prefix("cp ")?.split_once(' ')?;
    Some(Block::Copy(from.to_owned(), to.to_owned()))
}

/// The stage that a comment of the page sets.
fn stage(line: &str) -> Option<Stage> {
    let said = line.strip_prefix("<!-- followed beside: plans/")?.strip_suffix(" -->")?;
    let (plan, applied) = said.split_once(", ").unwrap_or((said, ""));
    assert!(["", "applied"].contains(&applied), "{line}");
    Some(Stage { plan: plan.to_owned(), applied: applied == "applied" })
}

/// The steps of a page.
pub(super) fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        match line.strip_prefix("```") {
            Some(language) => {
                let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                found.extend(fenced(language, &text.join("\n")));
            }
            None => {
                found.extend(stage(line).map(Block::Stage));
                found.extend(spans(line).map(Block::Run));
            }
        }
    }
    found
}

#[test]
fn a_block_is_a_stage_a_file_or_commands() {
    let page = "text\n<!-- followed beside: plans/minimal, applied -->\n```yaml\n# one.yaml\na: 1\n```\nmore `lzctl plan one.yaml`\n```sh\nlzctl plan one.yaml # exit code 2\nls\n```\n```yaml\n- run: lzctl plan 'a.yaml' > x\n    --json\n```\n";
    let plan = |words: &[&str], exits, aside| {
        let arguments = words.iter().map(|word| (*word).to_owned()).collect();
        Block::Run(Shown { arguments, exits, aside, forgiven: false, withheld: None })
    };
    let stage = Block::Stage(Stage { plan: "minimal".to_owned(), applied: true });
    let file = Block::File("one.yaml".to_owned(), "# one.yaml\na: 1".to_owned());
    let one = ["plan", "one.yaml"];
    let plans = [plan(&one, 0, true), plan(&one, 2, false), plan(&["plan", "a.yaml"], 0, false)];
    assert_eq!(blocks(page), [&[stage, file][..], &plans[..]].concat());
}

#[test]
fn a_command_in_a_sentence_is_whole_when_it_can_be_typed_as_it_stands() {
    let whole = |line: &str| command(line).unwrap().is_whole();
    for line in ["lzctl plan a.yaml", "lzctl explain vault-locked", "lzctl preflight Holding --to Production"]
    {
        assert!(whole(line), "{line}");
    }
    for line in [
        "lzctl apply",
        "lzctl backup verify",
        "lzctl permissions FILE... --plan",
        "lzctl access [ACCOUNT|UNIT...]",
    ] {
        assert!(!whole(line), "{line}");
    }
    let watch = command("lzctl drift a.yaml --watch   # until Ctrl-C").unwrap();
    assert_eq!(watch.withheld.as_deref(), Some("until Ctrl-C"));
}
