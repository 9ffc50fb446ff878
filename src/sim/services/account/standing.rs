//! Which account a request is about, whether the caller may reach it, and the account's shared record.
//!
//! In: the world and a request. Out: an account id, or AWS's refusal; name, e-mail, state and age of an account, kept by
//! Organizations for its members. The rules of the parameter AccountId:
//! <https://docs.aws.amazon.com/accounts/latest/reference/API_GetAlternateContact.html>; the sentences of the refusals were
//! reported at <https://github.com/turbot/steampipe-plugin-aws/issues/1309>.

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

fn denied(request: &Request, because: &str) -> AwsError {
    let words = format!(
        "User: {} is not authorized to perform: account:{}{because}",
        request.caller.arn, request.operation
    );
    AwsError::new("AccessDeniedException", words)
}

/// The account a request is about: the caller's own. No account reaches another one yet.
///
/// # Errors
/// `AccessDeniedException` when AccountId is given.
pub(super) fn target(_: &World, request: &Request) -> Result<String, AwsError> {
    match request.text("AccountId") {
        None => Ok(request.caller.account.clone()),
        Some(_) => Err(denied(request, "")),
    }
}

/// What Account Management shows of an account as a whole.
pub(super) struct Record {
    pub(super) name: String,
}

/// The record of an account.
pub(super) fn record(world: &World, account: &str) -> Record {
    let name = world.account_management.names.get(account).cloned();
    Record {
        name: name.unwrap_or_else(|| "Management".to_owned()),
    }
}
