//! Every command that a page of the docs shows is run as it stands.
//!
//! A page that can be followed holds whole files: a block whose first line is a comment with
//! the file's name (JSON has no comments: there the line is left out of the file). Its `sh` blocks are
//! run in their order, in one folder, on one simulated AWS, and end with exit code 0, or with the one
//! that stands behind the command as `# exit code 2`. The other pages show fragments, and are not run.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// A step of a page.
#[derive(Debug, PartialEq)]
enum Block {
    /// A file of this name and content.
    File(String, String),
    /// The arguments of a command, and how it ends.
    Run(Vec<String>, i32),
}

fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once("\n```") {
        let Some((body, beyond)) = after.split_once("\n```") else { break };
        rest = beyond;
        let (language, text) = body.split_once('\n').unwrap_or((body, ""));
        let first = text.lines().next().unwrap_or_default();
        match (language, first.strip_prefix("# ")) {
            ("yaml", Some(name)) if !name.contains(' ') => {
                found.push(Block::File(name.to_owned(), text.to_owned()));
            }
            ("json", Some(name)) if !name.contains(' ') => {
                let content = text.split_once('\n').map_or("", |(_, content)| content);
                found.push(Block::File(name.to_owned(), content.to_owned()));
            }
            ("sh", _) => found.extend(text.lines().filter_map(command)),
            _ => {}
        }
    }
    found
}

/// The arguments of a line that calls the program.
fn command(line: &str) -> Option<Block> {
    let (said, remark) = line.split_once(" #").unwrap_or((line, ""));
    let arguments = said.trim().strip_prefix("lzctl ")?;
    let code = remark.trim().strip_prefix("exit code ").map_or(0, |code| code.trim().parse().unwrap());
    Some(Block::Run(arguments.split_whitespace().map(str::to_owned).collect(), code))
}

/// Whether a command speaks to AWS, so that it is given a simulated one.
fn speaks_to_aws(arguments: &[String]) -> bool {
    const COMMANDS: [&str; 8] =
        ["plan", "apply", "resume", "leftovers", "controls", "effective-policy", "preflight", "enroll"];
    COMMANDS.contains(&arguments[0].as_str())
}

fn follow(page: &Path) {
    let text = fs::read_to_string(page).unwrap();
    let blocks = blocks(&text);
    if !blocks.iter().any(|block| matches!(block, Block::File(..))) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for block in blocks {
        match block {
            Block::File(name, content) => fs::write(folder.path().join(name), content).unwrap(),
            Block::Run(mut arguments, code) => {
                if speaks_to_aws(&arguments) {
                    arguments.extend(["--simulate", "world.json"].map(str::to_owned));
                }
                let shows = arguments.iter().any(|argument| argument == "--dry-run");
                if ["apply", "enroll"].contains(&arguments[0].as_str()) && !shows {
                    arguments.push("--yes".to_owned());
                }
                let mut program = Command::cargo_bin("lzctl").unwrap();
                let output = program.current_dir(folder.path()).args(&arguments).output().unwrap();
                assert_eq!(
                    output.status.code(),
                    Some(code),
                    "{}: lzctl {}\n{}{}",
                    page.display(),
                    arguments.join(" "),
                    String::from_utf8_lossy(&output.stdout),
                    String::from_utf8_lossy(&output.stderr)
                );
            }
        }
    }
}

fn pages() -> Vec<PathBuf> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut all: Vec<PathBuf> = fs::read_dir(docs).unwrap().map(|entry| entry.unwrap().path()).collect();
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
    for name in ["bootstrap", "add-a-region", "close-an-account", "enrol-a-legacy-account"] {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/{name}.md"));
        let blocks = blocks(&fs::read_to_string(page).unwrap());
        let runs = blocks.iter().filter(|block| matches!(block, Block::Run(..))).count();
        assert!(runs >= 4, "{name}: {runs}");
    }
}

#[test]
fn a_block_is_a_file_or_commands() {
    let page = "text\n```yaml\n# one.yaml\na: 1\n```\nmore\n```sh\nlzctl plan one.yaml # looks\nls\nlzctl preflight  # exit code 2\n```\n```yaml\nfragment: 1\n```\n";
    let run =
        |arguments: &[&str], code| Block::Run(arguments.iter().map(|&one| one.to_owned()).collect(), code);
    assert_eq!(
        blocks(page),
        [
            Block::File("one.yaml".to_owned(), "# one.yaml\na: 1".to_owned()),
            run(&["plan", "one.yaml"], 0),
            run(&["preflight"], 2)
        ]
    );
}

#[test]
fn the_index_of_the_book_names_every_page() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let index = fs::read_to_string(docs.join("README.md")).unwrap();
    for page in pages() {
        let name = page.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name == "README.md" || index.contains(&format!("({name})")), "docs/README.md lacks {name}");
    }
}
