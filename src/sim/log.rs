//! What was asked of the simulator: an ordered log and counts.
//!
//! In: one entry per request. Out: [`Entry`] list and [`RequestCounts`]. Absent: bodies.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::AwsError;

/// One request as it happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Virtual time of arrival.
    pub time: Timestamp,
    /// The caller's account; empty if unknown.
    pub account: String,
    /// The caller's ARN; empty if unknown.
    pub principal: String,
    /// Region of the request.
    pub region: String,
    /// Service, e.g. `organizations`.
    pub service: String,
    /// Operation, e.g. `MoveAccount`.
    pub operation: String,
    /// Whether the operation may change something.
    pub write: bool,
    /// Error code, that of an account for which nothing was done too; `None` for success.
    pub error: Option<String>,
    /// Values of the identifying inputs, e.g. `AccountId=... DestinationParentId=...`.
    pub target: String,
    /// Names of the faults that struck it, joined by `+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// How many requests there were.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestCounts {
    /// By `service:Operation`.
    pub operations: BTreeMap<String, u64>,
    /// Requests to operations that only read.
    pub reads: u64,
    /// Requests to operations that may change something.
    pub writes: u64,
    /// Requests refused by a rate.
    pub throttled: u64,
}

/// Codes by which AWS refuses for the rate alone.
pub(crate) const THROTTLE_CODES: &[&str] = &["TooManyRequestsException", "ThrottlingException", "Throttling"];

/// Counts a log.
pub(crate) fn count(log: &[Entry]) -> RequestCounts {
    let mut counts = RequestCounts::default();
    for entry in log {
        *counts.operations.entry(format!("{}:{}", entry.service, entry.operation)).or_default() += 1;
        *(if entry.write { &mut counts.writes } else { &mut counts.reads }) += 1;
        if entry.error.as_deref().is_some_and(|code| THROTTLE_CODES.contains(&code)) {
            counts.throttled += 1;
        }
    }
    counts
}

/// Operations whose name does not say that they only read, with the service.
/// Sign-in gives and ends sessions and changes nothing else. STS: <https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html>; IAM and KMS: the API references.
const READS: &[(&str, &str)] = &[
    ("sts", "AssumeRole"),
    ("sts", "AssumeRoleWithSAML"),
    ("sts", "AssumeRoleWithWebIdentity"),
    ("sts", "AssumeRoot"),
    ("sts", "DecodeAuthorizationMessage"),
    ("iam", "SimulateCustomPolicy"),
    ("iam", "SimulatePrincipalPolicy"),
    ("kms", "Decrypt"),
    ("kms", "Encrypt"),
    ("kms", "GenerateDataKey"),
    ("kms", "GenerateRandom"),
    ("kms", "Sign"),
    ("kms", "Verify"),
    ("kms", "VerifyMac"),
    ("sso", "Logout"),
    ("sso-oidc", "CreateToken"),
    ("sso-oidc", "RegisterClient"),
    ("sso-oidc", "StartDeviceAuthorization"),
];

/// Whether an operation may change something.
pub(crate) fn is_write(service: &str, operation: &str) -> bool {
    let reads =
        ["Describe", "List", "Get", "BatchGet", "Search"].iter().any(|prefix| operation.starts_with(prefix));
    !reads && !READS.contains(&(service, operation))
}

/// Members of an answer that name accounts for which nothing was done, although the call
/// itself succeeded.
const LEFT: [&str; 2] = ["failedaccounts", "unprocessedaccounts"];

/// The code with which a call, or a part of what it asked for, was refused.
pub(crate) fn refusal(result: &Result<Value, AwsError>) -> Option<String> {
    let answer = match result {
        Ok(answer) => answer,
        Err(error) => return Some(error.code.clone()),
    };
    let left = answer.as_object()?.iter().find(|(name, left)| {
        LEFT.contains(&name.to_ascii_lowercase().as_str())
            && left.as_array().is_some_and(|all| !all.is_empty())
    });
    let (name, left) = left?;
    Some(left[0]["errorCode"].as_str().unwrap_or(name).to_owned())
}

/// Members that say what a request is about, for the log.
const TARGETS: &[&str] = &[
    "AccountId",
    "AccountName",
    "ChildId",
    "CreateAccountRequestId",
    "DestinationParentId",
    "Email",
    "HandshakeId",
    "Name",
    "OrganizationalUnitId",
    "ParentId",
    "PolicyId",
    "PolicyType",
    "ResourceId",
    "ServicePrincipal",
    "SourceParentId",
    "TargetId",
    "RoleName",
    "RoleArn",
    "KeyId",
    "QuotaCode",
    "landingZoneIdentifier",
    "operationIdentifier",
    "targetIdentifier",
    "baselineIdentifier",
    "controlIdentifier",
    "enabledBaselineIdentifier",
    "enabledControlIdentifier",
    "resourceArn",
    "RegionName",
    "PermissionSetArn",
    "PrincipalId",
    "GroupId",
    "UserId",
];

/// The short target string of a request.
pub(crate) fn target(input: &serde_json::Value) -> String {
    let named = |name: &&str| {
        input.get(*name).and_then(serde_json::Value::as_str).map(|value| format!("{name}={value}"))
    };
    TARGETS.iter().filter_map(named).collect::<Vec<_>>().join(" ")
}
