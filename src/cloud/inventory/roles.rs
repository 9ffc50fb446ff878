//! IAM roles of an account, asked for by name.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;
use crate::model::policy;

const GET: &str = "iam:GetRole";
const ATTACHED: &str = "iam:ListAttachedRolePolicies";
const LIST: &str = "iam:ListRoles";
const INLINE: &str = "iam:GetRolePolicy";

/// One role.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// Its path, e.g. `/service-role/`.
    pub path: String,
    /// Who may assume it, in canonical form.
    pub trust: Value,
}

/// The role of that name; none when there is none.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn get(site: &Site, name: &str) -> Result<Option<Role>, CallError> {
    let client = site.clients.iam();
    let answer = match site.call(GET, || client.get_role().role_name(name).send()).await {
        Ok(answer) => answer,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    let role = answer.role().ok_or_else(|| CallError::unreadable(GET, "Role"))?;
    Ok(Some(Role {
        arn: role.arn().to_owned(),
        path: role.path().to_owned(),
        trust: document(GET, role.assume_role_policy_document().unwrap_or_default())?,
    }))
}

/// The names of every role of an account.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn names(site: &Site) -> Result<Vec<String>, CallError> {
    let client = site.clients.iam();
    let found = pages::all(LIST, |marker| async move {
        let answer = site.call(LIST, || client.list_roles().set_marker(marker.clone()).send()).await?;
        let names = answer.roles().iter().map(|role| role.role_name().to_owned()).collect();
        Ok((names, answer.marker().map(str::to_owned)))
    });
    found.await
}

/// The ARNs of the managed policies attached to a role.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn attached(site: &Site, name: &str) -> Result<BTreeSet<String>, CallError> {
    let client = site.clients.iam();
    let found = pages::all(ATTACHED, |marker| async move {
        let request = || client.list_attached_role_policies().role_name(name).set_marker(marker.clone());
        let answer = site.call(ATTACHED, || request().send()).await?;
        Ok((answer.attached_policies().to_vec(), answer.marker().map(str::to_owned)))
    });
    Ok(found.await?.iter().filter_map(|policy| policy.policy_arn().map(str::to_owned)).collect())
}

/// The document of an inline policy of a role; none when it has none of that name.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn inline(site: &Site, role: &str, name: &str) -> Result<Option<Value>, CallError> {
    let client = site.clients.iam();
    let request = || client.get_role_policy().role_name(role).policy_name(name);
    match site.call(INLINE, || request().send()).await {
        Ok(answer) => document(INLINE, answer.policy_document()).map(Some),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}

/// A policy document as IAM sends it: JSON, percent-encoded (RFC 3986).
fn document(operation: &str, text: &str) -> Result<Value, CallError> {
    let unreadable = || CallError::unreadable(operation, "usable policy document");
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| unreadable())?;
    let value: Value = serde_json::from_str(&decoded).map_err(|_| unreadable())?;
    Ok(policy::canonical(&value))
}
