//! `snapshot` and `export`: what is there, in files.

use super::*;

#[test]
fn a_document_of_what_is_there_is_written_and_finds_nothing_to_do() {
    let folder = folder();
    let at = folder.path();
    run(at, &["apply", "small.yaml", "--simulate", "w.json", "--yes"]).exits(0);
    let told = run(at, &["export", "-o", "out", "--simulate", "w.json"]).exits(0);
    let told =
        told.says("no landing zone, 1 units, 3 accounts").says("The document is out/landing-zone.yaml");
    assert!(told.err.contains("A plan of it finds nothing to do."), "{}", told.err);
    let text = std::fs::read_to_string(at.join("out/landing-zone.yaml")).unwrap();
    assert!(text.contains("  one:\n    id: \"") && text.contains("join: existing"), "{text}");
    run(at, &["plan", "out/landing-zone.yaml", "--simulate", "w.json"]).exits(0).prints("Nothing to do");
    run(at, &["export", "-o", "out", "--simulate", "w.json"])
        .exits(1)
        .says("is there already")
        .says("--force");
    run(at, &["export", "-o", "out", "--simulate", "w.json", "--force"]).exits(0);
}

#[test]
fn a_snapshot_gives_the_same_document_without_aws() {
    let folder = folder();
    let at = folder.path();
    // Contacts can be read where Account Management is trusted.
    let home = "home_region: us-east-1";
    let open = SMALL.replace(home, &format!("{home}, trusted_access: [account.amazonaws.com]"));
    std::fs::write(at.join("small.yaml"), open).unwrap();
    run(at, &["apply", "small.yaml", "--simulate", "w.json", "--yes"]).exits(0);
    run(at, &["snapshot", "-o", "s.json", "--simulate", "w.json", "--complete"]).exits(0).says("3 accounts");
    let shown = run(at, &["snapshot", "--simulate", "w.json"]).exits(0).json();
    assert_eq!((&shown["format"], shown["gaps"].as_array().map(Vec::len)), (&Value::from(1), Some(0)));
    run(at, &["export", "-o", "live", "--simulate", "w.json"]).exits(0);
    run(at, &["export", "-o", "kept", "--snapshot", "s.json"]).exits(0);
    let text = |name: &str| std::fs::read_to_string(at.join(name).join("landing-zone.yaml")).unwrap();
    assert_eq!(text("live"), text("kept"));
    // A program of an earlier year had read less.
    let mut earlier: Value = serde_json::from_slice(&std::fs::read(at.join("s.json")).unwrap()).unwrap();
    earlier.as_object_mut().unwrap().remove("trails");
    earlier["security"].as_object_mut().unwrap().remove("automation_rules");
    std::fs::write(at.join("earlier.json"), earlier.to_string()).unwrap();
    let told = run(at, &["export", "-o", "earlier", "--snapshot", "earlier.json"]).exits(0);
    told.says("trails: snapshot").says("security services of automation_rules: snapshot");
    std::fs::write(at.join("later.json"), "{ \"format\": 99 }").unwrap();
    run(at, &["export", "-o", "x", "--snapshot", "later.json"]).exits(3).says("later than 1");
    std::fs::write(at.join("none.json"), "[]").unwrap();
    run(at, &["export", "-o", "x", "--snapshot", "none.json"]).exits(3).says("holds no snapshot");
    assert!(!at.join("x").exists());
}

#[test]
fn where_there_is_no_organization_nothing_is_exported() {
    let folder = folder();
    let none = ["export", "-o", "out", "--simulate", "w.json", "--region", "us-east-1"];
    run(folder.path(), &none).exits(1).says("there is no organization");
    let none = ["snapshot", "--simulate", "w.json", "--region", "us-east-1"];
    assert_eq!(
        run(folder.path(), &none).exits(0).says("There is no organization").json()["organization"],
        Value::Null
    );
}

#[test]
fn the_permissions_of_a_snapshot_need_no_document() {
    let folder = folder();
    let shown =
        run(folder.path(), &["permissions", "--snapshot", "--region", "us-east-1", "--json"]).exits(0).json();
    // What a whole organization is read with fills more than one managed policy.
    let name = shown["management"][0]["name"].as_str().unwrap();
    assert!(name.starts_with("lzctl-snapshot"), "{name}");
    assert!(
        shown.to_string().contains("organizations:ListAccounts")
            && !shown.to_string().contains("CreateAccount")
    );
    run(folder.path(), &["permissions", "--region", "us-east-1"]).exits(64);
}
