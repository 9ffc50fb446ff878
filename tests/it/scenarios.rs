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

/// A script that begins with `# World: FILE` begins with that world.
fn world(script: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(script).expect("a script");
    let named = text.lines().find_map(|line| line.strip_prefix("# World: ").map(str::to_owned));
    named.map(|name| folder().join(name))
}

fn play(script: &Path) -> std::process::Output {
    // A plan's id, and with it what is told of it, hangs on the path that the document is named by.
    let document = Path::new("plans").join(plan(script)).join("landing-zone.yaml");
    let mut command = Command::cargo_bin("lzctl").expect("the program");
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env_clear();
    command.arg("rehearse").arg(document).arg("--script").arg(script);
    command.args(world(script).into_iter().flat_map(|world| ["--world".into(), world]));
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

/// Every kind of drift that Control Tower and Organizations know (Control Tower User Guide, governance-drift
/// and drift), with the scenarios in which it is found and put right.
const DRIFT: &[(&str, &[&str])] = &[
    ("ACCOUNT_MOVED_BETWEEN_OUS", &["a-member-is-moved"]),
    (
        "ACCOUNT_MOVED_BETWEEN_OUS, a shared account",
        &["a-shared-account-is-moved", "a-shared-account-of-an-older-landing-zone-is-moved"],
    ),
    ("ACCOUNT_REMOVED_FROM_ORGANIZATION", &["an-account-leaves"]),
    ("ACCOUNT_REMOVED_FROM_ORGANIZATION, a shared account", &["a-shared-account-leaves"]),
    ("SCP_UPDATED", &["a-policy-of-control-tower-is-edited"]),
    ("SCP_DETACHED_FROM_OU", &["a-policy-of-control-tower-is-detached"]),
    ("ORGANIZATIONAL_UNIT_DELETED", &["a-registered-unit-is-deleted"]),
    (
        "ORGANIZATIONAL_UNIT_DELETED, foundational",
        &["a-foundational-unit-is-deleted", "a-foundational-unit-is-renamed"],
    ),
    ("TRUSTED_ACCESS_DISABLED", &["control-tower-is-trusted-no-more"]),
    ("SECURITY_HUB_CONTROL_DISABLED", &["a-control-of-security-hub-is-disabled"]),
    ("CONTROL_INEFFECTIVE", &["a-control-is-ineffective"]),
    ("baseline inheritance", &["an-account-comes-without-its-baseline"]),
    ("control inheritance", &["an-account-keeps-controls-of-its-former-unit"]),
    ("role", &["a-service-role-is-deleted"]),
    ("landing zone", &["a-policy-of-control-tower-is-detached", "control-tower-is-trusted-no-more"]),
    ("no drift of AWS's", &["a-policy-of-ours-is-edited-and-another-detached"]),
];

#[test]
fn every_kind_of_drift_has_a_scenario_in_which_it_is_put_right_and_every_scenario_a_kind() {
    let mut untold: Vec<String> = scripts()
        .iter()
        .filter_map(|script| script.file_stem()?.to_str()?.strip_prefix("drift-").map(str::to_owned))
        .collect();
    for (kind, names) in DRIFT {
        assert!(!names.is_empty(), "{kind}");
        for name in *names {
            let text = std::fs::read_to_string(folder().join(format!("drift-{name}.scenario")));
            let text = text.unwrap_or_else(|error| panic!("{kind}: drift-{name}: {error}"));
            let lines: Vec<&str> = text.lines().collect();
            let caused = lines.iter().rposition(|line| line.starts_with("drift "));
            let right = lines.iter().rposition(|line| *line == "expect nothing");
            assert!(caused.is_some() && caused < right, "{kind}: drift-{name}");
            untold.retain(|one| one != name);
        }
    }
    assert_eq!(untold, Vec::<String>::new(), "of which kind is it?");
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
