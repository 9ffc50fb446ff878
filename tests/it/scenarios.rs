//! Scenario scripts: each is played as an operator would, and what it shows is recorded beside it.

use std::path::{Path, PathBuf};

use assert_cmd::Command;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

fn scripts() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("tests/scenarios");
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "scenario"));
    found.sort();
    found
}

/// A script that begins with `# Plan: NAME` is about that plan, any other about the smallest.
fn plan(script: &Path) -> String {
    let text = std::fs::read_to_string(script).expect("a script");
    let named = text.lines().next().and_then(|line| line.strip_prefix("# Plan: ")).map(str::to_owned);
    named.unwrap_or_else(|| "minimal".to_owned())
}

fn play(script: &Path) -> std::process::Output {
    // A plan's id, and with it what is told of it, hangs on the path that the document is named by.
    let document = Path::new("plans").join(plan(script)).join("landing-zone.yaml");
    let mut command = Command::cargo_bin("lzctl").expect("the program");
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .arg("rehearse")
        .arg(document)
        .arg("--script")
        .arg(script);
    command.output().expect("an end")
}

#[test]
fn every_scenario_shows_what_is_recorded_and_comes_to_its_end() {
    let scripts = scripts();
    assert!(scripts.len() >= 5);
    for script in scripts {
        let output = play(&script);
        let shown = String::from_utf8(output.stdout).expect("text");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{}:\n{shown}{said}", script.display());
        let recorded = script.with_extension("txt");
        if std::env::var_os("UPDATE_RECORDED").is_some() {
            std::fs::write(&recorded, &shown).expect("a recorded text");
        }
        let before = std::fs::read_to_string(&recorded).unwrap_or_default();
        assert_eq!(
            before,
            shown,
            "{}: run it with UPDATE_RECORDED=1 and read the difference",
            script.display()
        );
    }
}

#[test]
fn what_is_not_as_expected_ends_the_script_with_its_line_and_wrong_lines_are_all_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("a.scenario");
    std::fs::write(&script, "plan\nexpect nothing\nshow\n").expect("a script");
    let output = play(&script);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("line 2: expected nothing to do, but there are"), "{said}");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("> show"));
    std::fs::write(&script, "aply\nplan\ncrash after 0\n").expect("a script");
    let output = play(&script);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(64), "{said}");
    assert!(said.contains("line 1:") && said.contains("line 3:"), "{said}");
}
