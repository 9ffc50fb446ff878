//! The refusals of identity stores.
//!
//! In: what is wrong. Out: an error with the fields of the model. Absent: when to refuse.

use crate::sim::error::AwsError;

/// `ResourceNotFoundException` for a `GROUP`, `USER`, `GROUP_MEMBERSHIP` or `IDENTITY_STORE`, in the form that public
/// reports quote ("GROUP not found.").
pub(super) fn missing(kind: &str, id: &str) -> AwsError {
    AwsError::new("ResourceNotFoundException", format!("{kind} not found."))
        .field("ResourceType", kind)
        .field("ResourceId", id)
}

/// A uniqueness claim that is taken. The words for groups stand in
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/scim-logging-using-cloudtrail.html>.
pub(super) fn taken(words: &str) -> AwsError {
    AwsError::new("ConflictException", words).field("Reason", "UNIQUENESS_CONSTRAINT_VIOLATION")
}

/// `Revision` in a request that is not the present one.
pub(super) fn outdated() -> AwsError {
    AwsError::new("ConflictException", "The resource was modified by another request.")
        .field("Reason", "CONCURRENT_MODIFICATION")
}

/// The input says something that the shapes allow and the service does not. UNSOURCED words.
pub(super) fn invalid(words: impl Into<String>) -> AwsError {
    AwsError::new("ValidationException", words)
}

/// The caller's account may not do this. UNSOURCED words.
pub(super) fn denied() -> AwsError {
    AwsError::new("AccessDeniedException", "You do not have sufficient access to perform this action.")
}

/// A quota of <https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html> is reached. UNSOURCED words.
pub(super) fn full(what: &str) -> AwsError {
    AwsError::new(
        "ServiceQuotaExceededException",
        format!("The quota of {what} in the identity store is reached."),
    )
}
