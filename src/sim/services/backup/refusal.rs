//! How AWS Backup says no.
//!
//! In: what was asked. Out: [`AwsError`]s. Beside its words a refusal carries a number in `Code`; the numbers here are
//! those that users quote, where none is public it is left out. A sentence without a source beside it is UNSOURCED.

use crate::sim::error::AwsError;

/// What AWS answers to whom a vault's policy denies the action, and alike to whoever names a vault that does not exist
/// (<https://github.com/aws/aws-sdk-js/issues/2625>,
/// <https://github.com/ansible-collections/amazon.aws/pull/1436>).
pub(super) fn denied() -> AwsError {
    AwsError::new("AccessDeniedException", "Insufficient privileges to perform this action.")
}

pub(super) fn invalid_value(words: impl Into<String>) -> AwsError {
    AwsError::new("InvalidParameterValueException", words)
}

pub(super) fn invalid_request(words: impl Into<String>) -> AwsError {
    AwsError::new("InvalidRequestException", words)
}

pub(super) fn not_found(words: impl Into<String>) -> AwsError {
    AwsError::new("ResourceNotFoundException", words)
}

pub(super) fn missing(words: impl Into<String>) -> AwsError {
    AwsError::new("MissingParameterValueException", words)
}

/// Something of the name exists and was made by another request.
pub(super) fn exists(words: &str, arn: &str, request_id: Option<&str>) -> AwsError {
    let error = AwsError::new("AlreadyExistsException", words).field("Arn", arn);
    match request_id {
        Some(id) => error.field("CreatorRequestId", id),
        None => error,
    }
}

pub(super) fn invalid_state(words: impl Into<String>) -> AwsError {
    AwsError::new("InvalidResourceStateException", words)
}

pub(super) fn conflict(words: impl Into<String>) -> AwsError {
    AwsError::new("ConflictException", words)
}

pub(super) fn limit(words: impl Into<String>) -> AwsError {
    AwsError::new("LimitExceededException", words)
}

/// As public reports quote it.
pub(super) fn locked() -> AwsError {
    invalid_request("RecoveryPoint cannot be deleted or updated (Backup vault configured with Lock)")
}

/// <https://repost.aws/knowledge-center/backup-recovery-points-hold-vault>.
pub(super) fn held() -> AwsError {
    invalid_request("The recovery point cannot be deleted because it has active legal hold(s)")
}

pub(super) fn stale_token() -> AwsError {
    invalid_value("Invalid NextToken")
}

/// What AWS answers whose key it cannot use, and who lacks a right beside that on the vault, as users quote it.
pub(super) fn no_key() -> AwsError {
    AwsError::new(
        "AccessDeniedException",
        "Insufficient privileges to create a backup vault. Creating a backup vault requires backup-storage and KMS \
         permissions.",
    )
}

/// <https://github.com/gruntwork-io/cloud-nuke/issues/730>.
pub(super) fn not_empty() -> AwsError {
    invalid_request("Backup vault cannot be deleted because it contains recovery points.")
        .field("Code", "ERROR_9101")
}

/// <https://github.com/cloudquery/cq-provider-aws/issues/817>.
pub(super) fn no_organization() -> AwsError {
    invalid_request("Your account is not a member of an organization.").field("Code", "ERROR_9601")
}
