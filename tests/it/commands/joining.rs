//! An account joins by its owner's hand, and gets another root address by a code: what an operator types.

use serde_json::json;

use super::signing_in::change;
use super::*;

const GUEST: &str = "222233334444";
const YAML: &str = r#"version: 1
organization: { home_region: us-east-1 }
organizational_units: { Legacy: {} }
accounts:
  old: { email: old@example.com, id: "222233334444", join: invite, organizational_unit: Legacy }
"#;

/// A folder with the document and an account outside into which no role leads.
fn legacy() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let guest = json!({ "id": GUEST, "name": "Old Corp", "email": "old@example.com", "days": 30 });
    let world = json!({ "account": "111122223333", "region": "us-east-1", "time": "2026-03-01T00:00:00Z",
        "past": { "elsewhere": [guest] } });
    std::fs::write(folder.path().join("w.json"), world.to_string()).unwrap();
    std::fs::write(folder.path().join("old.yaml"), YAML).unwrap();
    folder
}

/// As whom commands work from now on.
fn sign_in_as(folder: &Path, account: &str) {
    change(folder, |world| world["account"] = json!(account));
}

#[test]
fn an_owner_joins_with_credentials_of_the_account_and_the_run_goes_on() {
    let folder = legacy();
    let at = folder.path();
    let apply = ["apply", "old.yaml", "--simulate", "w.json", "--yes"];
    run(at, &apply).exits(5).says("waits for the account's owner").says("lzctl join");
    sign_in_as(at, GUEST);
    let join = ["join", "--simulate", "w.json", "--region", "us-east-1"];
    run(at, &join).exits(4).says("is invited by the organization o-").says("no terminal to confirm it on");
    run(at, &[&join[..], &["--yes"]].concat()).exits(0).says("Account 222233334444 is a member of o-");
    run(at, &[&join[..], &["--yes"]].concat()).exits(64).says("no invitation waits for this account");
    sign_in_as(at, "111122223333");
    run(at, &apply).exits(0).prints("Complete");
}

#[test]
fn a_code_is_told_once_it_is_there_and_written_down_nowhere() {
    let folder = legacy();
    let at = folder.path();
    let apply = ["apply", "old.yaml", "--simulate", "w.json", "--yes"];
    run(at, &apply).exits(5);
    sign_in_as(at, GUEST);
    run(at, &["join", "--simulate", "w.json", "--region", "us-east-1", "--yes"]).exits(0);
    sign_in_as(at, "111122223333");
    let moved = YAML.replace("old@example.com", "new@example.com").replace("invite", "existing");
    std::fs::write(at.join("old.yaml"), moved).unwrap();
    run(at, &apply).exits(5).says("AWS has sent a code to new@example.com").says("--code ACCOUNT=CODE");
    let sent = || {
        let text = std::fs::read_to_string(at.join("w.json")).unwrap();
        let world: Value = serde_json::from_str(&text).unwrap();
        world["account_management"]["email_updates"][GUEST]["code"].as_str().unwrap().to_owned()
    };
    let code = sent();
    let told = format!("old={code}");
    let done = run(at, &[&apply[..], &["--code", &told, "-vvv"]].concat()).exits(0);
    assert!(!done.err.contains(&code) && !done.out.contains(&code), "{}", done.err);
    assert_eq!(sent(), code, "no second code is sent while one is told");
    for entry in std::fs::read_dir(at.join(".lzctl/runs")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains(&code));
    }
    run(at, &["plan", "old.yaml", "--simulate", "w.json"]).exits(0).prints("Nothing to do");
}
