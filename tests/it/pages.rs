//! Every command that a page of the docs shows is run as it stands.
//!
//! A page that can be followed holds whole files: a block whose first line is a comment with
//! the file's name, or whose opening fence names it. Its commands are run in their order, in one folder, on one simulated
//! AWS: those of `sh` blocks, those of recipes for CI, and those in a sentence that name one of the files. They end with
//! exit code 0, or with the one that a comment beside them says. The other pages show fragments; of their commands it is
//! tested that the program takes them.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// A step of a page.
#[derive(Debug, Clone, PartialEq)]
enum Block {
    /// A file of this name and content.
    File(String, String),
    /// A command.
    Run(Shown),
}

/// A command as a page shows it.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    arguments: Vec<String>,
    /// The exit code that it is said to end with.
    exits: i32,
    /// Whether it stands in a sentence, for whoever wants it.
    aside: bool,
}

/// Programs and words before a command on a line of a recipe or of a terminal.
const BEFORE: [&str; 4] = ["$", "-", "run:", "|"];

/// The command on a line, without what a shell does with its output.
fn command(line: &str) -> Option<Shown> {
    let (said, comment) = line.split_once(" #").unwrap_or((line, ""));
    let mut words = said.split_whitespace().skip_while(|word| BEFORE.contains(word));
    if words.next() != Some("lzctl") {
        return None;
    }
    let words = words.take_while(|word| ![">", ">>", "|", "||", "&&", "\\"].contains(word));
    let arguments: Vec<String> = words.map(|word| word.replace(['\'', '"'], "")).collect();
    let exits = comment.split_once("exit code ").and_then(|(_, code)| code.split_whitespace().next());
    let exits = exits.map_or(0, |code| code.trim_end_matches([',', '.', ':']).parse().unwrap());
    (!arguments.is_empty()).then_some(Shown { arguments, exits, aside: false })
}

/// The commands between backquotes in a sentence.
fn spans(line: &str) -> impl Iterator<Item = Shown> + '_ {
    let spans = line.split('`').skip(1).step_by(2).filter_map(command);
    spans.map(|one| Shown { aside: true, ..one })
}

/// A fenced block: what its fence says, and its text.
fn fenced(language: &str, text: &str) -> Vec<Block> {
    let words: Vec<&str> = language.split_whitespace().collect();
    let named = text.lines().next().and_then(|first| first.strip_prefix("# "));
    match (words.as_slice(), named) {
        (["yaml" | "json", name], _) => vec![Block::File((*name).to_owned(), text.to_owned())],
        (["yaml" | "text"], Some(name)) if !name.contains(' ') => {
            vec![Block::File(name.to_owned(), text.to_owned())]
        }
        _ => text.lines().filter_map(command).map(Block::Run).collect(),
    }
}

fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        match line.strip_prefix("```") {
            Some(language) => {
                let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                found.extend(fenced(language, &text.join("\n")));
            }
            None => found.extend(spans(line).map(Block::Run)),
        }
    }
    found
}

/// The names of the files that a page has written so far.
fn files(blocks: &[Block]) -> Vec<&str> {
    fn name(block: &Block) -> Option<&str> {
        match block {
            Block::File(name, _) => Some(name),
            Block::Run(_) => None,
        }
    }
    blocks.iter().filter_map(name).collect()
}

/// Whether a command speaks to AWS, so that it is given a simulated one.
fn speaks_to_aws(arguments: &[String]) -> bool {
    const SPEAK: [&str; 16] = [
        "plan",
        "apply",
        "resume",
        "leftovers",
        "controls",
        "effective-policy",
        "coverage",
        "status",
        "backup",
        "snapshot",
        "export",
        "preflight",
        "enroll",
        "access",
        "drift",
        "permissions",
    ];
    SPEAK.contains(&arguments[0].as_str())
}

/// Without the arguments that lead out of the folder.
fn within_the_folder(arguments: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "--run-store" => drop(rest.next()),
            _ => kept.push(word.clone()),
        }
    }
    kept
}

fn run(shown: &Shown, folder: &Path, page: &str) {
    let mut arguments = within_the_folder(&shown.arguments);
    if speaks_to_aws(&arguments) {
        arguments.extend(["--simulate", "world.json"].map(str::to_owned));
    }
    let said = |wanted: &str| arguments.iter().any(|word| word == wanted);
    if ["apply", "enroll"].contains(&arguments[0].as_str()) && !said("--yes") && !said("--dry-run") {
        arguments.push("--yes".to_owned());
    }
    let mut program = Command::cargo_bin("lzctl").unwrap();
    let output = program.current_dir(folder).args(&arguments).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let said = format!("{page}: lzctl {}\n{out}{err}", arguments.join(" "));
    let code = output.status.code().unwrap();
    // A sentence that tells both answers is right about either.
    let either = shown.aside && arguments.contains(&"--exit-code".to_owned()) && code == 2;
    assert!(code == shown.exits || either, "{code} instead of {}: {said}", shown.exits);
    assert!(!out.contains("[unreadable]"), "{said}");
    let applies_a_document = arguments[0] == "apply" && arguments[1].ends_with(".yaml");
    assert!(!applies_a_document || out.contains("Complete: "), "it has done nothing: {said}");
}

/// Follows a page, if it holds whole files.
fn follow(page: &Path) {
    let text = fs::read_to_string(page).unwrap();
    let blocks = blocks(&text);
    if files(&blocks).is_empty() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (at, block) in blocks.iter().enumerate() {
        match block {
            Block::File(name, content) => fs::write(folder.path().join(name), content).unwrap(),
            Block::Run(shown) => {
                let there = files(&blocks[..at]);
                if !shown.aside || shown.arguments.iter().any(|word| there.contains(&word.as_str())) {
                    run(shown, folder.path(), &page.display().to_string());
                }
            }
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<PathBuf> {
    let all = fs::read_dir(root().join("docs")).unwrap();
    let mut all: Vec<PathBuf> = all.map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    all.sort();
    all
}

#[test]
fn what_a_page_shows_can_be_followed_line_by_line() {
    for page in pages() {
        follow(&page);
    }
}

#[test]
fn the_pages_of_tasks_are_among_those_that_are_followed() {
    let tasks = [
        "bootstrap",
        "add-a-region",
        "close-an-account",
        "enrol-a-legacy-account",
        "delegated-administrators",
        "rotate-keys",
        "upgrade-the-landing-zone",
        "recover-from-ransomware",
        "ci",
    ];
    for name in tasks {
        let page = root().join(format!("docs/{name}.md"));
        let blocks = blocks(&fs::read_to_string(page).unwrap());
        assert!(!files(&blocks).is_empty(), "{name}");
        let runs = blocks.iter().filter(|block| matches!(block, Block::Run(_))).count();
        assert!(runs >= 4, "{name}: {runs}");
    }
}

#[test]
fn every_command_that_is_shown_anywhere_is_one_that_the_program_takes() {
    let mut shown = 0;
    let plans =
        fs::read_dir(root().join("plans")).unwrap().map(|entry| entry.unwrap().path().join("README.md"));
    for page in pages().into_iter().chain(plans).chain([root().join("README.md")]) {
        let text = fs::read_to_string(&page).unwrap();
        for block in blocks(&text) {
            let Block::Run(one) = block else { continue };
            // A sentence may name a command and leave its arguments to the reader: `--help` asks for none.
            let mut program = Command::cargo_bin("lzctl").unwrap();
            let output = program.args(&one.arguments).arg("--help").output().unwrap();
            let err = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: lzctl {}\n{err}", page.display(), one.arguments.join(" "));
            shown += 1;
        }
    }
    assert!(shown > 100, "{shown}");
}

#[test]
fn a_block_is_a_file_or_commands() {
    let page = "text\n```yaml\n# one.yaml\na: 1\n```\nmore `lzctl plan one.yaml`\n```sh\nlzctl plan one.yaml # exit code 2\nls\n```\n```yaml\n- run: lzctl plan 'a.yaml' > x\n```\n";
    let plan = |file: &str, exits, aside| {
        Block::Run(Shown { arguments: vec!["plan".to_owned(), file.to_owned()], exits, aside })
    };
    let file = Block::File("one.yaml".to_owned(), "# one.yaml\na: 1".to_owned());
    let plans = [plan("one.yaml", 0, true), plan("one.yaml", 2, false), plan("a.yaml", 0, false)];
    assert_eq!(blocks(page), [&[file][..], &plans[..]].concat());
}

#[test]
fn the_index_of_the_book_names_every_page() {
    let index = fs::read_to_string(root().join("docs/README.md")).unwrap();
    for page in pages() {
        let name = page.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name == "README.md" || index.contains(&format!("({name})")), "docs/README.md lacks {name}");
    }
}
