//! The errors by which faults refuse, in each operation's own words.
//!
//! In: the operation. Out: an [`AwsError`] that the operation declares, or none if it declares no such error.
//! Absent: when to refuse.

use super::{Encounter, Fault, Loss};
use crate::sim::error::AwsError;
use crate::sim::log::THROTTLE_CODES;
use crate::sim::services::organizations::refusal;
use crate::sim::throttle;

/// Codes that say another change is in progress, in order of preference.
const CONFLICTS: &[&str] = &[
    "ConcurrentModificationException",
    "ConflictException",
    "ConcurrentModification",
    "DependencyTimeoutException",
];

/// Codes of a failure of the service itself.
const FAILURES: &[&str] = &[
    "ServiceException",
    "InternalServerException",
    "ServiceFailure",
    "KMSInternalException",
    "InternalServiceError",
];

/// Reasons of Organizations' `ConstraintViolationException`, by operation
/// (<https://docs.aws.amazon.com/organizations/latest/APIReference/API_ConstraintViolationException.html>).
const QUOTAS: &[(&str, &str)] = &[
    ("CreateAccount", "ACCOUNT_NUMBER_LIMIT_EXCEEDED"),
    ("CloseAccount", "CLOSE_ACCOUNT_QUOTA_EXCEEDED"),
    ("CreateOrganizationalUnit", "OU_NUMBER_LIMIT_EXCEEDED"),
    ("CreatePolicy", "POLICY_NUMBER_LIMIT_EXCEEDED"),
    ("AttachPolicy", "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED"),
    ("TagResource", "MAX_TAG_LIMIT_EXCEEDED"),
];

/// Codes of a reached quota elsewhere.
const LIMITS: &[&str] = &["ServiceQuotaExceededException", "LimitExceededException", "LimitExceeded"];

fn declared(met: &Encounter<'_>, wanted: impl Fn(&str) -> bool) -> Option<String> {
    met.call.operation.errors.iter().find(|code| wanted(code)).cloned()
}

fn first(met: &Encounter<'_>, codes: &[&str]) -> Option<String> {
    codes.iter().find_map(|wanted| declared(met, |code| code == *wanted))
}

/// The error of Organizations with its own words, of another service with plain ones.
fn spoken(met: &Encounter<'_>, code: String, plain: &str) -> AwsError {
    if met.table().service == "organizations" { refusal::refuse(&code) } else { AwsError::new(code, plain) }
}

/// Another change is in progress.
pub(super) fn conflict(met: &Encounter<'_>) -> Option<AwsError> {
    first(met, CONFLICTS).map(|code| {
        spoken(
            met,
            code,
            "The request could not be completed because another change is in progress. Try again later.",
        )
    })
}

/// What the request is about does not exist.
pub(super) fn missing(met: &Encounter<'_>) -> Option<AwsError> {
    let is = |code: &str| {
        code.ends_with("NotFoundException") || ["NoSuchEntity", "NoSuchResourceException"].contains(&code)
    };
    declared(met, is).map(|code| spoken(met, code, "The resource could not be found."))
}

/// The quota that the operation counts against is reached.
pub(super) fn quota(met: &Encounter<'_>) -> Option<AwsError> {
    if met.table().service == "organizations" {
        let reason = QUOTAS.iter().find(|(operation, _)| *operation == met.call.name)?.1;
        return Some(refusal::constraint(reason));
    }
    first(met, LIMITS).map(|code| AwsError::new(code, "The request exceeds a quota of the account."))
}

/// A failure of the service, by the code the operation declares for that status.
pub(super) fn server_error(met: &Encounter<'_>, status: u16) -> AwsError {
    let plain = "An internal error occurred. Try again later.";
    match first(met, FAILURES).filter(|_| status == 500) {
        Some(code) => spoken(met, code, plain).status(status),
        None if status == 503 => AwsError::new("ServiceUnavailable", "Service is unavailable").status(status),
        None => AwsError::new("InternalFailure", plain).status(status),
    }
}

/// The session and the user share these words
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>).
fn scp(met: &Encounter<'_>) -> AwsError {
    let arn = met.caller.map_or("", |caller| caller.arn.as_str());
    let words = format!(
        "User: {arn} is not authorized to perform: {} with an explicit deny in a service control policy",
        met.name()
    );
    crate::sim::authorization::denied(met.table().protocol, words)
}

/// How a fault refuses a request before its effect; `None` if that is not what it does.
pub(super) fn refusal(fault: &Fault, met: &Encounter<'_>) -> Option<AwsError> {
    match fault {
        Fault::Before { code, message } => Some(injected(met, code, message)),
        Fault::Throttle { retry_after, .. } => {
            Some(throttle::refusal(met.table(), &met.call.name, f64::from(retry_after.unwrap_or(1))))
        }
        Fault::ServerError { status, .. } | Fault::StopsAnswering { how: Loss::ServerError(status) } => {
            Some(server_error(met, *status))
        }
        Fault::Conflict { .. } => conflict(met),
        Fault::Missing { .. } => missing(met),
        Fault::QuotaReached { .. } => quota(met),
        Fault::ExpiredToken { .. } => Some(super::pages::expired(met)),
        Fault::ScpDenies { .. } => Some(scp(met)),
        _ => None,
    }
}

/// An error by code keeps the status of the shape table; one that no table knows is a failure of the server.
fn injected(met: &Encounter<'_>, code: &str, message: &str) -> AwsError {
    let error = AwsError::new(code, message);
    let known = met.table().errors.contains_key(code) || THROTTLE_CODES.contains(&code);
    if known { error } else { error.status(500) }
}
