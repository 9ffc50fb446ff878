//! The refusals of Macie. That Macie is not enabled, or has already been, is said in words that AWS's users quote; the
//! others are UNSOURCED.
//!
//! In: what is wrong. Out: an error of the model. Absent: when to refuse.

use crate::sim::error::AwsError;

/// The account has no session in this Region.
pub(super) fn not_enabled() -> AwsError {
    AwsError::new("AccessDeniedException", "Macie is not enabled.")
}

/// Only the administrator of the organization may.
pub(super) fn not_administrator() -> AwsError {
    let words = "The request failed because you must be the Macie administrator of the organization.";
    AwsError::new("AccessDeniedException", words)
}

pub(super) fn conflict(words: &str) -> AwsError {
    AwsError::new("ConflictException", words)
}

pub(super) fn invalid(why: &str) -> AwsError {
    AwsError::new("ValidationException", format!("The request was rejected because {why}."))
}

/// The account is not on the administrator's list.
pub(super) fn unknown(account: &str) -> AwsError {
    let words = format!("The request failed because {account} is not associated with the account.");
    AwsError::new("ResourceNotFoundException", words)
}
