//! StartBackupJob, DescribeBackupJob, ListBackupJobs, StopBackupJob.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartBackupJob.html> and its neighbours. A repeat with
//! the same token answers with the same job. UNSOURCED words.

use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::backup_jobs::{self, Wanted};
use super::records::{BackupJob, CopyAction, Ending, Spot, by_token};
use super::refusal::{invalid_request, invalid_value, not_found};
use super::state::{Lifecycle, Vault};
use super::{PAGING, copy_jobs, gate, points, roles, tags, vaults, watch};

pub(super) fn start(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let spot = Spot::of(request);
    gate::vault(world, request)?;
    let lifecycle = Lifecycle::of(request.input.get("Lifecycle").unwrap_or(&Value::Null));
    points::check_lifecycle(lifecycle)?;
    let role = request.required("IamRoleArn");
    roles::unusable(world, &spot.account, role).map_err(invalid_value)?;
    let resource = request.required("ResourceArn");
    if world.backup.data_at(&spot.account, &spot.region, resource).is_none() {
        return Err(invalid_value(format!("The resource {resource} does not exist.")));
    }
    let tags = tags::given(request, "RecoveryPointTags")?;
    let token = request.text("IdempotencyToken");
    let id = match by_token(&world.backup.place_mut(&spot.account, &spot.region).backups, token) {
        Some(id) => id,
        None => {
            let besides = request.text("LogicallyAirGappedBackupVaultArn");
            let wanted = Wanted {
                resource: resource.to_owned(),
                vault: request.required("BackupVaultName").to_owned(),
                role: role.to_owned(),
                lifecycle,
                copies: besides
                    .map(|arn| besides_into(&spot, arn, lifecycle))
                    .transpose()?
                    .into_iter()
                    .collect(),
                tags,
                by: None,
                token: token.map(str::to_owned),
            };
            backup_jobs::begin(world, &spot, wanted, request.now)
        }
    };
    let job = named(world, &spot, &id)?;
    Ok(json!({
        "BackupJobId": id,
        "RecoveryPointArn": Some(&job.point).filter(|arn| arn.starts_with("arn:aws:backup:")),
        "CreationDate": epoch(job.job.created),
        "IsParent": false,
    }))
}

/// The logically air-gapped vault that a recovery point comes into besides: of the same account and Region.
fn besides_into(spot: &Spot, arn: &str, lifecycle: Lifecycle) -> Result<CopyAction, AwsError> {
    match copy_jobs::place_of(arn) {
        Some((place, _)) if place == *spot => Ok(CopyAction { destination: arn.to_owned(), lifecycle }),
        _ => Err(invalid_value(format!("The vault {arn} must be in the same account and Region."))),
    }
}

fn named<'w>(world: &'w World, spot: &Spot, id: &str) -> Result<&'w BackupJob, AwsError> {
    let place = world.backup.place(&spot.account, &spot.region);
    let job = place.and_then(|place| place.backups.get(id));
    job.ok_or_else(|| not_found(format!("Cannot find backup job {id}.")))
}

fn view(world: &World, request: &Request, account: &str, id: &str, job: &BackupJob) -> Value {
    let vault = world.backup.vault(account, &request.region, &job.vault);
    let completed = job.job.completed();
    json!({
        "AccountId": account,
        "BackupJobId": id,
        "BackupVaultName": job.vault,
        "BackupVaultArn": vaults::arn(account, &request.region, &job.vault),
        "VaultType": vault.map(|vault| vault.kind.name()),
        "VaultLockState": vault.map(lock_state),
        "RecoveryPointArn": completed.then_some(&job.point),
        "RecoveryPointLifecycle": job.lifecycle.view(),
        "ResourceArn": job.job.resource,
        "ResourceType": Some(&job.job.kind).filter(|kind| !kind.is_empty()),
        "CreationDate": epoch(job.job.created),
        "InitiationDate": epoch(job.job.created),
        "CompletionDate": job.job.ended().map(epoch),
        "ExpectedCompletionDate": job.job.ended().is_none().then(|| epoch(job.job.ends)),
        "State": job.job.state(request.now, "CREATED"),
        "StatusMessage": job.job.message(),
        "PercentDone": if completed { "100.0" } else { "0.0" },
        "BackupSizeInBytes": completed.then_some(job.job.bytes),
        "IamRoleArn": job.job.role,
        "CreatedBy": job.job.by,
        "IsParent": false,
        "MessageCategory": completed.then_some("SUCCESS"),
    })
}

/// `VaultLockState` of the API.
pub(super) fn lock_state(vault: &Vault) -> &'static str {
    if vault.lock.is_some() { "LOCKED" } else { "UNLOCKED" }
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (spot, id) = (Spot::of(request), request.required("BackupJobId"));
    let job = named(world, &spot, id)?;
    Ok(view(world, request, &spot.account, id, job))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let mut found = Vec::new();
    for account in watch::accounts(world, request)? {
        let place = world.backup.place(&account, &request.region);
        for (id, job) in place.into_iter().flat_map(|place| &place.backups) {
            let vault = request.text("ByBackupVaultName").is_none_or(|wanted| wanted == job.vault);
            if vault && watch::fits(request, &job.job, job.job.state(request.now, "CREATED")) {
                found.push((account.clone(), id, job));
            }
        }
    }
    watch::sort(&mut found, |(_, id, job)| (job.job.created, id.as_str()));
    PAGING.page(request, "BackupJobs", found, |(account, id, job)| view(world, request, &account, id, job))
}

pub(super) fn stop(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (spot, id) = (Spot::of(request), request.required("BackupJobId"));
    if named(world, &spot, id)?.job.ending.is_some() {
        return Err(invalid_request(format!("Backup job {id} has ended and cannot be stopped.")));
    }
    if let Some(job) = world.backup.place_mut(&spot.account, &spot.region).backups.get_mut(id) {
        job.job.ends = request.now;
        job.job.ending = Some(Ending { state: "ABORTED".to_owned(), message: None });
    }
    Ok(json!({}))
}
