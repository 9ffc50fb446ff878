//! ListProtectedResources, DescribeProtectedResource, ListProtectedResourcesByBackupVault: what has recovery points.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListProtectedResources.html> and its neighbours. Copies
//! of other accounts' resources show by their vault alone. How long the last restore took is of the account's own jobs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::records::Spot;
use super::refusal::not_found;
use super::state::{Point, Vault};
use super::{PAGING, gate};

/// The latest recovery point of each resource, by the resource's ARN.
fn latest<'v>(
    vaults: impl Iterator<Item = &'v Vault>,
) -> BTreeMap<&'v str, (&'v Vault, &'v String, &'v Point)> {
    let mut found: BTreeMap<&str, (&Vault, &String, &Point)> = BTreeMap::new();
    for vault in vaults {
        for (arn, point) in &vault.points {
            let known = found.get(point.resource.as_str());
            if known.is_none_or(|(_, _, known)| known.completed < point.completed) {
                found.insert(&point.resource, (vault, arn, point));
            }
        }
    }
    found
}

fn view(resource: &str, (vault, arn, point): (&Vault, &String, &Point)) -> Value {
    json!({
        "ResourceArn": resource,
        "ResourceType": point.kind,
        "LastBackupTime": epoch(point.created),
        "LastBackupVaultArn": vault.arn,
        "LastRecoveryPointArn": arn,
    })
}

/// An account's own resources: those that were not copied here from another account.
fn own<'w>(world: &'w World, spot: &Spot) -> BTreeMap<&'w str, (&'w Vault, &'w String, &'w Point)> {
    let place = world.backup.place(&spot.account, &spot.region);
    let mut found = latest(place.into_iter().flat_map(|place| place.vaults.values()));
    found.retain(|_, (_, _, point)| {
        let from = point.source.as_ref().and_then(|arn| arn.split(':').nth(4));
        from.is_none_or(|from| from == spot.account)
    });
    found
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let found = own(world, &Spot::of(request)).into_iter().collect();
    PAGING.page(request, "Results", found, |(resource, last)| view(resource, last))
}

pub(super) fn list_by_vault(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let vault = gate::seen(world, request, None)?;
    let found = latest(std::iter::once(vault)).into_iter().collect();
    PAGING.page(request, "Results", found, |(resource, last)| view(resource, last))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (spot, arn) = (Spot::of(request), request.required("ResourceArn"));
    let found = own(world, &spot);
    let last = found.get(arn).ok_or_else(|| not_found(format!("Cannot find protected resource {arn}.")))?;
    let mut view = view(arn, *last);
    let place = world.backup.place(&spot.account, &spot.region);
    let restores = place.into_iter().flat_map(|place| place.restores.values());
    let of = restores.filter(|restore| restore.job.resource == arn && restore.job.completed());
    if let Some(restore) = of.max_by_key(|restore| restore.job.ends) {
        let took = restore.job.ends.duration_since(restore.job.created);
        view["LatestRestoreExecutionTimeMinutes"] = json!(took.as_mins());
        view["LatestRestoreJobCreationDate"] = json!(epoch(restore.job.created));
        view["LatestRestoreRecoveryPointCreationDate"] = json!(epoch(restore.point_created));
    }
    Ok(view)
}
