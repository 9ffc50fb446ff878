//! From nothing but the README to a rehearsed document of one's own, and what explains it.

use super::*;

/// The commands with which the README has its reader begin.
fn first_commands() -> Vec<String> {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let (_, begin) = readme.split_once("## Begin with your own\n").unwrap();
    let (_, after) = begin.split_once("```sh\n").unwrap();
    let (block, _) = after.split_once("```").unwrap();
    let said = block.lines().map(|line| line.split(" #").next().unwrap_or(line).trim().replace('\'', ""));
    said.filter(|line| !line.is_empty()).collect()
}

#[test]
fn a_newcomer_with_only_the_readme_reaches_a_rehearsed_own_document_in_five_commands() {
    let commands = first_commands();
    assert_eq!(commands.len(), 5, "{commands:?}");
    assert!(commands[0].starts_with("cargo install"), "{commands:?}");
    let folder = tempfile::tempdir().unwrap();
    let mut rehearsed = false;
    for line in &commands[1..] {
        let args: Vec<&str> = line.strip_prefix("lzctl ").unwrap().split_whitespace().collect();
        let ran = run(folder.path(), &args).exits(0);
        rehearsed |= ran.out.contains("second plan: 0 steps");
    }
    assert!(rehearsed);
    let written = std::fs::read_to_string(folder.path().join("landing-zone.yaml")).unwrap();
    assert!(!written.contains("example.com") && written.contains("aws+audit@"), "{written}");
    assert!(std::fs::read_to_string(folder.path().join("plan.html")).unwrap().starts_with("<!doctype html>"));
}

#[test]
fn a_first_document_is_never_written_over_another_and_what_is_not_said_must_be_asked() {
    let folder = tempfile::tempdir().unwrap();
    let all = [
        "init",
        "--plan",
        "regulated",
        "--emails",
        "c+{name}@corp.test",
        "--home",
        "eu-north-1",
        "--govern",
        "eu-west-1",
    ];
    run(folder.path(), &all).exits(0).prints("lzctl rehearse landing-zone.yaml");
    assert!(folder.path().join("policies/quarantine.yaml").is_file());
    run(folder.path(), &["validate", "landing-zone.yaml"]).exits(0);
    run(folder.path(), &all).exits(64).says("is there already");
    let silent = ["init", "other.yaml", "--plan", "minimal", "--home", "eu-north-1"];
    run(folder.path(), &silent).exits(64).says("say --emails");
    let wrong =
        ["init", "other.yaml", "--plan", "minimal", "--home", "eu-north-1", "--emails", "me@corp.test"];
    run(folder.path(), &wrong).exits(64).says("no pattern");
    let slip =
        ["init", "slip.yaml", "--plan", "minimal", "--home", "eu-nrth-1", "--emails", "c+{name}@corp.test"];
    run(folder.path(), &slip).exits(0).says("did you mean `eu-north-1`?");
    assert!(!folder.path().join("other.yaml").exists());
}

#[test]
fn an_address_is_explained_by_its_document_and_by_what_is_live() {
    let folder = folder();
    let explain = ["explain", "account.one", "small.yaml"];
    let told = run(folder.path(), &explain).exits(0).prints("asked for in small.yaml:5");
    told.prints("organizational_unit.Apps (to move): it needs an identifier")
        .prints("organizations:MoveAccount");
    let live = ["explain", "account.one", "small.yaml", "--live", "--simulate", "w.json"];
    run(folder.path(), &live).exits(0).prints("now: it does not exist");
    run(folder.path(), &["apply", "small.yaml", "--simulate", "w.json", "--yes"]).exits(0);
    run(folder.path(), &live).exits(0).prints("now: it is as the document says");
    run(folder.path(), &["explain", "account.one"]).exits(64).says("lzctl explain account.one FILE");
    run(folder.path(), &["explain", "account.none", "small.yaml"]).exits(64).says("does not speak of");
    run(folder.path(), &["explain", "unknown-key"]).exits(0).prints("unknown-key");
    let slips = [
        ("accout.one", "there is no kind `accout`; did you mean `account.one`?"),
        ("unknown-keys", "neither a code nor an address such as account.audit; did you mean `unknown-key`?"),
    ];
    for (slip, told) in slips {
        run(folder.path(), &["explain", slip, "small.yaml"]).exits(64).says(told);
    }
}

#[test]
fn status_tells_where_everything_stands() {
    let folder = folder();
    let status = ["status", "small.yaml", "--simulate", "w.json"];
    run(folder.path(), &status)
        .exits(0)
        .prints("organization   none yet")
        .prints("last run       none kept here");
    run(folder.path(), &["apply", "small.yaml", "--simulate", "w.json", "--yes"]).exits(0);
    let told = run(folder.path(), &status)
        .exits(0)
        .prints("landing zone   none")
        .prints("under way      nothing at AWS");
    told.prints("complete, 6 of 6 steps done\n").prints("document       Nothing to do");
    let json = run(folder.path(), &["status", "--simulate", "w.json", "--json"]).exits(0).json();
    assert!(json["organization"].as_str().unwrap().starts_with("o-"), "{json}");
    assert_eq!((&json["landing_zone"], &json["document"]), (&Value::Null, &Value::Null));
}

#[test]
fn what_a_newcomer_lacks_is_told_calmly_and_with_what_to_do() {
    let folder = folder();
    run(folder.path(), &["plan", "small.yaml"])
        .exits(1)
        .says("error: no AWS credentials were found: not in the environment")
        .says("hint: set AWS_PROFILE or name --profile, run `aws sso login`");
    run(folder.path(), &["pln", "small.yaml"]).exits(64).says("a similar subcommand exists: 'plan'");
    run(folder.path(), &["plan", "none.yaml"]).exits(3).says("none.yaml: there is no such file");
    let slip = SMALL.replace("organizational_units:", "organisational_units:");
    std::fs::write(folder.path().join("slip.yaml"), slip).unwrap();
    run(folder.path(), &["validate", "slip.yaml"]).exits(3).says("did you mean `organizational_units`?");
}

#[test]
fn status_tells_the_landing_zone_and_how_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan_file("minimal");
    run(folder.path(), &["apply", &plan, "--simulate", "w.json", "--yes"]).exits(0);
    let status = ["status", "--simulate", "w.json"];
    run(folder.path(), &status).exits(0).prints("landing zone   4.0, ACTIVE, IN_SYNC\n");
    let json = run(folder.path(), &[&status[..], &["--json"]].concat()).exits(0).json();
    assert_eq!(json["landing_zone"]["version"], "4.0", "{json}");
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["man"]).exits(0).prints(".TH lzctl 1");
    run(folder.path(), &["man", "--out", "man"]).exits(0);
    for page in ["lzctl.1", "lzctl-plan.1", "lzctl-coverage.1", "lzctl-journal-show.1"] {
        assert!(folder.path().join("man").join(page).is_file(), "{page}");
    }
}

#[test]
fn a_plan_is_told_in_the_forms_that_ci_shows() {
    let folder = folder();
    let plan = ["plan", "small.yaml", "--simulate", "w.json"];
    let with = |more: &[&str]| run(folder.path(), &[plan.as_slice(), more].concat());
    let summary = with(&["--summary"]).exits(0);
    let summary = summary.prints("## lzctl plan\n\n**Plan: 4 to create").prints("| + create | `2 accounts`");
    assert!(summary.out.contains("small.yaml:5-6"), "{}", summary.out);
    with(&["--findings", "found.sarif"]).exits(0);
    let sarif: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("found.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    with(&["--findings", "found.xml"]).exits(0);
    assert!(std::fs::read_to_string(folder.path().join("found.xml")).unwrap().contains("<testsuites"));
    with(&["--findings", "found.txt"]).exits(64).says(".sarif or .xml");
    std::fs::write(
        folder.path().join("wrong.yaml"),
        SMALL.replace("organizational_unit: Apps }", "organizational_unit: App }"),
    )
    .unwrap();
    run(folder.path(), &["validate", "wrong.yaml", "--findings", "wrong.sarif"]).exits(3);
    let sarif: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("wrong.sarif")).unwrap()).unwrap();
    let first = &sarif["runs"][0]["results"][0];
    assert_eq!((&first["ruleId"], &first["level"]), (&Value::from("unknown-unit"), &Value::from("error")));
    assert_eq!(first["locations"][0]["physicalLocation"]["region"]["startLine"], 5);
}
