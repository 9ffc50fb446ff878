//! Commands that ask AWS nothing.

use super::*;

#[test]
fn help_shows_the_exit_codes_on_stdout() {
    let folder = folder();
    run(folder.path(), &["--help"]).exits(0).prints("130  interrupted cleanly");
}

#[test]
fn wrong_arguments_exit_with_64_and_a_usage_line() {
    let folder = folder();
    run(folder.path(), &["plam"]).exits(64).says("Usage: lzctl");
    run(folder.path(), &["plan"]).exits(64).says("<FILE>");
    run(folder.path(), &["graph", "small.yaml", "--format", "svg"]).exits(64).says("mermaid");
    run(folder.path(), &["simulator", "--speed", "0"]).exits(64).says("--speed");
}

#[test]
fn a_valid_document_is_said_to_be_valid() {
    let folder = folder();
    run(folder.path(), &["validate", "small.yaml"])
        .exits(0)
        .prints("small.yaml is valid: 1 organizational unit, 2 accounts, 0 keys, no landing zone.\n");
}

#[test]
fn a_missing_file_and_a_folder_are_named() {
    let folder = folder();
    run(folder.path(), &["validate", "nope.yaml"]).exits(3).says("nope.yaml: there is no such file");
    run(folder.path(), &["plan", "."]).exits(3).says("it is a folder, not a file");
    run(folder.path(), &["apply", "nope.json", "--yes"]).exits(1).says("nope.json cannot be read");
}

#[test]
fn a_misspelt_key_is_shown_with_its_line_and_the_nearest_key() {
    let folder = folder();
    std::fs::write(folder.path().join("typo.yaml"), SMALL.replace("accounts:", "acounts:")).unwrap();
    let ran = run(folder.path(), &["plan", "typo.yaml"]).exits(3);
    ran.says("typo.yaml:4").says("acounts").says("accounts").says("error: the document has 1 error");
}

#[test]
fn two_accounts_with_one_address_are_refused_whatever_its_case() {
    let folder = folder();
    let text = SMALL.replace("two@example.com", "ONE@example.com");
    std::fs::write(folder.path().join("twice.yaml"), text).unwrap();
    let ran = run(folder.path(), &["validate", "twice.yaml", "--format", "json"]).exits(3);
    let found = ran.json();
    assert_eq!(found["valid"], false);
    assert_eq!(found["findings"].as_array().map(Vec::len), Some(1), "{found}");
}

#[test]
fn a_graph_is_drawn_in_three_languages() {
    let folder = folder();
    let text = run(folder.path(), &["graph", "small.yaml"]).exits(0);
    text.prints("account.one").prints("waits until organization exists: ").prints("resources,");
    run(folder.path(), &["graph", "small.yaml", "--format", "dot"]).exits(0).prints("digraph");
    run(folder.path(), &["graph", "small.yaml", "--format", "mermaid"]).exits(0).prints("flowchart LR");
}

#[test]
fn schema_and_completions_are_data() {
    let folder = folder();
    let schema = run(folder.path(), &["schema"]).exits(0).json();
    assert!(schema["properties"]["landing_zone"].is_object(), "{schema}");
    run(folder.path(), &["completions", "bash"]).exits(0).prints("lzctl");
}

#[test]
fn a_code_is_explained() {
    let folder = folder();
    run(folder.path(), &["explain", "unknown-key"]).exits(0).prints("unknown-key: ");
    run(folder.path(), &["explain"]).exits(0).prints("duplicate-key");
    run(folder.path(), &["explain", "unknown-kye"]).exits(64).says("unknown-key");
}
