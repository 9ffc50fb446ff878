//! StartCopyJob, DescribeCopyJob, ListCopyJobs.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartCopyJob.html> and its neighbours. What a copy
//! asks of the other side is found out by the job, not by the request. UNSOURCED words.

use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::backup_requests::lock_state;
use super::copy_jobs::{self, Wanted, place_of};
use super::records::{CopyJob, Spot, by_token};
use super::refusal::{denied, invalid_value, not_found};
use super::state::Lifecycle;
use super::{PAGING, points, roles, vaults, watch};

pub(super) fn start(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let spot = Spot::of(request);
    let (vault, source) = (request.required("SourceBackupVaultName"), request.required("RecoveryPointArn"));
    let from = world.backup.vault(&spot.account, &spot.region, vault).ok_or_else(denied)?;
    if !from.points.contains_key(source) {
        return Err(not_found(format!("Cannot find recovery point {source}")));
    }
    let destination = request.required("DestinationBackupVaultArn");
    if place_of(destination).is_none() {
        return Err(invalid_value(format!("The destination vault {destination} is invalid.")));
    }
    let lifecycle = Lifecycle::of(request.input.get("Lifecycle").unwrap_or(&Value::Null));
    points::check_lifecycle(lifecycle)?;
    let role = request.required("IamRoleArn");
    roles::unusable(world, &spot.account, role).map_err(invalid_value)?;
    let token = request.text("IdempotencyToken");
    let id = match by_token(&world.backup.place_mut(&spot.account, &spot.region).copies, token) {
        Some(id) => id,
        None => {
            let wanted = Wanted {
                vault: vault.to_owned(),
                source: source.to_owned(),
                destination: destination.to_owned(),
                role: role.to_owned(),
                lifecycle,
                by: None,
                token: token.map(str::to_owned),
            };
            copy_jobs::begin(world, &spot, wanted, request.now)
        }
    };
    let job = named(world, &spot, &id)?;
    Ok(json!({ "CopyJobId": id, "CreationDate": epoch(job.job.created), "IsParent": false }))
}

fn named<'w>(world: &'w World, spot: &Spot, id: &str) -> Result<&'w CopyJob, AwsError> {
    let place = world.backup.place(&spot.account, &spot.region);
    let job = place.and_then(|place| place.copies.get(id));
    job.ok_or_else(|| not_found(format!("Cannot find copy job {id}.")))
}

fn view(world: &World, request: &Request, account: &str, id: &str, job: &CopyJob) -> Value {
    let target = place_of(&job.destination);
    let vault = target.and_then(|(spot, name)| world.backup.vault(&spot.account, &spot.region, name));
    let completed = job.job.completed();
    json!({
        "AccountId": account,
        "CopyJobId": id,
        "SourceBackupVaultArn": vaults::arn(account, &request.region, &job.vault),
        "SourceRecoveryPointArn": job.source,
        "DestinationBackupVaultArn": job.destination,
        "DestinationVaultType": vault.map(|vault| vault.kind.name()),
        "DestinationVaultLockState": vault.map(lock_state),
        "DestinationRecoveryPointArn": completed.then_some(&job.point),
        "DestinationEncryptionKeyArn": vault.and_then(|vault| vault.key.as_ref()),
        "DestinationRecoveryPointLifecycle": job.lifecycle.view(),
        "ResourceArn": job.job.resource,
        "ResourceType": Some(&job.job.kind).filter(|kind| !kind.is_empty()),
        "CreationDate": epoch(job.job.created),
        "CompletionDate": job.job.ended().map(epoch),
        "State": job.job.state(request.now, "CREATED"),
        "StatusMessage": job.job.message(),
        "BackupSizeInBytes": completed.then_some(job.job.bytes),
        "IamRoleArn": job.job.role,
        "CreatedBy": job.job.by,
        "IsParent": false,
        "MessageCategory": completed.then_some("SUCCESS"),
    })
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (spot, id) = (Spot::of(request), request.required("CopyJobId"));
    let job = named(world, &spot, id)?;
    Ok(json!({ "CopyJob": view(world, request, &spot.account, id, job) }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let is = |member: &str, value: &str| request.text(member).is_none_or(|wanted| wanted == value);
    let mut found = Vec::new();
    for account in watch::accounts(world, request)? {
        let place = world.backup.place(&account, &request.region);
        for (id, job) in place.into_iter().flat_map(|place| &place.copies) {
            let here =
                is("ByDestinationVaultArn", &job.destination) && is("BySourceRecoveryPointArn", &job.source);
            if here && watch::fits(request, &job.job, job.job.state(request.now, "CREATED")) {
                found.push((account.clone(), id, job));
            }
        }
    }
    watch::sort(&mut found, |(_, id, job)| (job.job.created, id.as_str()));
    PAGING.page(request, "CopyJobs", found, |(account, id, job)| view(world, request, &account, id, job))
}
