//! What there is to recover from: recovery points of a vault, restore jobs of a plan of tests, and
//! the resources that an account has backed up.

use aws_sdk_backup::types::{ProtectedResource, RecoveryPointByBackupVault, RestoreJobsListMember};
use jiff::Timestamp;

use super::backup_vaults::timestamp;
use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;

const POINTS: &str = "backup:ListRecoveryPointsByBackupVault";
const JOBS: &str = "backup:ListRestoreJobs";
const RESOURCES: &str = "backup:ListProtectedResources";

/// The largest page (API Reference of all three operations).
const PAGE: i32 = 1000;

/// One recovery point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Point {
    /// The ARN of what it is a copy of.
    pub(crate) resource: String,
    /// AWS's word for the type of the resource.
    pub(crate) sort: String,
    /// The id of the account that it was copied from.
    pub(crate) account: Option<String>,
    pub(crate) at: Timestamp,
    /// Whether it can be restored.
    pub(crate) whole: bool,
}

/// One restore that a plan of restore tests began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    /// AWS's word for the type of the resource.
    pub(crate) sort: String,
    /// AWS's word: `PENDING`, `RUNNING`, `COMPLETED`, `ABORTED`, `FAILED`.
    pub(crate) status: String,
    /// AWS's words on the status.
    pub(crate) message: Option<String>,
    /// AWS's word for the validation, where one was asked for.
    pub(crate) validation: Option<String>,
    pub(crate) begun: Timestamp,
    pub(crate) ended: Option<Timestamp>,
}

/// One resource that was backed up at least once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resource {
    /// Its ARN.
    pub(crate) arn: String,
    /// AWS's word for its type.
    pub(crate) sort: String,
    /// When it was backed up last.
    pub(crate) last: Option<Timestamp>,
}

/// Every recovery point of a vault.
///
/// # Errors
/// When they cannot be listed.
pub(crate) async fn points(site: &Site, vault: &str) -> Result<Vec<Point>, CallError> {
    let client = site.clients.backup();
    let found = pages::all(POINTS, |token| async move {
        let request = || {
            let request = client.list_recovery_points_by_backup_vault().backup_vault_name(vault);
            request.max_results(PAGE).set_next_token(token.clone())
        };
        let answer = site.call(POINTS, || request().send()).await?;
        Ok((answer.recovery_points().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().filter_map(of_point).collect())
}

fn of_point(point: &RecoveryPointByBackupVault) -> Option<Point> {
    let resource = point.resource_arn()?.to_owned();
    // The vault that it was copied from tells whose it is; a bucket's ARN names no account.
    let account = point.source_backup_vault_arn().and_then(account_of).or_else(|| account_of(&resource));
    let status = point.status().map_or("", |status| status.as_str());
    Some(Point {
        sort: point.resource_type().unwrap_or_default().to_owned(),
        account,
        at: timestamp(point.creation_date()?)?,
        whole: matches!(status, "COMPLETED" | "AVAILABLE"),
        resource,
    })
}

/// The account in an ARN, if it names one.
fn account_of(arn: &str) -> Option<String> {
    arn.split(':').nth(4).filter(|id| !id.is_empty()).map(str::to_owned)
}

/// Every restore that a plan of restore tests began, as far back as AWS tells.
///
/// # Errors
/// When they cannot be listed.
pub(crate) async fn jobs(site: &Site, plan: &str) -> Result<Vec<Job>, CallError> {
    let client = site.clients.backup();
    let found = pages::all(JOBS, |token| async move {
        let request = || {
            let request = client.list_restore_jobs().by_restore_testing_plan_arn(plan);
            request.max_results(PAGE).set_next_token(token.clone())
        };
        let answer = site.call(JOBS, || request().send()).await?;
        Ok((answer.restore_jobs().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().filter_map(of_job).collect())
}

fn of_job(job: &RestoreJobsListMember) -> Option<Job> {
    Some(Job {
        sort: job.resource_type().unwrap_or_default().to_owned(),
        status: job.status()?.as_str().to_owned(),
        message: job.status_message().map(str::to_owned),
        validation: job.validation_status().map(|status| status.as_str().to_owned()),
        begun: timestamp(job.creation_date()?)?,
        ended: job.completion_date().and_then(timestamp),
    })
}

/// Every resource of the account that was ever backed up in this Region.
///
/// # Errors
/// When they cannot be listed.
pub(crate) async fn resources(site: &Site) -> Result<Vec<Resource>, CallError> {
    let client = site.clients.backup();
    let found = pages::all(RESOURCES, |token| async move {
        let request = || client.list_protected_resources().max_results(PAGE).set_next_token(token.clone());
        let answer = site.call(RESOURCES, || request().send()).await?;
        Ok((answer.results().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().filter_map(of_resource).collect())
}

fn of_resource(resource: &ProtectedResource) -> Option<Resource> {
    Some(Resource {
        arn: resource.resource_arn()?.to_owned(),
        sort: resource.resource_type().unwrap_or_default().to_owned(),
        last: resource.last_backup_time().and_then(timestamp),
    })
}
