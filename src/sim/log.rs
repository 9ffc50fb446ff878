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
    /// Error code; that of an account where a call was done for none of its accounts. `None` for success.
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

/// Members of a request that list the accounts that it is about.
const ASKED: [&str; 3] = ["accountids", "accountdetails", "accounts"];
/// Members of an answer that name accounts for which nothing was done, although the call
/// itself succeeded.
const LEFT: [&str; 2] = ["failedaccounts", "unprocessedaccounts"];

/// The list that an object has under one of some names, which AWS writes with and without
/// capitals.
fn list_of<'v>(object: &'v Value, names: &[&str]) -> &'v [Value] {
    let named = |(name, _): &(&String, &Value)| names.contains(&name.to_ascii_lowercase().as_str());
    let found = object.as_object().into_iter().flatten().find(named);
    found.and_then(|(_, list)| list.as_array()).map_or(&[], Vec::as_slice)
}

/// The code with which a call was refused, or the first account of a call that was done for
/// none of its accounts. A call that was done for some of them had an effect.
pub(crate) fn refusal(input: &Value, result: &Result<Value, AwsError>) -> Option<String> {
    let answer = match result {
        Ok(answer) => answer,
        Err(error) => return Some(error.code.clone()),
    };
    let left = list_of(answer, &LEFT);
    // A request that names no account is about the caller's.
    let asked = list_of(input, &ASKED).len().max(1);
    let first = left.first().filter(|_| left.len() >= asked)?;
    Some(first["errorCode"].as_str().unwrap_or("UnprocessedAccounts").to_owned())
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

/// The members of a request that say what it is about.
pub(crate) fn named(input: &Value) -> serde_json::Map<String, Value> {
    let member = |name: &&str| input.get(*name).map(|value| ((*name).to_owned(), value.clone()));
    TARGETS.iter().filter_map(member).filter(|(_, value)| value.is_string()).collect()
}

/// The short target string of a request.
pub(crate) fn target(input: &serde_json::Value) -> String {
    let named = |name: &&str| {
        input.get(*name).and_then(serde_json::Value::as_str).map(|value| format!("{name}={value}"))
    };
    TARGETS.iter().filter_map(named).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_is_refused_when_it_was_done_for_none_of_its_accounts() {
        let left = |accounts: &[&str]| -> Result<Value, AwsError> {
            let failed: Vec<Value> =
                accounts.iter().map(|id| json!({ "accountId": id, "errorCode": "ACCESS_DENIED" })).collect();
            Ok(json!({ "accounts": [], "failedAccounts": failed }))
        };
        let two = json!({ "accountIds": ["1", "2"], "resourceTypes": ["EC2"] });
        assert_eq!(refusal(&two, &left(&["1", "2"])).as_deref(), Some("ACCESS_DENIED"));
        assert_eq!(refusal(&two, &left(&["2"])), None, "the first account was done");
        assert_eq!(refusal(&two, &left(&[])), None);
        // Whoever names no account means the own one.
        assert_eq!(refusal(&json!({}), &left(&["3"])).as_deref(), Some("ACCESS_DENIED"));
        let reasons = Ok(json!({ "UnprocessedAccounts": [{ "AccountId": "1", "Result": "so" }] }));
        let details = json!({ "AccountDetails": [{ "AccountId": "1" }] });
        assert_eq!(refusal(&details, &reasons).as_deref(), Some("UnprocessedAccounts"));
        let both = json!({ "AccountDetails": [{ "AccountId": "1" }, { "AccountId": "2" }] });
        assert_eq!(refusal(&both, &reasons), None);
        assert_eq!(refusal(&two, &Err(AwsError::new("Denied", "no"))).as_deref(), Some("Denied"));
    }
}
