//! Locks of backup vaults, and plans that they would refuse.
//!
//! A lock for compliance is never changed here: until its date somebody may take it away by hand,
//! after it nobody can, and a new one would start the clock anew. Jobs whose retention a lock
//! does not allow fail. Sources: Backup API Reference, PutBackupVaultLockConfiguration; Developer
//! Guide, vault-lock.

use serde_json::Value;

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::model::reference::resolve;
use crate::model::{Address, Kind, Resource};
use crate::observe::snapshot::VaultLock;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    for (address, lock) in &situation.snapshot.facts.vault_locks {
        if let Some(resource) = situation.graph.resources.get(address) {
            settled(situation, resource, lock, notes);
        }
    }
    for step in situation.steps.iter().filter(|step| step.address.kind == Kind::BackupVault) {
        if step.verb == "lock" {
            clock(step.inputs.get("compliance.grace_days"), &step.address, notes);
        }
    }
    keys(situation, notes);
    retention(situation, notes);
    strangers(situation, notes);
    for (id, errors) in &situation.snapshot.facts.invalid_backup_policies {
        let message =
            format!("the backup policies of account {id} make no valid whole: {}", errors.join("; "));
        let hint = "AWS makes no backups by an invalid policy and says so nowhere else";
        notes.push(note(Level::Warning, "backup-policy-invalid", None, message, hint));
    }
}

/// What is said of a lock that nobody changes any more, or nobody should.
fn settled(situation: &Situation<'_>, resource: &Resource, lock: &VaultLock, notes: &mut Vec<Note>) {
    let address = &resource.address;
    let (Some(since), Kind::BackupVault) = (&lock.since, address.kind) else { return };
    let of_lock = |field: &String| field.starts_with("compliance.") || field.starts_with("governance.");
    let differs: Vec<&String> = situation
        .changes
        .get(address)
        .into_iter()
        .flat_map(|change| change.differences.keys())
        .filter(|field| of_lock(field))
        .collect();
    if !differs.is_empty() {
        let days = |days: Option<i64>| days.map_or_else(|| "no".to_owned(), |days| days.to_string());
        let message = format!(
            "{address} is locked for compliance with a minimum of {} and a maximum of {} days, from {since} on \
             for ever; the document says otherwise",
            days(lock.min_days),
            days(lock.max_days)
        );
        let hint = "say the live numbers, or make another vault; before that date somebody may take the lock away \
                    by hand (backup:DeleteBackupVaultLockConfiguration)";
        notes.push(note(Level::Blocker, "vault-locked", Some(address), message, hint));
        return;
    }
    let governed = resource.fields.keys().any(|field| field.starts_with("governance."));
    let asked = governed || resource.fields.keys().any(|field| field.starts_with("compliance."));
    if asked {
        let message =
            format!("{address} is locked for compliance: from {since} on nobody can take the lock away");
        let hint =
            if governed { "the document asks for less; say `mode: compliance` to keep it" } else { "" };
        notes.push(note(Level::Info, "vault-locked", Some(address), message, hint));
    }
}

/// What a lock sets going.
fn clock(grace: Option<&Value>, address: &Address, notes: &mut Vec<Note>) {
    let days = grace.and_then(Value::as_u64).unwrap_or_default();
    let message = format!(
        "{address}: from the locking on no recovery point in it can be deleted before its time; for {days} days \
         the lock itself can still be taken away, and then never again"
    );
    let hint = "before the grace ends, look at `lzctl backup verify`: every copy must have arrived";
    notes.push(note(Level::Info, "vault-lock-grace", Some(address), message, hint));
}

/// A lock keeps recovery points from being deleted and not the key that they are encrypted with.
fn keys(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let encrypted = |address: &&Address| {
        let resource = situation.graph.resources.get(*address);
        resource.is_some_and(|resource| resource.fields.contains_key("key"))
    };
    let locking = situation.steps.iter().filter(|step| {
        step.verb == "lock" || (step.address.kind == Kind::AirGappedVault && step.verb == "create")
    });
    let vaults: Vec<&Address> = locking.map(|step| &step.address).filter(encrypted).collect();
    let Some(first) = vaults.first() else { return };
    let message = format!(
        "a lock does not protect the key: whoever may call kms:ScheduleKeyDeletion or kms:DisableKey on it makes \
         every recovery point in {} unreadable",
        vaults.iter().map(|address| address.to_string()).collect::<Vec<_>>().join(", ")
    );
    let hint = "keep the key in an account where nobody works, deny both actions there by a policy, or use an \
                air-gapped vault without a key of your own";
    notes.push(note(Level::Info, "vault-key", Some(first), message, hint));
}

/// Accounts below a plan's targets that the document does not name: nothing was placed in them.
fn strangers(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let plans = situation.graph.resources.values().filter(|one| one.keys.contains_key("backup_plan"));
    for policy in plans {
        let targets: Vec<&str> =
            policy.fields.keys().filter_map(|field| field.strip_prefix("targets.")).collect();
        let below = |unit: &Option<Address>| match unit {
            Some(unit) => targets.iter().any(|target| {
                *target == "root" || unit.name == **target || unit.name.starts_with(&format!("{target}/"))
            }),
            None => targets.contains(&"root"),
        };
        let found = situation.snapshot.facts.strangers.iter().filter(|(_, unit)| below(unit));
        let ids: Vec<&str> = found.map(|(id, _)| id.as_str()).collect();
        if !ids.is_empty() {
            let message = format!(
                "{} reaches accounts that the document does not name, which have neither its vault nor its role: {}",
                policy.address,
                ids.join(", ")
            );
            let hint = "name them under `accounts` with `join: existing`, or their backups fail unseen";
            notes.push(note(Level::Warning, "backup-without-vault", Some(&policy.address), message, hint));
        }
    }
}

/// Plans whose retention a live lock refuses, whoever made the lock.
fn retention(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let policies = situation
        .graph
        .resources
        .values()
        .filter(|resource| resource.keys.get("type").and_then(Value::as_str) == Some("BACKUP_POLICY"));
    for policy in policies {
        let Some(content) = policy.fields.get("content") else { continue };
        let content =
            resolve(content, &|reference| crate::diff::change::attribute(situation.snapshot, reference));
        for (arn, days) in copies(&content) {
            for (vault, lock) in &situation.snapshot.facts.vault_locks {
                let live = situation.snapshot.live.get(vault).and_then(|live| live.attribute("arn"));
                if live == Some(arn.as_str()) {
                    refused(&policy.address, vault, lock, days, notes);
                }
            }
        }
    }
}

fn refused(policy: &Address, vault: &Address, lock: &VaultLock, days: i64, notes: &mut Vec<Note>) {
    let too_short = lock.min_days.filter(|min| days < *min).map(|min| format!("at least {min}"));
    let too_long = lock.max_days.filter(|max| days > *max).map(|max| format!("at most {max}"));
    if let Some(wanted) = too_short.or(too_long) {
        let message =
            format!("{policy} keeps copies in {vault} for {days} days, and its lock wants {wanted}");
        let hint = "change `delete_after_days` of the copy: AWS Backup fails every job outside the limits of the lock";
        notes.push(note(Level::Blocker, "retention-outside-lock", Some(policy), message, hint));
    }
}

/// Each vault that a policy of backup plans copies to, by its ARN, with the days that copies are kept.
fn copies(content: &Value) -> Vec<(String, i64)> {
    let members = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for plan in members(&content["plans"]).values() {
        for rule in members(&plan["rules"]).values() {
            for (arn, copy) in members(&rule["copy_actions"]) {
                let days = &copy["lifecycle"]["delete_after_days"]["@@assign"];
                let days = days.as_i64().or_else(|| days.as_str()?.parse().ok());
                found.extend(days.map(|days| (arn, days)));
            }
        }
    }
    found
}
