//! The organization's resource policy.

use serde_json::Value;

use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::model::policy;

const DESCRIBE: &str = "organizations:DescribeResourcePolicy";

/// The policy.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourcePolicy {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// What it says, in canonical form.
    pub content: Value,
}

/// The policy of the caller's organization; none when it has none.
///
/// # Errors
/// When it cannot be read.
pub async fn describe(connection: &Connection) -> Result<Option<ResourcePolicy>, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let answer = match site.call(DESCRIBE, || client.describe_resource_policy().send()).await {
        Ok(answer) => answer,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    let found = answer.resource_policy();
    let summary = found.and_then(|found| found.resource_policy_summary());
    let text = found.and_then(|found| found.content()).unwrap_or_default();
    let content =
        serde_json::from_str(text).map_err(|_| CallError::unreadable(DESCRIBE, "usable Content"))?;
    Ok(Some(ResourcePolicy {
        id: summary.and_then(|summary| summary.id()).unwrap_or_default().to_owned(),
        arn: summary.and_then(|summary| summary.arn()).unwrap_or_default().to_owned(),
        content: policy::canonical(&content),
    }))
}
