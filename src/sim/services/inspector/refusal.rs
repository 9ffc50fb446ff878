//! The refusals of Inspector. The words are UNSOURCED, the codes of single accounts are the model's.
//!
//! In: what is wrong. Out: an error of the model, or an account that failed. Absent: when to refuse.

use serde_json::{Value, json};

use crate::sim::error::AwsError;

/// Only the administrator of the organization may, or the account itself.
pub(super) fn denied() -> AwsError {
    AwsError::new("AccessDeniedException", "Invoking account does not have access to this operation.")
}

pub(super) fn invalid(why: &str) -> AwsError {
    AwsError::new("ValidationException", format!("The request was rejected because {why}."))
        .field("reason", "OTHER")
}

/// One of several accounts for which a call has not done what it asks.
pub(super) fn failed(account: &str, code: &str) -> Value {
    json!({ "accountId": account, "errorCode": code, "errorMessage": format!("The request failed: {code}.") })
}
