//! Who may work where: the accounts and permission sets of one principal, and how
//! asynchronous changes go.
//!
//! Asked principal by principal, a hundred assignments a page, or by account and permission
//! set, which is one call for each pair.

use super::identity_center::Instance;
use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const LIST: &str = "sso-admin:ListAccountAssignmentsForPrincipal";
const LIST_OF_PAIR: &str = "sso-admin:ListAccountAssignments";
const CREATION: &str = "sso-admin:DescribeAccountAssignmentCreationStatus";
const DELETION: &str = "sso-admin:DescribeAccountAssignmentDeletionStatus";
const PROVISIONING: &str = "sso-admin:DescribePermissionSetProvisioningStatus";
/// The largest page.
const PAGE: i32 = 100;

/// A group, or a user as such: not through the groups the user is in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// A group's id.
    Group(String),
    /// A user's id.
    User(String),
}

impl Principal {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Group(id) | Self::User(id) => id,
        }
    }

    /// AWS's word for its sort.
    pub(crate) const fn kind(&self) -> aws_sdk_ssoadmin::types::PrincipalType {
        match self {
            Self::Group(_) => aws_sdk_ssoadmin::types::PrincipalType::Group,
            Self::User(_) => aws_sdk_ssoadmin::types::PrincipalType::User,
        }
    }
}

/// One assignment of a principal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assigned {
    /// The account's id.
    pub account: String,
    /// The permission set's ARN.
    pub permission_set: String,
}

/// How an asynchronous change goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// `IN_PROGRESS`, `FAILED` or `SUCCEEDED`.
    pub status: String,
    /// Why it failed.
    pub reason: Option<String>,
}

/// What is assigned to a principal itself, everywhere or in one account.
///
/// # Errors
/// When it cannot be read.
pub async fn of(
    connection: &Connection,
    instance: &Instance,
    principal: &Principal,
    account: Option<&str>,
) -> Result<Vec<Assigned>, CallError> {
    use aws_sdk_ssoadmin::types::ListAccountAssignmentsFilter as Filter;
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let site = &site;
    let filter = &account.map(|account| Filter::builder().account_id(account).build());
    let found = pages::all(LIST, |token| async move {
        let request = || {
            let request = client.list_account_assignments_for_principal().instance_arn(&instance.arn);
            let request = request.principal_id(principal.id()).principal_type(principal.kind());
            request.set_filter(filter.clone()).max_results(PAGE).set_next_token(token.clone())
        };
        let answer = site.call(LIST, || request().send()).await?;
        Ok((answer.account_assignments().to_vec(), answer.next_token().map(str::to_owned)))
    });
    // A user's list also holds what comes through groups.
    let direct = |one: &&aws_sdk_ssoadmin::types::AccountAssignmentForPrincipal| {
        one.principal_id().is_none_or(|id| id == principal.id())
    };
    let found = found.await?;
    let assigned = found.iter().filter(direct).filter_map(|one| {
        Some(Assigned {
            account: one.account_id()?.to_owned(),
            permission_set: one.permission_set_arn()?.to_owned(),
        })
    });
    Ok(assigned.collect())
}

/// Who works in an account with a permission set.
///
/// # Errors
/// When it cannot be read.
pub async fn at(
    connection: &Connection,
    instance: &Instance,
    one: &Assigned,
) -> Result<Vec<Principal>, CallError> {
    use aws_sdk_ssoadmin::types::PrincipalType;
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let site = &site;
    let found = pages::all(LIST_OF_PAIR, |token| async move {
        let request = || {
            let request = client.list_account_assignments().instance_arn(&instance.arn);
            let request = request.account_id(&one.account).permission_set_arn(&one.permission_set);
            request.max_results(PAGE).set_next_token(token.clone())
        };
        let answer = site.call(LIST_OF_PAIR, || request().send()).await?;
        Ok((answer.account_assignments().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let found = found.await?;
    let principals = found.iter().filter_map(|one| {
        let id = one.principal_id()?.to_owned();
        match one.principal_type()? {
            PrincipalType::Group => Some(Principal::Group(id)),
            PrincipalType::User => Some(Principal::User(id)),
            _ => None,
        }
    });
    Ok(principals.collect())
}

/// How an assignment that was asked for goes, or with `deletion` its removal.
///
/// # Errors
/// When it cannot be read.
pub async fn state(
    connection: &Connection,
    instance: &Instance,
    request_id: &str,
    deletion: bool,
) -> Result<State, CallError> {
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let status = if deletion {
        let request = || client.describe_account_assignment_deletion_status().instance_arn(&instance.arn);
        let request = || request().account_assignment_deletion_request_id(request_id);
        site.call(DELETION, || request().send()).await?.account_assignment_deletion_status
    } else {
        let request = || client.describe_account_assignment_creation_status().instance_arn(&instance.arn);
        let request = || request().account_assignment_creation_request_id(request_id);
        site.call(CREATION, || request().send()).await?.account_assignment_creation_status
    };
    let operation = if deletion { DELETION } else { CREATION };
    let status = status.ok_or_else(|| CallError::unreadable(operation, "status"))?;
    Ok(State {
        status: status.status().map_or("", |status| status.as_str()).to_owned(),
        reason: status.failure_reason().map(str::to_owned),
    })
}

/// How a provisioning that was asked for goes.
///
/// # Errors
/// When it cannot be read.
pub async fn provisioning(
    connection: &Connection,
    instance: &Instance,
    request_id: &str,
) -> Result<State, CallError> {
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let request = || client.describe_permission_set_provisioning_status().instance_arn(&instance.arn);
    let request = || request().provision_permission_set_request_id(request_id);
    let answer = site.call(PROVISIONING, || request().send()).await?;
    let status = answer.permission_set_provisioning_status();
    let status = status.ok_or_else(|| CallError::unreadable(PROVISIONING, "status"))?;
    Ok(State {
        status: status.status().map_or("", |status| status.as_str()).to_owned(),
        reason: status.failure_reason().map(str::to_owned),
    })
}
