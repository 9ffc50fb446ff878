//! The refusals of Security Hub CSPM.
//!
//! In: what is wrong. Out: an error with its code in the field that the model has for it. Absent: when to refuse.
//! The words about subscriptions and administrators are quoted in public reports; the others are UNSOURCED.

use crate::sim::error::AwsError;

fn refusal(code: &str, words: impl Into<String>) -> AwsError {
    AwsError::new(code, words).field("Code", code)
}

/// The account has no hub in this Region.
pub(super) fn not_subscribed(account: &str) -> AwsError {
    refusal("InvalidAccessException", format!("Account {account} is not subscribed to AWS Security Hub"))
}

/// Only the administrator may.
pub(super) fn not_administrator(account: &str) -> AwsError {
    let words = format!("Account {account} is not an administrator for this organization");
    refusal("InvalidAccessException", words)
}

/// The account or Region is not the right one.
pub(super) fn no_access(words: impl Into<String>) -> AwsError {
    refusal("InvalidAccessException", words)
}

pub(super) fn invalid(words: impl Into<String>) -> AwsError {
    refusal("InvalidInputException", words)
}

pub(super) fn conflict(words: impl Into<String>) -> AwsError {
    refusal("ResourceConflictException", words)
}

pub(super) fn missing(words: impl Into<String>) -> AwsError {
    refusal("ResourceNotFoundException", words)
}

pub(super) fn limit(words: impl Into<String>) -> AwsError {
    refusal("LimitExceededException", words)
}
