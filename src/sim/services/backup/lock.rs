//! PutBackupVaultLockConfiguration, DeleteBackupVaultLockConfiguration.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html> and
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html>. Without
//! `ChangeableForDays` the lock is one of governance, that anybody with the permission changes. With it the lock date is
//! so many days ahead, three at least; on and after that date nobody changes anything. UNSOURCED: that a request before the
//! lock date counts the days anew, or makes the lock one of governance again; the words of the refusals.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::clock::later;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::gate;
use super::refusal::{invalid_request, invalid_value};
use super::state::{Lock, Vault, VaultKind};
use super::vaults::LONGEST;

const LEAST_GRACE: i64 = 3;
const DAY: u64 = 86_400;

fn changeable(vault: &Vault, request: &Request) -> Result<(), AwsError> {
    if vault.kind == VaultKind::AirGapped {
        return Err(invalid_request(
            "The vault lock of a logically air-gapped backup vault cannot be changed.",
        ));
    }
    if vault.lock.as_ref().is_some_and(|lock| lock.is_final(request.now)) {
        return Err(invalid_request("Backup vault lock configuration is immutable and cannot be changed."));
    }
    Ok(())
}

/// A number of days within its bounds, if it was given.
fn days(request: &Request, member: &str, least: i64) -> Result<Option<i64>, AwsError> {
    match request.integer(member) {
        Some(days) if !(least..=LONGEST).contains(&days) => {
            Err(invalid_value(format!("{member} must be between {least} and {LONGEST} days.")))
        }
        given => Ok(given),
    }
}

pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    changeable(gate::vault(world, request)?, request)?;
    let min_days = days(request, "MinRetentionDays", 1)?;
    let max_days = days(request, "MaxRetentionDays", 1)?;
    if min_days.zip(max_days).is_some_and(|(min, max)| min > max) {
        return Err(invalid_value("MinRetentionDays must not be greater than MaxRetentionDays."));
    }
    let grace = days(request, "ChangeableForDays", LEAST_GRACE)?;
    let date = grace.map(|days| later(request.now, Duration::from_secs(days.unsigned_abs() * DAY)));
    gate::vault_mut(world, request)?.lock = Some(Lock { min_days, max_days, date });
    Ok(json!({}))
}

/// Whether there is one or not, there is none afterwards: the model declares the operation idempotent.
pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    changeable(gate::vault(world, request)?, request)?;
    gate::vault_mut(world, request)?.lock = None;
    Ok(json!({}))
}
