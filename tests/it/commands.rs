//! The commands as an operator meets them: exit code, stdout, stderr.
//!
//! Each test has a folder of its own and an environment without credentials. Time
//! is virtual, except where signals are sent to a real process.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be set up should stop its test at once")]

mod backups;
mod covered;
mod drifting;
mod exported;
mod joining;
mod newcomer;
mod over_the_wire;
mod rehearsed;
mod signing_in;
mod simulated;
mod watched;
mod without_aws;

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A small document that needs no Control Tower.
const SMALL: &str = "\
version: 1
organization: { home_region: us-east-1 }
organizational_units: { Apps: {} }
accounts:
  one: { email: one@example.com, organizational_unit: Apps }
  two: { email: two@example.com, organizational_unit: Apps }
";

/// What a run left behind.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    err: String,
}

impl Ran {
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    pub(crate) fn prints(self, part: &str) -> Self {
        assert!(self.out.contains(part), "stdout lacks `{part}`:\n{}", self.out);
        self
    }

    pub(crate) fn says(self, part: &str) -> Self {
        assert!(self.err.contains(part), "stderr lacks `{part}`:\n{}", self.err);
        self
    }

    fn last_line(&self) -> &str {
        self.out.lines().last().unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}:\n{}", self.out))
    }
}

/// A folder with the small document in it.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.yaml"), SMALL).unwrap();
    folder
}

/// The program in a folder, without any credentials.
fn lzctl(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lzctl"));
    command.current_dir(folder).env_clear().env("HOME", folder).env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

pub(crate) fn run(folder: &Path, args: &[&str]) -> Ran {
    finish(lzctl(folder).args(args))
}

fn finish(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A plan of this repository.
fn plan_file(name: &str) -> String {
    format!("{}/plans/{name}/landing-zone.yaml", env!("CARGO_MANIFEST_DIR"))
}
