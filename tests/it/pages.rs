//! Every command that a page shows is run as it stands.
//!
//! Pages are those under `docs/`, that of each plan, and the first one. A command counts when it stands in a block, or in
//! a sentence and could be typed as it stands; the others name a command and leave its arguments to the reader. It ends
//! with exit code 0, or with the one that a comment beside it says. What no simulated AWS can follow says so beside it,
//! and is listed here.

mod following;
mod reading;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

use following::{Follower, pages};
use reading::{Block, blocks};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A page's path in the repository.
fn name(page: &Path) -> String {
    page.strip_prefix(root()).unwrap().display().to_string()
}

fn read(page: &Path) -> Vec<Block> {
    blocks(&fs::read_to_string(page).unwrap())
}

#[test]
fn what_pages_show_can_be_followed_line_by_line() {
    let mut follower = Follower::default();
    let failures: Vec<String> =
        pages().iter().filter_map(|page| follower.follow(&name(page), &read(page)).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    let withheld: BTreeSet<&str> = follower.withheld.iter().map(String::as_str).collect();
    let expected = BTreeSet::from([
        "docs/drift.md: lzctl drift landing-zone.yaml --watch",
        "docs/joining.md: lzctl apply landing-zone.yaml --code old-shop=K7XQ2P",
        "docs/joining.md: lzctl join --profile old-shop",
        "docs/reaching-accounts.md: lzctl login --sso-session corp",
        "docs/reaching-accounts.md: lzctl login --start-url https://d-1234567890.awsapps.com/start --sso-region us-east-1",
    ]);
    assert_eq!(withheld, expected, "what cannot be followed on a simulated AWS");
    assert!(follower.run > 100, "{}", follower.run);
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
    for task in tasks {
        let blocks = read(&root().join(format!("docs/{task}.md")));
        assert!(blocks.iter().any(|block| matches!(block, Block::File(..))), "{task} shows its document");
        let runs = blocks.iter().filter(|block| matches!(block, Block::Run(_))).count();
        assert!(runs >= 4, "{task}: {runs}");
    }
}

#[test]
fn every_command_that_is_shown_anywhere_is_one_that_the_program_takes() {
    let mut shown = 0;
    for page in pages() {
        for block in read(&page) {
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
fn the_index_of_the_book_names_every_page() {
    let index = fs::read_to_string(root().join("docs/README.md")).unwrap();
    let book = pages().into_iter().filter(|page| page.starts_with(root().join("docs")));
    for page in book.collect::<Vec<PathBuf>>() {
        let name = page.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name == "README.md" || index.contains(&format!("({name})")), "docs/README.md lacks {name}");
    }
}
