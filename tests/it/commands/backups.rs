//! `lzctl backup verify` and the clocks of locks, on worlds that a script leaves behind.

use super::*;

/// One account with data, one with copies of it, restore tests of those.
const DOCUMENT: &str = r#"
version: 1
organization: { home_region: eu-central-1 }
organizational_units: { Prod: {} }
accounts:
  central: { email: central@example.com }
  app: { email: app@example.com, organizational_unit: Prod }
keys: { backup: { account: central } }
backup:
  cross_account: true
  opt_in: [DynamoDB]
  full_management: [DynamoDB]
  local_vault: { key: backup }
  vaults:
    central:
      account: central
      key: backup
      allow_copies_from: organization
      lock: { mode: compliance, min_retention_days: 7, max_retention_days: 400, grace_days: 30 }
  plans:
    daily: { targets: [Prod], schedule: "cron(0 1 ? * * *)", select_tag: { backup: daily }, delete_after_days: 14,
             copy_to: { vault: central, delete_after_days: 90 }, recovery_point_within: PT36H }
  restore_testing:
    weekly: { account: central, schedule: "cron(0 6 ? * MON *)", vaults: [central], resource_types: [DynamoDB], window_days: 7 }
consents: [vault_lock.central]
"#;

/// A week in which everything went well.
const WELL: &str = r#"
apply
expect complete
seed account=app region=eu-central-1 kind=DynamoDB name=ledger tags={"backup":"daily"} bytes=1073741824
advance 8d
expect kept
"#;

/// A folder with the document and the world that a script leaves behind.
fn after(script: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("zone.yaml"), DOCUMENT).unwrap();
    std::fs::write(folder.path().join("a.scenario"), script).unwrap();
    let played = ["rehearse", "zone.yaml", "--script", "a.scenario", "--out-world", "w.json"];
    run(folder.path(), &played).exits(0);
    folder
}

const VERIFY: [&str; 5] = ["backup", "verify", "zone.yaml", "--simulate", "w.json"];

fn verified(folder: &TempDir) -> Ran {
    run(folder.path(), &VERIFY)
}

#[test]
fn a_week_of_young_copies_a_locked_vault_and_a_restore_test_that_passed_are_promises_kept() {
    let folder = after(WELL);
    let world = std::fs::read(folder.path().join("w.json")).unwrap();
    let told = verified(&folder).exits(0).prints("Promises: 3, all kept.").prints("immutable from");
    assert!(told.out.contains("min  not validated"), "how long the restore took:\n{}", told.out);
    assert_eq!(std::fs::read(folder.path().join("w.json")).unwrap(), world, "it changes nothing");
    let json = run(folder.path(), &[&VERIFY[..], &["--json"]].concat()).exits(0).json();
    assert_eq!((&json["promises"], &json["broken"]), (&Value::from(3), &Value::from(0)));
    let test = &json["tests"][0];
    assert_eq!((&test["resource_type"], &test["standing"]), (&Value::from("DynamoDB"), &Value::from("kept")));
    assert!(test["seconds"].as_u64().is_some_and(|seconds| seconds > 0), "{json}");
}

#[test]
fn a_stale_copy_is_found_with_exit_code_2() {
    // Backups go on in the account; copies do not.
    let stale = "ask management backup:UpdateGlobalSettings GlobalSettings={\"isCrossAccountBackupEnabled\":\"false\"}\n\
                 expect answer\nadvance 2d\nexpect broken 1\n";
    let folder = after(&format!("{WELL}{stale}"));
    let told = verified(&folder).exits(2).prints("Promises: 3, 2 kept, 1 broken.").prints("hours old");
    let told = told
        .prints("Without protection\n  app\n")
        .prints("table/ledger (DynamoDB): backed up in its account");
    assert!(told.out.contains("broken  daily  app"), "{}", told.out);
    let json = run(folder.path(), &[&VERIFY[..], &["--json"]].concat()).exits(2).json();
    assert_eq!(
        (&json["broken"], &json["accounts"][0]["standing"]),
        (&Value::from(1), &Value::from("broken"))
    );
    assert_eq!(json["unprotected"][0]["account"], "app");
}

#[test]
fn an_unlocked_vault_is_found_with_exit_code_2() {
    let unlocked =
        "ask central backup:DeleteBackupVaultLockConfiguration BackupVaultName=central\nexpect answer\n";
    let folder = after(&format!("{WELL}{unlocked}"));
    let told = verified(&folder).exits(2).prints("Promises: 3, 2 kept, 1 broken.").prints("it is not locked");
    assert!(told.out.contains("broken  central  central  eu-central-1  open"), "{}", told.out);
    // The same plan locks it again, and says what that sets going.
    let plan = run(folder.path(), &["plan", "zone.yaml", "--simulate", "w.json"]).exits(0);
    plan.prints("vault_lock.central").prints("for 30 days the lock itself can still be taken away");
}

#[test]
fn a_failed_restore_test_is_found_with_exit_code_2() {
    let roleless = "drift delete-role account=central role=organization-backup\nadvance 7d\n";
    let folder = after(&format!("{WELL}{roleless}"));
    let told = verified(&folder).exits(2).prints("Promises: 3, 2 kept, 1 broken.");
    let told = told.prints("the last one is FAILED: ");
    assert!(told.out.contains("broken  weekly  eu-central-1  DynamoDB"), "{}", told.out);
}

#[test]
fn an_account_without_any_recovery_point_is_found_with_exit_code_2() {
    let folder = after("apply\nexpect complete\nadvance 8d\n");
    verified(&folder).exits(2).prints("there is no recovery point").prints("Promises: 3, 2 kept, 1 broken.");
}

#[test]
fn the_clock_of_a_lock_is_told_by_plan_and_status() {
    let folder = after(WELL);
    let status = ["status", "zone.yaml", "--simulate", "w.json"];
    let told = run(folder.path(), &status)
        .exits(0)
        .prints("vault lock     backup_vault.central/eu-central-1: until ");
    told.prints(" left) the lock can be taken away, and then never again").prints("Nothing to do");
    let plan = ["plan", "zone.yaml", "--simulate", "w.json"];
    run(folder.path(), &plan).exits(0).prints("is locked for compliance: from ").prints("Nothing to do");
    let json = run(folder.path(), &[&status[..], &["--json"]].concat()).exits(0).json();
    assert_eq!(json["vault_locks"].as_array().map(Vec::len), Some(1), "{json}");
    let later = after(&format!("{WELL}advance 23d\n"));
    run(later.path(), &status).exits(0).prints("locked for ever since ").prints("Nothing to do");
}
