//! StartRestoreJob, DescribeRestoreJob, ListRestoreJobs, ListRestoreJobsByProtectedResource, GetRestoreJobMetadata,
//! PutRestoreValidationResult.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartRestoreJob.html> and its neighbours, and
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-validation.html> (a result is taken once, of a
//! test that has completed). UNSOURCED words.

use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::records::{RestoreJob, Spot, by_token};
use super::refusal::{invalid_request, invalid_value, missing, not_found};
use super::restore_jobs::{self, Wanted};
use super::{PAGING, gate, roles, vaults, watch};

pub(super) fn start(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let spot = Spot::of(request);
    let arn = request.required("RecoveryPointArn");
    let (owner, vault) =
        holder(world, request, arn).ok_or_else(|| not_found(format!("Cannot find recovery point {arn}")))?;
    let role = request.text("IamRoleArn").ok_or_else(|| missing("IamRoleArn must be specified."))?;
    roles::unusable(world, &spot.account, role).map_err(invalid_value)?;
    let metadata = request.input.get("Metadata").and_then(Value::as_object).into_iter().flatten();
    let metadata =
        metadata.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect();
    let token = request.text("IdempotencyToken");
    let id = match by_token(&world.backup.place_mut(&spot.account, &spot.region).restores, token) {
        Some(id) => id,
        None => {
            let wanted = Wanted {
                vault,
                owner,
                point: arn.to_owned(),
                role: role.to_owned(),
                metadata,
                token: token.map(str::to_owned),
                test: None,
            };
            restore_jobs::begin(world, &spot, wanted, request.now)
        }
    };
    Ok(json!({ "RestoreJobId": id }))
}

/// The vault that holds a recovery point, and whose it is: one of the caller's own, or one that is shared with it.
fn holder(world: &World, request: &Request, point: &str) -> Option<(String, String)> {
    let caller = request.caller.account.as_str();
    let place = world.backup.place(caller, &request.region);
    let own = place.into_iter().flat_map(|place| &place.vaults);
    let own = own.map(|(name, vault)| (caller, name.as_str(), vault));
    let mut all = own.chain(gate::shared(world, request));
    let found = all.find(|(_, _, vault)| vault.points.contains_key(point));
    found.map(|(owner, name, _)| (owner.to_owned(), name.to_owned()))
}

fn named<'w>(world: &'w World, spot: &Spot, id: &str) -> Result<&'w RestoreJob, AwsError> {
    let place = world.backup.place(&spot.account, &spot.region);
    let job = place.and_then(|place| place.restores.get(id));
    job.ok_or_else(|| not_found(format!("Cannot find restore job {id}.")))
}

fn view(request: &Request, account: &str, id: &str, job: &RestoreJob) -> Value {
    let completed = job.job.completed();
    let validation = job.validation.as_ref();
    json!({
        "AccountId": account,
        "RestoreJobId": id,
        "RecoveryPointArn": job.point,
        "SourceResourceArn": job.job.resource,
        "BackupVaultArn": vaults::arn(&job.owner, &request.region, &job.vault),
        "CreationDate": epoch(job.job.created),
        "CompletionDate": job.job.ended().map(epoch),
        "Status": job.job.state(request.now, "PENDING"),
        "StatusMessage": job.job.message(),
        "PercentDone": if completed { "100.00%" } else { "0.00%" },
        "BackupSizeInBytes": job.job.bytes,
        "IamRoleArn": job.job.role,
        "ExpectedCompletionTimeMinutes": restore_jobs::USUAL.as_secs() / 60,
        "CreatedResourceArn": job.made,
        "ResourceType": job.job.kind,
        "RecoveryPointCreationDate": epoch(job.point_created),
        "IsParent": false,
        "CreatedBy": job.job.by,
        "ValidationStatus": validation.map(|(status, _)| status),
        "ValidationStatusMessage": validation.and_then(|(_, words)| words.as_ref()),
        "DeletionStatus": job.deleted.then_some("SUCCESSFUL"),
    })
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (spot, id) = (Spot::of(request), request.required("RestoreJobId"));
    Ok(view(request, &spot.account, id, named(world, &spot, id)?))
}

pub(super) fn metadata(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (spot, id) = (Spot::of(request), request.required("RestoreJobId"));
    Ok(json!({ "RestoreJobId": id, "Metadata": named(world, &spot, id)?.metadata }))
}

fn listed(
    world: &World,
    request: &Request,
    accounts: Vec<String>,
    wanted: impl Fn(&RestoreJob) -> bool,
) -> Result<Value, AwsError> {
    let mut found = Vec::new();
    for account in accounts {
        let place = world.backup.place(&account, &request.region);
        for (id, job) in place.into_iter().flat_map(|place| &place.restores) {
            if wanted(job) && watch::fits(request, &job.job, job.job.state(request.now, "PENDING")) {
                found.push((account.clone(), id, job));
            }
        }
    }
    watch::sort(&mut found, |(_, id, job)| (job.job.created, id.as_str()));
    PAGING.page(request, "RestoreJobs", found, |(account, id, job)| view(request, &account, id, job))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let plan = request.text("ByRestoreTestingPlanArn");
    let accounts = watch::accounts(world, request)?;
    listed(world, request, accounts, |job| {
        plan.is_none_or(|plan| job.test.as_ref().is_some_and(|(of, _)| of == plan))
    })
}

pub(super) fn list_by_resource(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let resource = request.required("ResourceArn");
    let time = |member: &str| request.input.get(member).and_then(Value::as_f64);
    let after = time("ByRecoveryPointCreationDateAfter");
    let before = time("ByRecoveryPointCreationDateBefore");
    let accounts = vec![request.caller.account.clone()];
    listed(world, request, accounts, |job| {
        let made = epoch(job.point_created);
        job.job.resource == resource
            && after.is_none_or(|after| made > after)
            && before.is_none_or(|before| made < before)
    })
}

/// The data of the test goes with the result.
pub(super) fn validate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (spot, id) = (Spot::of(request), request.required("RestoreJobId"));
    let waits = |job: &RestoreJob| job.validation.as_ref().is_some_and(|(status, _)| status == "VALIDATING");
    if !waits(named(world, &spot, id)?) {
        return Err(invalid_request(format!("Restore job {id} does not wait for a validation result.")));
    }
    let status = request.required("ValidationStatus").to_owned();
    let words = request.text("ValidationStatusMessage").map(str::to_owned);
    if let Some(job) = world.backup.place_mut(&spot.account, &spot.region).restores.get_mut(id) {
        let done = status != "VALIDATING";
        job.validation = Some((status, words));
        if done {
            restore_jobs::conclude(job);
        }
    }
    Ok(json!({}))
}
