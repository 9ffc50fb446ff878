//! The organization, its root and the services it trusts.

use std::collections::{BTreeMap, BTreeSet};

use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::model::Attributes;
use crate::model::ids::{AccountId, OrganizationId};

/// The organization as AWS describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its ARN.
    pub arn: String,
    /// `ALL` or `CONSOLIDATED_BILLING`.
    pub feature_set: String,
    /// Its management account.
    pub management_account: AccountId,
    /// That account's ARN.
    pub management_arn: String,
}

/// The organization's root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Root {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// AWS's word for the state of each policy type that is on or changing:
    /// `ENABLED`, `PENDING_ENABLE`, `PENDING_DISABLE`.
    pub policy_types: BTreeMap<String, String>,
}

const DESCRIBE: &str = "organizations:DescribeOrganization";
const ROOTS: &str = "organizations:ListRoots";
const TRUSTED: &str = "organizations:ListAWSServiceAccessForOrganization";

/// The organization that the caller belongs to; none when it belongs to none.
///
/// # Errors
/// When it cannot be read.
pub async fn describe(connection: &Connection) -> Result<Option<Organization>, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let answer = match site.call(DESCRIBE, || client.describe_organization().send()).await {
        Ok(answer) => answer,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    let organization =
        answer.organization().ok_or_else(|| CallError::unreadable(DESCRIBE, "Organization"))?;
    of(DESCRIBE, organization).map(Some)
}

/// The e-mail address of the management account.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn management_email(connection: &Connection) -> Result<String, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let answer = site.call(DESCRIBE, || client.describe_organization().send()).await?;
    let email = answer.organization().and_then(|organization| organization.master_account_email());
    email.map(str::to_owned).ok_or_else(|| CallError::unreadable(DESCRIBE, "MasterAccountEmail"))
}

/// The values of an organization in an answer of `operation`.
pub(crate) fn of(
    operation: &str,
    from: &aws_sdk_organizations::types::Organization,
) -> Result<Organization, CallError> {
    let unreadable = |what| CallError::unreadable(operation, what);
    Ok(Organization {
        id: from.id().and_then(|id| id.parse().ok()).ok_or_else(|| unreadable("Id"))?,
        arn: from.arn().unwrap_or_default().to_owned(),
        feature_set: from.feature_set().map_or("", |set| set.as_str()).to_owned(),
        management_account: from
            .master_account_id()
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| unreadable("MasterAccountId"))?,
        management_arn: from.master_account_arn().unwrap_or_default().to_owned(),
    })
}

/// The root; an organization has exactly one.
///
/// # Errors
/// When it cannot be read.
pub async fn root(connection: &Connection) -> Result<Root, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let site = &site;
    let roots = pages::all(ROOTS, |token| async move {
        let answer = site.call(ROOTS, || client.list_roots().set_next_token(token.clone()).send()).await?;
        Ok((answer.roots().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let roots = roots.await?;
    let root = roots.first().ok_or_else(|| CallError::unreadable(ROOTS, "root"))?;
    let types = root.policy_types().iter();
    let types =
        types.filter_map(|one| Some((one.r#type()?.as_str().to_owned(), one.status()?.as_str().to_owned())));
    Ok(Root {
        id: root.id().ok_or_else(|| CallError::unreadable(ROOTS, "root"))?.to_owned(),
        arn: root.arn().unwrap_or_default().to_owned(),
        policy_types: types.collect(),
    })
}

/// The service principals with trusted access.
///
/// # Errors
/// When they cannot be read.
pub async fn trusted_services(connection: &Connection) -> Result<BTreeSet<String>, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let site = &site;
    let found = pages::all(TRUSTED, |token| async move {
        let request = || client.list_aws_service_access_for_organization().set_next_token(token.clone());
        let answer = site.call(TRUSTED, || request().send()).await?;
        Ok((answer.enabled_service_principals().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().filter_map(|entry| entry.service_principal().map(str::to_owned)).collect())
}

impl Organization {
    /// What others refer to.
    #[must_use]
    pub fn attributes(&self, root: &Root) -> Attributes {
        let pairs = [
            ("id", self.id.to_string()),
            ("arn", self.arn.clone()),
            ("root_id", root.id.clone()),
            ("management_account_id", self.management_account.to_string()),
            ("management_account_arn", self.management_arn.clone()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
