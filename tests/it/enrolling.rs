//! `lzctl enroll`: accounts come under governance in the way that preflight finds open, with a
//! consent for whatever is taken from them, and never by way of the root.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::commands::{Ran, run};
use super::preflight::told;

/// A folder with the world, in which accounts that move are enrolled by themselves, or not.
fn legacy(accounts: Value, automatic: bool) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut world = told(accounts, json!({}));
    world["past"]["landing_zone"]["auto_enroll"] = json!(automatic);
    world["past"]["landing_zone"]["launchers"] = json!(["arn:aws:iam::111122223333:user/administrator"]);
    std::fs::write(folder.path().join("w.json"), world.to_string()).unwrap();
    // From now on its past has happened.
    run(folder.path(), &["preflight", "--simulate", "w.json"]);
    folder
}

fn enroll(folder: &Path, more: &[&str]) -> Ran {
    let fixed = ["enroll", "--simulate", "w.json", "--yes"];
    run(folder, &[&fixed[..], more].concat())
}

/// Which of the accounts are enrolled where they are.
fn enrolled(folder: &Path, words: &[&str]) -> Vec<String> {
    let told = run(folder, &[&["preflight", "--json", "--simulate", "w.json"][..], words].concat()).json();
    let those = told.as_array().unwrap().iter().filter(|one| one["enrolled"] == true);
    those.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

fn world(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("w.json")).unwrap()).unwrap()
}

fn change(folder: &Path, change: impl FnOnce(&mut Value)) {
    let mut world = world(folder);
    change(&mut world);
    std::fs::write(folder.join("w.json"), world.to_string()).unwrap();
}

/// Where accounts were moved to, in the order of time; `root` for the root.
fn moves(folder: &Path) -> Vec<String> {
    let world = world(folder);
    let organization = world["organizations"]["organizations"].as_object().unwrap().values().next().unwrap();
    let name = |id: &str| match organization["units"][id]["name"].as_str() {
        Some(name) => name.to_owned(),
        None => "root".to_owned(),
    };
    let moves = organization["moves"].as_array().unwrap().iter();
    moves.map(|one| name(one["to"].as_str().unwrap())).collect()
}

/// The e-mail address of an account.
fn email(folder: &Path, account: &str) -> String {
    let world = world(folder);
    let organization = world["organizations"]["organizations"].as_object().unwrap().values().next().unwrap();
    let mut accounts = organization["accounts"].as_object().unwrap().values();
    accounts.find(|one| one["name"] == account).unwrap()["email"].as_str().unwrap().to_owned()
}

/// Recorders of an account's own choice that no landing zone keeps, as `Region`.
fn own_recorders(folder: &Path, account: &str) -> Vec<String> {
    let world = world(folder);
    let organization = world["organizations"]["organizations"].as_object().unwrap().values().next().unwrap();
    let accounts = organization["accounts"].as_object().unwrap();
    let (id, _) = accounts.iter().find(|(_, one)| one["name"] == account).unwrap();
    let regions = world["config"]["regions"].as_object().unwrap().iter();
    let own = regions.filter(|(_, places)| {
        let recorder = &places[id]["recorder"];
        recorder.is_object() && recorder["keeper"].is_null()
    });
    own.map(|(region, _)| region.clone()).collect()
}

#[test]
fn accounts_move_into_a_unit_that_enrols_by_itself_one_after_the_other_and_not_by_way_of_the_root() {
    let folder = legacy(
        json!([
            { "name": "one", "unit": "Legacy" },
            { "name": "two", "unit": "Legacy" },
            { "name": "three", "unit": "Legacy", "access": [] },
        ]),
        true,
    );
    let folder = folder.path();
    let before = moves(folder);
    enroll(folder, &["Legacy", "--to", "Workloads"]).exits(0).prints("Enrolled: 3 of 3.");
    assert_eq!(enrolled(folder, &["one", "two", "three"]), ["one", "two", "three"]);
    assert_eq!(moves(folder)[before.len()..], ["Workloads", "Workloads", "Workloads"]);
    let again = enroll(folder, &["one", "two", "three", "--to", "Workloads"]).exits(0);
    again.prints("Accounts: 3 enrolled, 0 can be enrolled, 0 cannot until something is mended.");
}

#[test]
fn a_recorder_of_the_accounts_own_goes_only_with_its_consent_i10() {
    let accounts = json!([{ "name": "old", "unit": "Legacy", "recorders": ["us-east-1", "eu-west-1"] }]);
    for automatic in [true, false] {
        let folder = legacy(accounts.clone(), automatic);
        let folder = folder.path();
        let refused = enroll(folder, &["old", "--to", "Workloads"]).exits(4);
        refused.says("it needs the consent `config_recorder_deletion.old`");
        assert_eq!(own_recorders(folder, "old").len(), 2);
        let shown = run(folder, &["enroll", "old", "--to", "Workloads", "--dry-run", "--simulate", "w.json"]);
        shown.exits(0).prints("config_recorder_deletion.old");
        assert_eq!(own_recorders(folder, "old").len(), 2, "it was only shown");
        let consent = ["old", "--to", "Workloads", "--consent", "config_recorder_deletion.old"];
        enroll(folder, &consent).exits(0).prints("Enrolled: 1 of 1.");
        assert_eq!(own_recorders(folder, "old"), Vec::<String>::new());
        assert_eq!(enrolled(folder, &["old"]), ["old"]);
    }
}

#[test]
fn where_nothing_enrols_by_itself_the_unit_is_registered_again() {
    let folder = legacy(
        json!([
            { "name": "late", "unit": "Workloads", "late": true },
            { "name": "old", "unit": "Legacy" },
        ]),
        false,
    );
    let folder = folder.path();
    let done = enroll(folder, &["late", "old", "--to", "Workloads", "-v"]).exits(0);
    done.prints("controltower:ResetEnabledBaseline").prints("Enrolled: 2 of 2.");
    assert_eq!(enrolled(folder, &["Workloads"]), ["late", "old"]);
}

#[test]
fn an_enrolment_that_failed_is_told_and_taken_up_again_when_its_cause_is_gone() {
    let accounts = json!([{ "name": "bad", "unit": "Legacy", "enrolment_fails": true }]);
    for automatic in [true, false] {
        let folder = legacy(accounts.clone(), automatic);
        let folder = folder.path();
        let failed = enroll(folder, &["bad", "--to", "Workloads"]);
        assert!(failed.out.contains("Enrolled: 0") || !failed.out.contains("Enrolled"), "{}", failed.out);
        assert_ne!(enrolled(folder, &["bad"]), ["bad"]);
        let told = run(folder, &["preflight", "bad", "--simulate", "w.json"]);
        told.prints("enrolment-failed");
        change(folder, |world| world["control_tower"]["failing_accounts"] = json!([]));
        enroll(folder, &["bad"]).exits(0).prints("Enrolled: 1 of 1.");
        assert_eq!(enrolled(folder, &["bad"]), ["bad"]);
    }
}

#[test]
fn what_cannot_be_enrolled_is_told_with_the_reason_and_the_others_are_enrolled() {
    let folder = legacy(
        json!([
            { "name": "good", "unit": "Legacy" },
            { "name": "residue", "unit": "Legacy", "roles": [{ "name": "aws-controltower-ConfigRecorderRole" }] },
            { "name": "stopped", "unit": "Legacy", "state": "suspended" },
        ]),
        true,
    );
    let folder = folder.path();
    let done = enroll(folder, &["Legacy", "--to", "Workloads"]).exits(2);
    let done = done.prints("stop leftover-role: the role aws-controltower-ConfigRecorderRole exists");
    done.prints("stop account-not-active: AWS Organizations says SUSPENDED").prints("Enrolled: 1 of 1.");
    assert_eq!(enrolled(folder, &["root"]), ["good"]);
    enroll(folder, &["residue", "--to", "Workloads"]).exits(2).prints("cannot be enrolled");
    enroll(folder, &["nobody"]).exits(1).says("the organization has no account or unit nobody");
}

/// A unit that cannot be registered again, since a suspended account is in it: Account Factory is left.
fn only_by_account_factory(fails: bool) -> TempDir {
    let accounts = json!([
        { "name": "stopped", "unit": "Workloads", "late": true, "state": "suspended" },
        { "name": "old", "unit": "Legacy", "enrolment_fails": fails, "recorders": ["eu-west-1"] },
    ]);
    legacy(accounts, false)
}

const OLD: [&str; 5] = ["old", "--to", "Workloads", "--consent", "config_recorder_deletion.old"];

#[test]
fn account_factory_enrols_one_account_of_a_unit_that_cannot_be_registered_again() {
    let folder = only_by_account_factory(false);
    let folder = folder.path();
    let before = moves(folder);
    let done = enroll(folder, &[&OLD[..], &["-v"]].concat()).exits(0);
    let done =
        done.prints("+ create service_role.AWSControlTowerExecution/old").prints("iam:AttachRolePolicy");
    done.prints("servicecatalog:ProvisionProduct").prints("Enrolled: 1 of 1.");
    assert_eq!(enrolled(folder, &["old"]), ["old"]);
    assert_eq!(moves(folder)[before.len()..], ["Workloads"]);
    assert_eq!(own_recorders(folder, "old"), Vec::<String>::new());
}

#[test]
fn what_account_factory_could_not_finish_is_discarded_with_a_consent_and_tried_again() {
    let folder = only_by_account_factory(true);
    let folder = folder.path();
    let before = moves(folder);
    let failed = enroll(folder, &OLD);
    assert!([1, 5].contains(&failed.code), "{}\n{}", failed.code, failed.out);
    let told = run(folder, &["preflight", "old", "--to", "Workloads", "--simulate", "w.json"]);
    told.prints("product-unfinished: account-").prints("is ERROR: AWS Control Tower could not set");
    change(folder, |world| world["control_tower"]["failing_accounts"] = json!([]));
    enroll(folder, &OLD).exits(4).says("it needs the consent `unfinished_product_removal.old`");
    let consent = ["--consent", "unfinished_product_removal.old"];
    enroll(folder, &[&OLD[..], &consent].concat()).exits(0).prints("Enrolled: 1 of 1.");
    assert!(moves(folder)[before.len()..].iter().all(|to| to != "root"), "{:?}", moves(folder));
}

#[test]
fn where_control_tower_keeps_identity_center_account_factory_must_know_who_gets_access() {
    let accounts = json!([
        { "name": "stopped", "unit": "Workloads", "late": true, "state": "suspended" },
        { "name": "old", "unit": "Legacy" },
    ]);
    let folder = tempfile::tempdir().unwrap();
    let mut world = told(accounts, json!({}));
    let zone = &mut world["past"]["landing_zone"];
    zone["launchers"] = json!(["arn:aws:iam::111122223333:user/administrator"]);
    zone["manifest"]["accessManagement"]["enabled"] = json!(true);
    std::fs::write(folder.path().join("w.json"), world.to_string()).unwrap();
    let folder = folder.path();
    let asked = enroll(folder, &["old", "--to", "Workloads"]).exits(64);
    asked.says("say whom with --sso-user");
    let wrong = enroll(folder, &["old", "--to", "Workloads", "--sso-user", "ada@example.com"]);
    wrong.exits(64).says("First Last <address@example.com>");
    let person = ["old", "--to", "Workloads", "--sso-user", "Ada Lovelace <ada@example.com>"];
    enroll(folder, &person).exits(0).prints("Enrolled: 1 of 1.");
}

#[test]
fn an_account_that_account_factory_has_is_let_go_of_moved_and_closed_by_its_entry() {
    let folder = only_by_account_factory(false);
    let folder = folder.path();
    enroll(folder, &OLD).exits(0);
    let before = moves(folder);
    let written = |unit: &str| {
        let yaml = format!(
            "version: 1
organization: {{ home_region: us-east-1 }}
organizational_units: {{ Suspended: {{}} }}
accounts: {{ old: {{ email: {}, organizational_unit: {unit}, close: true }} }}
",
            email(folder, "old")
        );
        std::fs::write(folder.join("lz.yaml"), yaml).unwrap();
    };
    written("Suspended");
    run(folder, &["apply", "lz.yaml", "--simulate", "w.json", "--yes"])
        .exits(4)
        .says("it needs the consent `account_closure.old`");
    let consent = ["--consent", "account_closure.old"];
    let done =
        run(folder, &[&["apply", "lz.yaml", "--simulate", "w.json", "--yes", "-v"][..], &consent].concat());
    let done = done.exits(0).prints("servicecatalog:TerminateProvisionedProduct");
    done.prints("organizations:CloseAccount");
    // The end of its product took it to the root.
    assert_eq!(moves(folder)[before.len()..], ["root", "Suspended"]);
    assert_eq!(world(folder)["service_catalog"]["products"], json!({}));
    run(folder, &["plan", "--exit-code", "lz.yaml", "--simulate", "w.json"]).exits(0);
}
