//! Permission sets: which there are, and what one consists of.
//!
//! AWS lists ARNs only, so each set is described to learn its name.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ssoadmin::types::ProvisioningStatus;
use serde_json::{Value, json};

use super::fan_out::{WIDTH, fan_out};
use super::identity_center::Instance;
use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const LIST: &str = "sso-admin:ListPermissionSets";
const DESCRIBE: &str = "sso-admin:DescribePermissionSet";
const MANAGED: &str = "sso-admin:ListManagedPoliciesInPermissionSet";
const CUSTOMER: &str = "sso-admin:ListCustomerManagedPolicyReferencesInPermissionSet";
const INLINE: &str = "sso-admin:GetInlinePolicyForPermissionSet";
const BOUNDARY: &str = "sso-admin:GetPermissionsBoundaryForPermissionSet";
const TAGS: &str = "sso-admin:ListTagsForResource";
const ACCOUNTS: &str = "sso-admin:ListAccountsForProvisionedPermissionSet";
/// The largest page of the lists.
const PAGE: i32 = 100;

/// One permission set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionSet {
    /// Its ARN.
    pub arn: String,
    /// Its name, of which an instance has one.
    pub name: String,
    /// Its description, if it has one.
    pub description: Option<String>,
    /// How long its sessions last, ISO 8601.
    pub session_duration: Option<String>,
    /// Where its users are sent.
    pub relay_state: Option<String>,
}

/// The sets of these names, by name. Sets are described until all are found.
///
/// # Errors
/// When they cannot be read.
pub async fn named(
    connection: &Connection,
    instance: &Instance,
    names: &BTreeSet<String>,
) -> Result<BTreeMap<String, PermissionSet>, CallError> {
    let mut found = BTreeMap::new();
    if names.is_empty() {
        return Ok(found);
    }
    for some in arns(connection, instance).await?.chunks(WIDTH) {
        if found.len() == names.len() {
            break;
        }
        let described = described(connection, instance, some).await?;
        found.extend(
            described.into_iter().filter(|set| names.contains(&set.name)).map(|set| (set.name.clone(), set)),
        );
    }
    Ok(found)
}

/// Every set.
///
/// # Errors
/// When they cannot be read.
pub async fn all(connection: &Connection, instance: &Instance) -> Result<Vec<PermissionSet>, CallError> {
    let arns = arns(connection, instance).await?;
    described(connection, instance, &arns).await
}

async fn described(
    connection: &Connection,
    instance: &Instance,
    arns: &[String],
) -> Result<Vec<PermissionSet>, CallError> {
    let questions = arns.iter().map(|arn| {
        let (connection, instance, arn) = (connection.clone(), instance.clone(), arn.clone());
        async move { describe(&connection, &instance, &arn).await }
    });
    let answers = fan_out(questions.collect()).await.into_iter();
    // One that goes while we look is not there.
    answers.filter(|one| !one.as_ref().is_err_and(CallError::is_missing)).collect()
}

async fn arns(connection: &Connection, instance: &Instance) -> Result<Vec<String>, CallError> {
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let site = &site;
    pages::all(LIST, |token| async move {
        let request = || client.list_permission_sets().instance_arn(&instance.arn).max_results(PAGE);
        let answer = site.call(LIST, || request().set_next_token(token.clone()).send()).await?;
        Ok((answer.permission_sets().to_vec(), answer.next_token().map(str::to_owned)))
    })
    .await
}

/// One set by its ARN.
///
/// # Errors
/// When it cannot be read, or is not there.
pub async fn describe(
    connection: &Connection,
    instance: &Instance,
    arn: &str,
) -> Result<PermissionSet, CallError> {
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let request = || client.describe_permission_set().instance_arn(&instance.arn).permission_set_arn(arn);
    let answer = site.call(DESCRIBE, || request().send()).await?;
    let set = answer.permission_set().ok_or_else(|| CallError::unreadable(DESCRIBE, "PermissionSet"))?;
    Ok(PermissionSet {
        arn: arn.to_owned(),
        name: set.name().unwrap_or_default().to_owned(),
        description: set.description().map(str::to_owned),
        session_duration: set.session_duration().map(str::to_owned),
        relay_state: set.relay_state().map(str::to_owned),
    })
}

/// ARNs of the AWS-managed policies attached to a set.
///
/// # Errors
/// When they cannot be read.
pub async fn managed(
    connection: &Connection,
    instance: &Instance,
    arn: &str,
) -> Result<BTreeSet<String>, CallError> {
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let site = &site;
    let found = pages::all(MANAGED, |token| async move {
        let request = || client.list_managed_policies_in_permission_set().instance_arn(&instance.arn);
        let request = || request().permission_set_arn(arn).max_results(PAGE).set_next_token(token.clone());
        let answer = site.call(MANAGED, || request().send()).await?;
        Ok((answer.attached_managed_policies().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().filter_map(|policy| policy.arn().map(str::to_owned)).collect())
}

/// Customer-managed policies of a set: each path and name in one text.
///
/// # Errors
/// When they cannot be read.
pub async fn customer_managed(
    connection: &Connection,
    instance: &Instance,
    arn: &str,
) -> Result<BTreeSet<String>, CallError> {
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let site = &site;
    let found = pages::all(CUSTOMER, |token| async move {
        let request =
            || client.list_customer_managed_policy_references_in_permission_set().instance_arn(&instance.arn);
        let request = || request().permission_set_arn(arn).max_results(PAGE).set_next_token(token.clone());
        let answer = site.call(CUSTOMER, || request().send()).await?;
        Ok((answer.customer_managed_policy_references().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let text = |policy: &aws_sdk_ssoadmin::types::CustomerManagedPolicyReference| {
        format!("{}{}", policy.path().unwrap_or("/"), policy.name())
    };
    Ok(found.await?.iter().map(text).collect())
}

/// A set's inline policy, if it has one.
///
/// # Errors
/// When it cannot be read, or is no JSON.
pub async fn inline(
    connection: &Connection,
    instance: &Instance,
    arn: &str,
) -> Result<Option<Value>, CallError> {
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let request =
        || client.get_inline_policy_for_permission_set().instance_arn(&instance.arn).permission_set_arn(arn);
    let answer = site.call(INLINE, || request().send()).await?;
    // A set without one has an empty text.
    let text = answer.inline_policy().filter(|text| !text.trim().is_empty());
    text.map(|text| serde_json::from_str(text).map_err(|_| CallError::unreadable(INLINE, "JSON"))).transpose()
}

/// A set's permissions boundary, if it has one: `managed`, or `name` and `path`.
///
/// # Errors
/// When it cannot be read.
pub async fn boundary(
    connection: &Connection,
    instance: &Instance,
    arn: &str,
) -> Result<Option<Value>, CallError> {
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let request = || {
        let request = client.get_permissions_boundary_for_permission_set().instance_arn(&instance.arn);
        request.permission_set_arn(arn)
    };
    let answer = match site.call(BOUNDARY, || request().send()).await {
        Ok(answer) => answer,
        // A set without one is an error of the question.
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(answer.permissions_boundary().and_then(|boundary| {
        let managed = boundary.managed_policy_arn().map(|arn| json!({ "managed": arn }));
        let own = boundary.customer_managed_policy_reference();
        managed.or_else(|| own.map(|own| json!({ "name": own.name(), "path": own.path().unwrap_or("/") })))
    }))
}

/// A set's tags.
///
/// # Errors
/// When they cannot be read.
pub async fn tags(
    connection: &Connection,
    instance: &Instance,
    arn: &str,
) -> Result<BTreeMap<String, String>, CallError> {
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let site = &site;
    let found = pages::all(TAGS, |token| async move {
        let request = || client.list_tags_for_resource().instance_arn(&instance.arn).resource_arn(arn);
        let answer = site.call(TAGS, || request().set_next_token(token.clone()).send()).await?;
        Ok((answer.tags().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
}

/// Whether a set is provisioned in any account. One call of one item.
///
/// # Errors
/// When it cannot be read.
pub async fn is_provisioned(
    connection: &Connection,
    instance: &Instance,
    arn: &str,
) -> Result<bool, CallError> {
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let request = || {
        let request = client.list_accounts_for_provisioned_permission_set().instance_arn(&instance.arn);
        request.permission_set_arn(arn).max_results(1)
    };
    Ok(!site.call(ACCOUNTS, || request().send()).await?.account_ids().is_empty())
}

/// Accounts whose copy of a set is not the latest.
///
/// # Errors
/// When they cannot be read.
pub async fn outdated(
    connection: &Connection,
    instance: &Instance,
    arn: &str,
) -> Result<BTreeSet<String>, CallError> {
    copies(connection, instance, arn, Some(ProvisioningStatus::LatestPermissionSetNotProvisioned)).await
}

/// Accounts that have a copy of a set: those in which it is assigned to somebody.
///
/// # Errors
/// When they cannot be read.
pub async fn provisioned(
    connection: &Connection,
    instance: &Instance,
    arn: &str,
) -> Result<BTreeSet<String>, CallError> {
    copies(connection, instance, arn, None).await
}

async fn copies(
    connection: &Connection,
    instance: &Instance,
    arn: &str,
    status: Option<ProvisioningStatus>,
) -> Result<BTreeSet<String>, CallError> {
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let (site, status) = (&site, &status);
    let found = pages::all(ACCOUNTS, |token| async move {
        let request = || {
            let request = client.list_accounts_for_provisioned_permission_set().instance_arn(&instance.arn);
            let request = request.permission_set_arn(arn).set_provisioning_status(status.clone());
            request.max_results(PAGE).set_next_token(token.clone())
        };
        let answer = site.call(ACCOUNTS, || request().send()).await?;
        Ok((answer.account_ids().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.into_iter().collect())
}
