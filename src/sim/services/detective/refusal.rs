//! The refusals of Detective. The words are UNSOURCED.
//!
//! In: what is wrong. Out: an error of the model. Absent: when to refuse.

use crate::sim::error::AwsError;

pub(super) fn denied() -> AwsError {
    AwsError::new("AccessDeniedException", "The account is not allowed to perform the operation.")
        .field("ErrorCode", "INTERNAL_ERROR")
}

pub(super) fn missing() -> AwsError {
    AwsError::new("ResourceNotFoundException", "The behavior graph does not exist.")
}

pub(super) fn invalid(why: &str) -> AwsError {
    AwsError::new("ValidationException", format!("The request was rejected because {why}."))
        .field("ErrorCode", "INVALID_REQUEST_BODY")
}
