//! What is not the document's to change: vaults that it no longer names, locks of others, legal holds.

use lzctl::model::{Address, Kind};
use lzctl::observe::leftovers::leftovers;

use super::*;

#[test]
fn a_vault_that_the_document_no_longer_names_stays_and_is_reported_with_what_keeps_it() {
    let rehearsal = rehearsed(SMALL);
    let asked = Asked::of(rehearsal.world, &id(&rehearsal.snapshot, "central"));
    asked.has_data("app", "EBS", "vol-1");
    let world = asked.later(8 * DAY);
    // The document keeps the account and another vault in it.
    let shorter = SMALL
        .replace(
            "    central:\n      account: central\n      key: backup\n",
            "    other:\n      account: central\n      key: backup\n",
        )
        .replace("vault: central, delete", "vault: other, delete")
        .replace("[vault_lock.central]", "[vault_lock.other]");
    let told = virtual_runtime().expect("a runtime").block_on(async {
        let bench = Bench::open(&setting(&shorter), Some(world)).await.expect("a bench");
        let wanted: Vec<Resource> = graph(&shorter).resources.into_values().collect();
        Box::pin(leftovers(&bench.connection, &wanted)).await.expect("leftovers")
    });
    let retained: Vec<_> = told.iter().filter(|left| left.name.starts_with("central/")).collect();
    assert_eq!(retained.len(), 2, "{told:#?}");
    let here = retained.iter().find(|left| left.name == "central/eu-central-1").expect("the vault with data");
    assert!(here.remove.contains("can no longer be deleted while it holds its"), "{}", here.remove);
    assert!(here.remove.contains("its lock is for ever from"), "{}", here.remove);
    let empty = retained.iter().find(|left| left.name == "central/eu-west-1").expect("the empty vault");
    assert_eq!(empty.remove, "by hand: it is empty");
}

#[test]
fn a_locked_vault_that_others_made_by_hand_is_imported_without_any_change() {
    // An organization that lzctl made, in which somebody made and locked a vault by hand.
    let bare = SMALL.split_once("keys:").expect("the accounts").0.to_owned();
    let rehearsal = rehearsed(&bare);
    let asked = Asked::of(rehearsal.world, &id(&rehearsal.snapshot, "central"));
    asked.answers("CreateBackupVault", json!({ "backupVaultName": "central" }));
    let lock = json!({ "backupVaultName": "central", "MinRetentionDays": 7, "MaxRetentionDays": 400, "ChangeableForDays": 3 });
    asked.answers("PutBackupVaultLockConfiguration", lock);
    let world = asked.later(30 * DAY);
    let imported = format!(
        "{bare}backup:\n  vaults:\n    central:\n      account: central\n      regions: [eu-central-1]\n      lock: {{ mode: \
         compliance, min_retention_days: 7, max_retention_days: 400, grace_days: 3 }}\n"
    );
    let (plan, seen, world) = planned(&imported, world, DAY);
    assert_eq!(steps(&plan), Vec::<&str>::new());
    assert!(plan.consents.is_empty(), "nothing is locked, so nothing needs a consent: {:?}", plan.consents);
    assert!(seen.facts.vault_locks.values().all(|lock| lock.since.is_some()));
    // And on the wire the lock is what it was.
    let before = Asked::of(world, &id(&seen, "central"));
    let shown = before.answers("DescribeBackupVault", json!({ "backupVaultName": "central" }));
    assert_eq!((&shown["MinRetentionDays"], &shown["MaxRetentionDays"]), (&json!(7), &json!(400)));
    let refused = before.refused(
        "PutBackupVaultLockConfiguration",
        json!({ "backupVaultName": "central", "MinRetentionDays": 1 }),
    );
    assert_eq!(refused, "InvalidRequestException");
}

#[test]
fn a_legal_hold_is_left_alone() {
    let rehearsal = rehearsed(SMALL);
    let asked = Asked::of(rehearsal.world, &id(&rehearsal.snapshot, "central"));
    let hold = json!({ "Title": "case", "Description": "kept for a court", "RecoveryPointSelection": { "VaultNames": ["central"] } });
    asked.answers("CreateLegalHold", hold);
    let second =
        again(&SMALL.replace("opt_in: [EBS, DynamoDB]", "opt_in: [EBS, DynamoDB, S3]"), asked.world());
    assert!(second.succeeded(), "{:#?}", second.outcome.map(|outcome| outcome.causes));
    assert!(!steps(&second.plan).is_empty(), "something was applied beside it");
    assert_eq!(steps(&second.second_plan), Vec::<&str>::new());
    let held = Asked::of(second.world, &id(&second.snapshot, "central")).answers("ListLegalHolds", json!({}));
    assert_eq!(
        (&held["LegalHolds"][0]["Title"], &held["LegalHolds"][0]["Status"]),
        (&json!("case"), &json!("ACTIVE"))
    );
}

fn id(seen: &Snapshot, account: &str) -> String {
    let live = &seen.live[&Address::new(Kind::Account, account)];
    live.attribute("id").expect("an id").to_owned()
}
