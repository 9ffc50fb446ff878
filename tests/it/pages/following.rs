//! Follows a page: its files are written and its commands run, in one folder, on one simulated AWS.
//!
//! `--simulate` and `--yes` are added where the program takes them, so a page shows what somebody types at AWS. Runs are
//! kept in the folder also where a page names a bucket.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use tempfile::TempDir;

use super::reading::{Block, Shown, Stage};
use super::root;

/// The simulated AWS of a page.
const WORLD: &str = "world.json";

/// Follows pages, and remembers which worlds plans have led to.
#[derive(Debug, Default)]
pub(super) struct Follower {
    applied: BTreeMap<String, Vec<u8>>,
    /// The pages' commands that were run.
    pub(super) run: usize,
    /// The commands that a page says it cannot show on a simulated AWS.
    pub(super) withheld: Vec<String>,
}

impl Follower {
    /// Follows what a page shows, up to what cannot be followed: that is told.
    pub(super) fn follow(&mut self, page: &str, blocks: &[Block]) -> Result<(), String> {
        let mut folder = bare();
        for block in blocks {
            match block {
                Block::Stage(stage) => folder = self.staged(stage),
                Block::File(name, content) => {
                    fs::write(with_its_folder(name, folder.path()), content).unwrap();
                }
                Block::Copy(from, to) => {
                    fs::copy(path(from, folder.path()), with_its_folder(to, folder.path())).unwrap();
                }
                Block::Run(shown) if shown.aside && !shown.is_whole() => {}
                Block::Run(shown) => self.command(shown, folder.path(), page)?,
            }
        }
        Ok(())
    }

    fn command(&mut self, shown: &Shown, folder: &Path, page: &str) -> Result<(), String> {
        let words = shown.arguments.join(" ");
        if shown.withheld.is_some() {
            self.withheld.push(format!("{page}: lzctl {words}"));
            return Ok(());
        }
        if let Some(word) = shown.left_open() {
            return Err(format!("{page}: lzctl {words}: nobody can type {word} as it stands"));
        }
        self.run += 1;
        run(shown, folder, page)
    }

    /// A folder with the files of a plan, and the world that it starts from.
    fn staged(&mut self, stage: &Stage) -> TempDir {
        let folder = bare();
        copy(&root().join("plans").join(&stage.plan), folder.path());
        if stage.applied {
            let world = self.applied.entry(stage.plan.clone()).or_insert_with(|| {
                let apply = ["apply", "landing-zone.yaml", "--yes", "--simulate", WORLD];
                let output = lzctl(folder.path()).args(apply).output().unwrap();
                assert!(output.status.success(), "{stage:?}: {}", told(&output));
                fs::read(folder.path().join(WORLD)).unwrap()
            });
            fs::write(folder.path().join(WORLD), world).unwrap();
        }
        folder
    }
}

/// A folder in which the repository's plans and scenarios can be named as from its own.
fn bare() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["plans", "tests"] {
        symlink(root().join(name), folder.path().join(name)).unwrap();
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            fs::create_dir_all(&to).unwrap();
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}

/// The program in a folder, which is its home as well.
fn lzctl(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("lzctl").unwrap();
    command.current_dir(folder).env_clear().env("HOME", folder).env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

/// Whether a command takes an option.
fn takes(arguments: &[String], option: &str) -> bool {
    let names = arguments.iter().take_while(|word| !word.starts_with('-'));
    // Whatever comes before the first option may be an operand: `--help` asks for none.
    let help = Command::cargo_bin("lzctl").unwrap().args(names).arg("--help").output().unwrap();
    String::from_utf8_lossy(&help.stdout).split_whitespace().any(|word| word == option)
}

/// A path as a shell reads it, in a folder that is the home as well.
fn path(word: &str, folder: &Path) -> PathBuf {
    folder.join(word.strip_prefix("~/").unwrap_or(word))
}

/// The path, whose folder is there afterwards.
fn with_its_folder(word: &str, folder: &Path) -> PathBuf {
    let path = path(word, folder);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    path
}

/// As a shell would hand them over, and with runs in the folder.
fn typed(arguments: &[String], folder: &Path) -> Vec<String> {
    let keeps_no_runs = arguments[0] == "permissions";
    let mut kept = Vec::new();
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "--run-store" if !keeps_no_runs => drop(rest.next()),
            word if word.starts_with("~/") => kept.push(path(word, folder).display().to_string()),
            word => kept.push(word.to_owned()),
        }
    }
    kept
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn run(shown: &Shown, folder: &Path, page: &str) -> Result<(), String> {
    let mut arguments = typed(&shown.arguments, folder);
    let said = |wanted: &[&str]| shown.arguments.iter().any(|word| wanted.contains(&word.as_str()));
    if takes(&arguments, "--simulate") && !said(&["--simulate"]) {
        arguments.extend(["--simulate", WORLD].map(str::to_owned));
    }
    if takes(&shown.arguments, "--yes") && !said(&["--yes", "-y", "--dry-run"]) {
        arguments.push("--yes".to_owned());
    }
    let output = lzctl(folder).args(&arguments).output().unwrap();
    let said = format!("{page}: lzctl {}\n{}", arguments.join(" "), told(&output));
    let code = output.status.code().unwrap();
    // A sentence that tells both answers is right about either.
    let either = (shown.aside || shown.forgiven) && code == 2;
    let applies_a_document = arguments[0] == "apply" && arguments[1].ends_with(".yaml");
    match () {
        () if code != shown.exits && !either => Err(format!("{code} instead of {}: {said}", shown.exits)),
        () if said.contains("[unreadable]") => Err(said),
        () if applies_a_document && !said.contains("Complete: ") => {
            Err(format!("it has done nothing: {said}"))
        }
        () => Ok(()),
    }
}

/// The pages of the book, those of the plans, and the first one.
pub(super) fn pages() -> Vec<PathBuf> {
    let markdown = |folder: &str| {
        let all = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        all.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect::<Vec<_>>()
    };
    let plans =
        fs::read_dir(root().join("plans")).unwrap().map(|entry| entry.unwrap().path().join("README.md"));
    let mut all: Vec<PathBuf> = markdown("docs").into_iter().chain(plans).collect();
    all.push(root().join("README.md"));
    all.sort();
    all
}
