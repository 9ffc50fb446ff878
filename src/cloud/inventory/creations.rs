//! Requests to create accounts, as AWS remembers them.

use jiff::Timestamp;

use super::accounts::PAGE;
use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const CREATIONS: &str = "organizations:ListCreateAccountStatus";
const CREATION: &str = "organizations:DescribeCreateAccountStatus";

/// A request to create an account. AWS does not tell its e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creation {
    /// `car-...`
    pub id: String,
    /// The name that was asked for.
    pub name: String,
    /// `IN_PROGRESS`, `SUCCEEDED` or `FAILED`.
    pub state: String,
    /// When it was asked for.
    pub requested: Option<Timestamp>,
    /// The account, once it is there.
    pub account: Option<String>,
    /// AWS's word for why it failed.
    pub failure: Option<String>,
}

impl Creation {
    /// The values of a status in an answer of `operation`.
    pub(crate) fn of(
        operation: &str,
        from: &aws_sdk_organizations::types::CreateAccountStatus,
    ) -> Result<Self, CallError> {
        let seconds = from.requested_timestamp().map(aws_sdk_organizations::primitives::DateTime::secs);
        Ok(Self {
            id: from.id().ok_or_else(|| CallError::unreadable(operation, "Id"))?.to_owned(),
            name: from.account_name().unwrap_or_default().to_owned(),
            state: from.state().map_or("", |state| state.as_str()).to_owned(),
            requested: seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()),
            account: from.account_id().map(str::to_owned),
            failure: from.failure_reason().map(|reason| reason.as_str().to_owned()),
        })
    }
}

/// Every request to create an account that AWS remembers.
///
/// # Errors
/// When they cannot be read.
pub async fn list(connection: &Connection) -> Result<Vec<Creation>, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let site = &site;
    let found = pages::all(CREATIONS, |token| async move {
        let request = || client.list_create_account_status().max_results(PAGE).set_next_token(token.clone());
        let answer = site.call(CREATIONS, || request().send()).await?;
        Ok((answer.create_account_statuses().to_vec(), answer.next_token().map(str::to_owned)))
    });
    found.await?.iter().map(|from| Creation::of(CREATIONS, from)).collect()
}

/// One request to create an account.
///
/// # Errors
/// When it cannot be read.
pub async fn get(connection: &Connection, id: &str) -> Result<Creation, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let request = || client.describe_create_account_status().create_account_request_id(id);
    let answer = site.call(CREATION, || request().send()).await?;
    let status = answer.create_account_status();
    Creation::of(CREATION, status.ok_or_else(|| CallError::unreadable(CREATION, "CreateAccountStatus"))?)
}
