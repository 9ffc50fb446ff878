//! Recovery points: ListRecoveryPointsByBackupVault, ListRecoveryPointsByResource, DescribeRecoveryPoint,
//! GetRecoveryPointRestoreMetadata, UpdateRecoveryPointLifecycle, DeleteRecoveryPoint, DisassociateRecoveryPoint; and what
//! time does to them.
//!
//! Sources: <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DeleteRecoveryPoint.html> and its neighbours;
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html>: a lock refuses deletions and changes of the
//! retention from its first moment on, also while it can still be removed itself. Absent: continuous backups, indexes,
//! nested recovery points, cold storage.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::records::{Event, Spot};
use super::refusal::{held, invalid_request, invalid_value, locked, not_found};
use super::state::{Lifecycle, Point, Vault};
use super::{PAGING, gate, holds};

const DAY: u64 = 86_400;
/// Days that a recovery point stays in cold storage at least
/// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html>).
const LEAST_COLD: i64 = 90;

impl Point {
    /// When it has been kept long enough.
    fn until(&self) -> Option<Timestamp> {
        let days = self.lifecycle.delete_after?;
        Some(later(self.created, Duration::from_secs(days.unsigned_abs() * DAY)))
    }
}

/// Puts a recovery point into a vault, from which it goes by itself when its time is over.
pub(super) fn put(world: &mut World, spot: &Spot, vault: &str, arn: &str, point: Point) {
    let until = point.until();
    let Some(held) = world.backup.vault_mut(&spot.account, &spot.region, vault) else { return };
    held.points.insert(arn.to_owned(), point);
    note_expiry(world, spot, vault, arn, until);
}

fn note_expiry(world: &mut World, spot: &Spot, vault: &str, arn: &str, until: Option<Timestamp>) {
    if let Some(at) = until {
        let event = Event::Expiry { spot: spot.clone(), vault: vault.to_owned(), point: arn.to_owned() };
        world.backup.agenda.note(at, event);
    }
}

/// A recovery point goes whose time is over, unless its time was changed meanwhile or a legal hold keeps it.
pub(super) fn expire(world: &mut World, spot: &Spot, vault: &str, arn: &str, now: Timestamp) {
    let kept = holds::keeps(world, spot, vault, arn);
    let Some(vault) = world.backup.vault_mut(&spot.account, &spot.region, vault) else { return };
    let over = vault.points.get(arn).is_some_and(|point| point.until().is_some_and(|at| at <= now));
    if over && !kept {
        vault.points.remove(arn);
    }
}

fn view(vault: &Vault, name: &str, arn: &str, point: &Point) -> Value {
    let until = point.until().map(epoch);
    json!({
        "RecoveryPointArn": arn,
        "BackupVaultName": name,
        "BackupVaultArn": vault.arn,
        "SourceBackupVaultArn": point.source,
        "ResourceArn": point.resource,
        "ResourceType": point.kind,
        "CreatedBy": point.by,
        "IamRoleArn": point.role,
        "Status": "COMPLETED",
        "CreationDate": epoch(point.created),
        "InitiationDate": epoch(point.created),
        "CompletionDate": epoch(point.completed),
        "BackupSizeInBytes": point.bytes,
        "CalculatedLifecycle": until.map(|at| json!({ "DeleteAt": at })),
        "Lifecycle": point.lifecycle.view(),
        "EncryptionKeyArn": point.key,
        "EncryptionKeyType": point.key.as_ref().map(|_| "CUSTOMER_MANAGED_KMS_KEY"),
        "IsEncrypted": true,
        "LastRestoreTime": point.restored.map(epoch),
        "IsParent": false,
        "VaultType": vault.kind.name(),
    })
}

/// The recovery point that a request names, in the vault that it names.
fn named<'w>(world: &'w World, request: &Request) -> Result<(&'w Vault, &'w Point), AwsError> {
    let arn = request.required("RecoveryPointArn");
    let vault = gate::seen(world, request, Some(arn))?;
    let point =
        vault.points.get(arn).ok_or_else(|| not_found(format!("Cannot find recovery point {arn}")))?;
    Ok((vault, point))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (vault, point) = named(world, request)?;
    let mut view =
        view(vault, request.required("BackupVaultName"), request.required("RecoveryPointArn"), point);
    view["StorageClass"] = json!("WARM");
    Ok(view)
}

/// What a restore needs; the names depend on the type, only those of every type are shown.
pub(super) fn metadata(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (vault, point) = named(world, request)?;
    Ok(json!({
        "BackupVaultArn": vault.arn,
        "RecoveryPointArn": request.required("RecoveryPointArn"),
        "RestoreMetadata": { "encrypted": "true" },
        "ResourceType": point.kind,
    }))
}

pub(super) fn list_by_vault(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let vault = gate::seen(world, request, None)?;
    let name = request.required("BackupVaultName");
    let is = |member: &str, value: &str| request.text(member).is_none_or(|wanted| wanted == value);
    let time = |member: &str| request.input.get(member).and_then(Value::as_f64);
    let (before, after) = (time("ByCreatedBefore"), time("ByCreatedAfter"));
    let plan = |point: &Point| {
        let by = point.by.as_ref().and_then(|by| by["BackupPlanId"].as_str());
        request.text("ByBackupPlanId").is_none_or(|wanted| Some(wanted) == by)
    };
    let shown = vault.points.iter().filter(|(_, point)| {
        is("ByResourceArn", &point.resource)
            && is("ByResourceType", &point.kind)
            && plan(point)
            && before.is_none_or(|before| epoch(point.created) < before)
            && after.is_none_or(|after| epoch(point.created) > after)
    });
    PAGING.page(request, "RecoveryPoints", newest_first(shown), |(arn, point)| view(vault, name, arn, point))
}

fn newest_first<'p>(points: impl Iterator<Item = (&'p String, &'p Point)>) -> Vec<(&'p String, &'p Point)> {
    let mut points: Vec<_> = points.collect();
    points.sort_by(|(a, x), (b, y)| y.created.cmp(&x.created).then(a.cmp(b)));
    points
}

pub(super) fn list_by_resource(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let resource = request.required("ResourceArn");
    let place = world.backup.place(&request.caller.account, &request.region);
    let vaults = place.into_iter().flat_map(|place| &place.vaults);
    let points = vaults.flat_map(|(name, vault)| {
        let of = vault.points.iter().filter(|(_, point)| point.resource == resource);
        of.map(move |(arn, point)| (name, vault, arn, point))
    });
    PAGING.page(request, "RecoveryPoints", points.collect(), |(name, vault, arn, point)| {
        json!({
            "RecoveryPointArn": arn,
            "CreationDate": epoch(point.created),
            "Status": "COMPLETED",
            "EncryptionKeyArn": point.key,
            "BackupSizeBytes": point.bytes,
            "BackupVaultName": name,
            "IsParent": false,
            "VaultType": vault.kind.name(),
        })
    })
}

/// Refuses what a lock or a legal hold keeps from happening to a recovery point.
fn free<'w>(world: &'w World, request: &Request) -> Result<&'w Point, AwsError> {
    let (vault, point) = named(world, request)?;
    if vault.lock.is_some() {
        return Err(locked());
    }
    let spot = Spot::of(request);
    if holds::keeps(world, &spot, request.required("BackupVaultName"), request.required("RecoveryPointArn")) {
        return Err(held());
    }
    Ok(point)
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    free(world, request)?;
    let (account, region) = (&request.caller.account, &request.region);
    let vault = world.backup.vault_mut(account, region, request.required("BackupVaultName"));
    if let Some(vault) = vault {
        vault.points.remove(request.required("RecoveryPointArn"));
    }
    Ok(json!({}))
}

/// Only a continuous backup can be given back to the service of its resource, and none is continuous here.
pub(super) fn disassociate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    free(world, request)?;
    Err(invalid_request("The recovery point is not a continuous backup and cannot be disassociated."))
}

/// Refuses a retention that leaves too little time in cold storage, or none at all.
pub(super) fn check_lifecycle(lifecycle: Lifecycle) -> Result<(), AwsError> {
    if lifecycle.delete_after.is_some_and(|days| days < 1) {
        return Err(invalid_value("DeleteAfterDays must be at least 1."));
    }
    let (cold, gone) = (lifecycle.cold_after, lifecycle.delete_after);
    if cold.zip(gone).is_some_and(|(cold, gone)| gone < cold + LEAST_COLD) {
        return Err(invalid_value(format!(
            "DeleteAfterDays must be at least {LEAST_COLD} days after MoveToColdStorageAfterDays."
        )));
    }
    Ok(())
}

pub(super) fn update_lifecycle(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let lifecycle = Lifecycle::of(request.input.get("Lifecycle").unwrap_or(&Value::Null));
    check_lifecycle(lifecycle)?;
    free(world, request)?;
    let spot = Spot::of(request);
    let (name, arn) = (request.required("BackupVaultName"), request.required("RecoveryPointArn"));
    let vault = world.backup.vault_mut(&spot.account, &spot.region, name);
    let Some(point) = vault.and_then(|vault| vault.points.get_mut(arn)) else {
        return Err(not_found(format!("Cannot find recovery point {arn}")));
    };
    point.lifecycle = lifecycle;
    let until = point.until();
    note_expiry(world, &spot, name, arn, until);
    let vault = gate::about(world, request, Some(arn))?;
    Ok(json!({
        "BackupVaultArn": vault.arn,
        "RecoveryPointArn": arn,
        "Lifecycle": lifecycle.view(),
        "CalculatedLifecycle": until.map(|at| json!({ "DeleteAt": epoch(at) })),
    }))
}
