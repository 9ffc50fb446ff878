//! Accounts whose policies of a type do not come to a valid whole, with AWS's reasons.

use super::fan_out::fan_out;
use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const ACCOUNTS: &str = "organizations:ListAccountsWithInvalidEffectivePolicy";
const ERRORS: &str = "organizations:ListEffectivePolicyValidationErrors";

/// One account and what AWS finds wrong with its effective policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invalid {
    /// The id of the account.
    pub(crate) account: String,
    /// AWS's words, each with the place in the policy.
    pub(crate) errors: Vec<String>,
}

/// Every account whose effective policy of a type (AWS's name) is invalid.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn invalid(connection: &Connection, kind: &str) -> Result<Vec<Invalid>, CallError> {
    let site = connection.global();
    let (client, asking) = (site.clients.organizations(), &site);
    let accounts = pages::all(ACCOUNTS, |token| async move {
        let request = || {
            let request = client.list_accounts_with_invalid_effective_policy();
            request.policy_type(kind.into()).set_next_token(token.clone())
        };
        let answer = asking.call(ACCOUNTS, || request().send()).await?;
        Ok((answer.accounts().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let accounts = accounts.await?;
    let ids = accounts.iter().filter_map(|account| account.id().map(str::to_owned));
    let questions = ids.map(|id| {
        let (connection, kind) = (connection.clone(), kind.to_owned());
        async move {
            let errors = errors(&connection, &kind, &id).await?;
            Ok::<_, CallError>(Invalid { account: id, errors })
        }
    });
    fan_out(questions.collect()).await.into_iter().collect()
}

async fn errors(connection: &Connection, kind: &str, account: &str) -> Result<Vec<String>, CallError> {
    let site = connection.global();
    let (client, asking) = (site.clients.organizations(), &site);
    let found = pages::all(ERRORS, |token| async move {
        let request = || {
            let request = client.list_effective_policy_validation_errors().account_id(account);
            request.policy_type(kind.into()).set_next_token(token.clone())
        };
        let answer = asking.call(ERRORS, || request().send()).await?;
        Ok((answer.effective_policy_validation_errors().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let told = |one: &aws_sdk_organizations::types::EffectivePolicyValidationError| {
        let place = one.path_to_error().filter(|place| !place.is_empty());
        let words = one.error_message().or(one.error_code()).unwrap_or("AWS gives no reason");
        place.map_or_else(|| words.to_owned(), |place| format!("{words} (at {place})"))
    };
    Ok(found.await?.iter().map(told).collect())
}
