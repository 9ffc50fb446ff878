//! Organization policies: by type, their documents, and where they are attached.

use serde_json::Value;

use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

/// One policy as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its name, unique within its type.
    pub name: String,
    /// Its description; empty when it has none.
    pub description: String,
    /// AWS's name of its type.
    pub kind: String,
    /// Whether AWS made it and nobody can change it.
    pub aws_managed: bool,
}

const LIST: &str = "organizations:ListPolicies";
const DESCRIBE: &str = "organizations:DescribePolicy";
const TARGETS: &str = "organizations:ListTargetsForPolicy";
const ON_TARGET: &str = "organizations:ListPoliciesForTarget";
const EFFECTIVE: &str = "organizations:DescribeEffectivePolicy";

impl Policy {
    fn of(operation: &str, from: &aws_sdk_organizations::types::PolicySummary) -> Result<Self, CallError> {
        let unreadable = |what| CallError::unreadable(operation, what);
        Ok(Self {
            id: from.id().ok_or_else(|| unreadable("Id"))?.to_owned(),
            arn: from.arn().unwrap_or_default().to_owned(),
            name: from.name().ok_or_else(|| unreadable("Name"))?.to_owned(),
            description: from.description().unwrap_or_default().to_owned(),
            kind: from.r#type().map_or("", |kind| kind.as_str()).to_owned(),
            aws_managed: from.aws_managed(),
        })
    }
}

/// The policies of a type, AWS's own among them.
///
/// # Errors
/// When they cannot be read.
pub async fn of_type(connection: &Connection, kind: &str) -> Result<Vec<Policy>, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let site = &site;
    let found = pages::all(LIST, |token| async move {
        let request = || client.list_policies().filter(kind.into()).set_next_token(token.clone());
        let answer = site.call(LIST, || request().send()).await?;
        Ok((answer.policies().to_vec(), answer.next_token().map(str::to_owned)))
    });
    found.await?.iter().map(|policy| Policy::of(LIST, policy)).collect()
}

/// The policies of a type that are attached directly to a root, unit or account.
///
/// # Errors
/// When they cannot be read.
pub async fn on_target(connection: &Connection, target: &str, kind: &str) -> Result<Vec<Policy>, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let site = &site;
    let found = pages::all(ON_TARGET, |token| async move {
        let request = || {
            let request = client.list_policies_for_target().target_id(target).filter(kind.into());
            request.set_next_token(token.clone())
        };
        let answer = site.call(ON_TARGET, || request().send()).await?;
        Ok((answer.policies().to_vec(), answer.next_token().map(str::to_owned)))
    });
    found.await?.iter().map(|policy| Policy::of(ON_TARGET, policy)).collect()
}

/// A policy and its document; none when there is no such policy (any more).
///
/// # Errors
/// When it cannot be read.
pub async fn document(connection: &Connection, id: &str) -> Result<Option<(Policy, Value)>, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let answer = match site.call(DESCRIBE, || client.describe_policy().policy_id(id).send()).await {
        Ok(answer) => answer,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    let policy = answer.policy().ok_or_else(|| CallError::unreadable(DESCRIBE, "Policy"))?;
    let summary = policy.policy_summary().ok_or_else(|| CallError::unreadable(DESCRIBE, "PolicySummary"))?;
    let content = policy.content().unwrap_or_default();
    // A document that is no JSON cannot come from AWS; it then differs from any other.
    let content = serde_json::from_str(content).unwrap_or_else(|_| Value::String(content.to_owned()));
    Ok(Some((Policy::of(DESCRIBE, summary)?, content)))
}

/// The ids of the roots, units and accounts that a policy is attached to; none when
/// there is no such policy (any more).
///
/// # Errors
/// When they cannot be read.
pub async fn targets(connection: &Connection, id: &str) -> Result<Vec<String>, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let site = &site;
    let found = pages::all(TARGETS, |token| async move {
        let request = || client.list_targets_for_policy().policy_id(id).set_next_token(token.clone());
        let answer = site.call(TARGETS, || request().send()).await?;
        Ok((answer.targets().to_vec(), answer.next_token().map(str::to_owned)))
    });
    match found.await {
        Ok(found) => Ok(found.iter().filter_map(|target| target.target_id().map(str::to_owned)).collect()),
        Err(error) if error.is_missing() => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// What the policies of a management type come to for an account, merged by AWS;
/// none where no policy of the type reaches it.
///
/// # Errors
/// When it cannot be read.
pub async fn effective(
    connection: &Connection,
    account: &str,
    kind: &str,
) -> Result<Option<Value>, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let request = || client.describe_effective_policy().policy_type(kind.into()).target_id(account);
    let answer = match site.call(EFFECTIVE, || request().send()).await {
        Ok(answer) => answer,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    let content = answer.effective_policy().and_then(|policy| policy.policy_content()).unwrap_or_default();
    Ok(Some(serde_json::from_str(content).unwrap_or_else(|_| Value::String(content.to_owned()))))
}
