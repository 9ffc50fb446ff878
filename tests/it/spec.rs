//! Documents: every plan is valid, every invalid document says what is wrong with it
//! in the recorded words, and the JSON Schema in `docs/` is the program's own.
//!
//! `UPDATE_EXPECTED=1` rewrites the recorded files; read the difference before
//! committing it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use lzctl::spec::render::{Style, render};
use lzctl::spec::{self, Diagnostics, Input, Loaded};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn input(path: &Path) -> Input {
    let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
    match fs_err::read(path) {
        Ok(bytes) => Input::new(name, bytes),
        Err(error) => Input::unreadable(name, error.kind().to_string()),
    }
}

fn parse(text: &str) -> Result<Loaded, Diagnostics> {
    spec::parse(vec![Input::new("a.yaml", text)])
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs_err::read_dir(folder)
        .expect("the folder exists")
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    found.sort();
    found
}

/// Compares with the recorded file, or records.
fn recorded(path: &Path, text: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs_err::write(path, text).expect("recorded files can be written");
        return Ok(());
    }
    let expected = fs_err::read_to_string(path).unwrap_or_default();
    if expected == text {
        return Ok(());
    }
    Err(format!("{} differs:\n--- recorded\n{expected}\n--- now\n{text}", path.display()))
}

#[test]
fn every_plan_is_a_valid_document_without_warnings() {
    let mut seen = 0;
    for folder in fs_err::read_dir(root().join("plans")).unwrap() {
        let path = folder.unwrap().path().join("landing-zone.yaml");
        let folder = path.parent().unwrap().to_owned();
        let loaded = spec::parse_with(vec![input(&path)], &mut |name| input(&folder.join(name)))
            .unwrap_or_else(|d| panic!("{}\n{}", path.display(), render(&d, Style::Told)));
        assert!(loaded.warnings.list.is_empty(), "{}", render(&loaded.warnings, Style::Told));
        let text = fs_err::read_to_string(&path).unwrap();
        assert!(text.starts_with("# yaml-language-server: $schema="), "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 2);
}

/// Each file holds one mistake; a second file of one stem with `.2.yaml` belongs to it.
#[test]
fn every_invalid_document_is_told_in_the_recorded_words() {
    let folder = root().join("tests/specs/invalid");
    let mut failures = Vec::new();
    let mut codes = BTreeSet::new();
    for path in files(&folder, "yaml") {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        if stem.ends_with(".2") {
            continue;
        }
        let second = folder.join(format!("{stem}.2.yaml"));
        let mut inputs = vec![input(&path)];
        inputs.extend(second.exists().then(|| input(&second)));
        let found = match spec::parse_with(inputs, &mut |name| input(&folder.join(name))) {
            Ok(loaded) => loaded.warnings,
            Err(found) => found,
        };
        codes.extend(found.list.iter().map(|diagnostic| diagnostic.code));
        if found.list.len() != 1 {
            failures.push(format!("{stem}: one mistake gives {} findings", found.list.len()));
        }
        let drawn = render(&found, Style::Drawn { color: false, width: 100 });
        let text = format!("{found}\n\n{drawn}");
        failures.extend(recorded(&folder.join(format!("{stem}.txt")), &text).err());
    }
    // Files that cannot be read have no document to record.
    let untested: Vec<&str> =
        spec::topics().map(|t| t.code).filter(|c| !codes.contains(c) && *c != "unreadable-file").collect();
    assert!(untested.is_empty(), "no invalid document for {untested:?}");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn the_schema_in_the_docs_is_the_programs_own() {
    let path = root().join("docs/schema/landing-zone.schema.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&spec::schema()).unwrap());
    recorded(&path, &text).unwrap();
}

#[test]
fn all_mistakes_are_told_at_once_and_in_order_of_place() {
    let found = parse(
        "version: 1\n\
         organisation: { home_region: us-east-1 }\n\
         accounts:\n\
         \x20 one: { email: same@example.com, id: 111122223333, colour: red }\n\
         \x20 two: { email: SAME@example.com, organizational_unit: Nowhere }\n\
         landing_zone: { version: 4.0 }\n\
         remove: nothing\n",
    )
    .unwrap_err();
    let told: Vec<(u32, &str)> = found.entries().iter().map(|e| (e.places[0].origin.line, e.code)).collect();
    assert_eq!(
        told,
        [
            (2, "unknown-key"),
            (4, "wrong-type"),
            (4, "unknown-key"),
            (5, "duplicate-email"),
            (5, "unknown-unit"),
            (6, "wrong-type"),
            (7, "wrong-type"),
        ]
    );
}

#[test]
fn files_that_cannot_be_read_are_diagnostics_beside_the_mistakes_of_the_others() {
    let found = spec::parse(vec![
        Input::unreadable("missing.yaml", "no such file"),
        Input::new("bytes.yaml", b"version: 1\nx: \xff\n".to_vec()),
        Input::new("good.yaml", "version: 1\naccuonts: {}\n"),
    ])
    .unwrap_err();
    let told: Vec<String> = found.list.iter().map(|d| format!("{} {}", d.code, d.message)).collect();
    assert_eq!(
        told,
        [
            "unreadable-file bytes.yaml: line 2 holds bytes that are not UTF-8",
            "unreadable-file missing.yaml: no such file",
            "unknown-key the document has no key `accuonts`",
        ]
    );
}

#[test]
fn hostile_documents_end_in_diagnostics_and_never_in_a_panic() {
    let deep_flow = format!("version: 1\naccounts: {}", "{a: ".repeat(50_000));
    let deep_list = format!("version: 1\nremove: {}", "- ".repeat(50_000));
    let long = format!("version: 1\naccounts: {{ {}: {{}} }}", "x".repeat(900));
    let cases = [
        "",
        "\n",
        "# only a comment\n",
        "---\n",
        "null",
        "[]",
        "text",
        "1",
        "\u{feff}",
        "a: 1\n---\nb: 2\n",
        "version: 1\n\taccounts: {}\n",
        "version: 99999999999999999999999999\n",
        "version: -1\n",
        "version: 1.0\n",
        "version: \"1\"\n",
        "version: .inf\n",
        "version: 1\naccounts: null\n",
        "version: 1\naccounts: []\n",
        "version: 1\naccounts: { a: null }\n",
        "version: 1\naccounts: { a: [] }\n",
        "version: 1\naccounts: { ~: {} }\n",
        "version: 1\naccounts: { [a]: {} }\n",
        "version: 1\naccounts: { {a: b}: {} }\n",
        "version: 1\n? [x]\n: y\n",
        "version: 1\n1: 2\n",
        "version: 1\norganizational_units: { \"\": {} }\n",
        "version: 1\norganizational_units: { /: {} }\n",
        "version: 1\nlanding_zone: { version: \"\" }\n",
        "version: 1\nremove: [null, 1, {}, \"\"]\n",
        "version: 1\nconsents: yes\n",
        "version: 1\nkeys: { k: { account: management, regions: all } }\n",
        "version: 1\nkeys: &k { a: *k }\n",
        "version: 1\nversion: 1\n",
        "version: !!binary aGk=\n",
        "%YAML 9.9\n---\nversion: 1\nremove: 0\n",
        "version: 1\naccounts: {\"a\\0b\": {email: a@example.com}}\n",
        "version: 1\naccounts: { a: { email: \"\u{202e}@example.com\" } }\n",
        &deep_flow,
        &deep_list,
        &long,
    ];
    for text in cases {
        let shown: String = text.chars().take(60).collect();
        let found = parse(text).expect_err(&shown);
        assert!(found.has_errors(), "{shown}");
        for style in
            [Style::Told, Style::Drawn { color: true, width: 80 }, Style::Drawn { color: false, width: 20 }]
        {
            assert!(!render(&found, style).is_empty(), "{shown}");
        }
    }
}

#[test]
fn no_file_at_all_is_a_document_without_a_version() {
    let found = spec::parse(Vec::new()).unwrap_err();
    assert_eq!(found.list.iter().map(|d| d.code).collect::<Vec<_>>(), ["missing-key"]);
    assert!(render(&found, Style::Drawn { color: false, width: 80 }).contains("no `version`"));
    assert!(render(&found, Style::Told).contains("no `version`"));
}

#[test]
fn a_document_reads_the_same_with_crlf_and_byte_order_mark() {
    let plain = "version: 1\naccounts:\n  a:\n    email: a@example.com\n    tags: { k: é }\n";
    let odd = format!("\u{feff}{}", plain.replace('\n', "\r\n"));
    let (one, two) = (parse(plain).unwrap(), parse(&odd).unwrap());
    assert_eq!(one.digest, two.digest);
    let place = &two.spec.accounts["a"].origin;
    assert_eq!((place.line, place.column), (3, 3));
}

#[test]
fn the_digest_follows_what_is_said_and_not_how() {
    let one = parse("version: 1\naccounts:\n  a: { email: a@example.com, tags: { line: x } }\n").unwrap();
    let moved =
        parse("# note\nversion: 1\n\naccounts: {a: {tags: {line: x}, email: a@example.com}}\n").unwrap();
    let other = parse("version: 1\naccounts:\n  a: { email: a@example.com, tags: { line: y } }\n").unwrap();
    assert_eq!(one.digest, moved.digest);
    assert_ne!(one.digest, other.digest);
}

#[test]
fn sections_are_joined_over_files_and_lists_appended() {
    let loaded = spec::parse(vec![
        Input::new(
            "a.yaml",
            "version: 1\naccounts: { a: { email: a@example.com } }\nremove: [organizational_unit.X]\n",
        ),
        Input::new(
            "b.yaml",
            "version: 1\naccounts: { b: { email: b@example.com } }\nremove: [organizational_unit.Y]\n",
        ),
        Input::new("c.yaml", "# nothing yet\n"),
    ])
    .unwrap();
    assert_eq!(loaded.spec.accounts.keys().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(loaded.spec.accounts["b"].origin.file, "b.yaml");
    assert_eq!(loaded.spec.remove.len(), 2);
}

#[test]
fn a_merge_key_brings_in_what_an_anchor_holds() {
    let loaded = parse(
        "version: 1\n\
         accounts:\n\
         \x20 a: &base { email: a@example.com, tags: { owner: x } }\n\
         \x20 b: { <<: *base, email: b@example.com }\n",
    )
    .unwrap();
    let b = &loaded.spec.accounts["b"];
    assert_eq!((b.email.as_str(), b.tags["owner"].as_str()), ("b@example.com", "x"));
}

#[test]
fn ten_thousand_accounts_are_a_document_like_any_other() {
    let mut text = String::from("version: 1\norganizational_units: { Sandbox: {} }\naccounts:\n");
    for n in 0..10_000 {
        text.push_str(&format!(
            "  account-{n}: {{ email: aws+{n}@example.com, organizational_unit: Sandbox, \
             tags: {{ owner: team-{n} }} }}\n"
        ));
    }
    assert_eq!(parse(&text).unwrap().spec.accounts.len(), 10_000);
}

#[test]
fn thousands_of_accounts_may_share_the_contacts_of_one_anchor() {
    let contact = "{ name: SOC, title: On call, email: soc@example.com, phone: \"1\" }";
    let mut text = format!(
        "version: 1\naccounts:\n  first: {{ email: first@example.com, alternate_contacts: &soc {{ security: {contact} }} }}\n"
    );
    for n in 0..5_000 {
        text.push_str(&format!("  a{n}: {{ email: aws+{n}@example.com, alternate_contacts: *soc }}\n"));
    }
    let loaded = parse(&text).unwrap();
    assert_eq!(loaded.spec.accounts["a4999"].alternate_contacts["security"].name, "SOC");
}

#[test]
fn a_parent_that_is_not_listed_is_implied() {
    let loaded = parse("version: 1\norganizational_units: { A/B/C: { tags: { k: v } } }\n").unwrap();
    let implied: Vec<(&str, bool)> = loaded.spec.units.iter().map(|(p, u)| (p.as_str(), u.implied)).collect();
    assert_eq!(implied, [("A", true), ("A/B", true), ("A/B/C", false)]);
}

#[test]
fn a_classic_landing_zone_makes_its_units_itself() {
    let loaded = parse(
        "version: 1\n\
         organization: { home_region: us-east-1, governed_regions: [us-east-1] }\n\
         accounts:\n\
         \x20 log: { email: log@example.com, organizational_unit: Security }\n\
         \x20 audit: { email: audit@example.com, organizational_unit: Security }\n\
         landing_zone:\n\
         \x20 version: \"3.3\"\n\
         \x20 integration_unit: Security\n\
         \x20 sandbox_unit: Sandbox\n\
         \x20 centralized_logging: { account: log }\n\
         \x20 security_roles: { account: audit }\n",
    )
    .unwrap();
    assert!(loaded.spec.units.is_empty());
    assert!(loaded.warnings.list.is_empty(), "{}", render(&loaded.warnings, Style::Told));
}

/// The standard plan with a few characters replaced, doubled or dropped.
fn damaged() -> impl Strategy<Value = String> {
    let plan =
        fs_err::read_to_string(root().join("plans/standard/landing-zone.yaml")).expect("the plan exists");
    let signs = proptest::sample::select(vec![
        "", " ", "\t", "\n", ":", "{", "}", "[", "]", "&a ", "*soc", "\"", "0", "é", "#", "- ", "~", "<<",
        "!!int ",
    ]);
    let edits = proptest::collection::vec((0..plan.chars().count(), signs), 1..6);
    edits.prop_map(move |edits| {
        let mut signs: Vec<String> = plan.chars().map(String::from).collect();
        for (at, sign) in edits {
            signs[at] = sign.to_owned();
        }
        signs.concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn a_damaged_plan_is_valid_or_told_with_places_inside_it(text in damaged()) {
        let found = match parse(&text) {
            Ok(loaded) => loaded.warnings,
            Err(found) => {
                prop_assert!(found.has_errors());
                found
            }
        };
        for label in found.list.iter().flat_map(|diagnostic| &diagnostic.labels) {
            let end = label.span.start + label.span.len;
            prop_assert!(text.get(label.span.start..end).is_some(), "{label:?}");
            let lines = text[..label.span.start].matches('\n').count() + 1;
            prop_assert_eq!(lines, label.span.line as usize, "{:?}", label);
        }
        let drawn = render(&found, Style::Drawn { color: false, width: 80 });
        prop_assert_eq!(drawn.is_empty(), found.list.is_empty());
    }
}
