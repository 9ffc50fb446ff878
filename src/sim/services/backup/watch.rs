//! Listings of jobs: of one's own account, of another of the organization, or of all.
//!
//! In: a listing request. Out: the accounts it is about, and whether a job is among those it asks for. The management
//! account and the delegated administrators see the jobs of every account
//! (<https://docs.aws.amazon.com/aws-backup/latest/devguide/manage-cross-account.html>); jobs show for thirty days
//! (<https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListBackupJobs.html>).

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::PRINCIPAL;
use super::records::Job;
use super::refusal::denied;

const SHOWN: Duration = Duration::from_secs(30 * 86_400);

/// The accounts whose jobs a request is about.
pub(super) fn accounts(world: &World, request: &Request) -> Result<Vec<String>, AwsError> {
    let caller = &request.caller.account;
    let Some(wanted) = request.text("ByAccountId").filter(|wanted| wanted != caller) else {
        return Ok(vec![caller.clone()]);
    };
    let organization = world.organizations.of(caller).filter(|organization| {
        let services = organization.delegated.get(caller);
        let administers = services.is_some_and(|services| services.contains_key(PRINCIPAL));
        organization.has_service_access(PRINCIPAL) && (organization.management == *caller || administers)
    });
    let organization = organization.ok_or_else(denied)?;
    match wanted {
        "*" => Ok(organization.accounts.keys().cloned().collect()),
        one if organization.account(one).is_some() => Ok(vec![one.to_owned()]),
        _ => Err(denied()),
    }
}

/// Whether a job is among those that a listing shows at all.
pub(super) fn shows(job: &Job, now: Timestamp) -> bool {
    later(job.created, SHOWN) > now
}

/// Whether a job fits the filters that all listings have; `state` is what its own listing calls its state.
pub(super) fn fits(request: &Request, job: &Job, state: &str) -> bool {
    let is = |member: &str, value: &str| request.text(member).is_none_or(|wanted| wanted == value);
    let time = |member: &str| request.input.get(member).and_then(Value::as_f64);
    let created = epoch(job.created);
    let completed = job.ending.is_some().then(|| epoch(job.ends));
    is("ByResourceArn", &job.resource)
        && is("ByResourceType", &job.kind)
        && is("ByState", state)
        && is("ByStatus", state)
        && time("ByCreatedBefore").is_none_or(|before| created < before)
        && time("ByCreatedAfter").is_none_or(|after| created > after)
        && time("ByCompleteBefore").is_none_or(|before| completed.is_some_and(|at| at < before))
        && time("ByCompleteAfter").is_none_or(|after| completed.is_some_and(|at| at > after))
        && shows(job, request.now)
}

/// Newest first.
pub(super) fn sort<T>(found: &mut [T], key: impl Fn(&T) -> (Timestamp, &str)) {
    found.sort_by(|a, b| {
        let ((a, x), (b, y)) = (key(a), key(b));
        b.cmp(&a).then_with(|| x.cmp(y))
    });
}
