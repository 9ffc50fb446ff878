//! The refusals of IAM Identity Center.
//!
//! In: what is wrong. Out: an error. Absent: when to refuse.

use crate::sim::error::AwsError;

/// UNSOURCED words.
pub(super) fn denied() -> AwsError {
    AwsError::new("AccessDeniedException", "You do not have sufficient access to perform this action.")
}

pub(super) fn invalid(words: impl Into<String>) -> AwsError {
    AwsError::new("ValidationException", words)
}

pub(super) fn conflict(words: impl Into<String>) -> AwsError {
    AwsError::new("ConflictException", words)
}

pub(super) fn missing(words: impl Into<String>) -> AwsError {
    AwsError::new("ResourceNotFoundException", words)
}

/// The form of the sentence is quoted in public reports; the page it names lists the quotas.
pub(super) fn quota(most: usize, what: &str, set: &str) -> AwsError {
    let words = format!(
        "You have exceeded AWS SSO limits. Cannot create {what} more than {most} for id {set}. Please refer to https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html"
    );
    AwsError::new("ServiceQuotaExceededException", words)
}

/// More is under way than AWS works on at a time. The words are reported with just that cause in
/// <https://github.com/aws-samples/aws-iam-identity-center-extensions/issues/87>.
pub(super) fn too_many() -> AwsError {
    AwsError::new("ThrottlingException", "There are too many requests processing. Please try again later.")
}
