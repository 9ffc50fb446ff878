//! The refusals of AWS Control Tower, as constructors, one per exception of its API model.
//!
//! In: words. Out: [`AwsError`]. Absent: the HTTP statuses, which the shape table has (a quota is 402, a throttle 429).

use crate::sim::error::AwsError;

/// Words quoted from a live landing zone in `setup-landing-zone/index.ts` of
/// <https://github.com/awslabs/landing-zone-accelerator-on-aws>.
pub(super) const ANOTHER_EXECUTION: &str =
    "AWS Control Tower cannot begin landing zone setup while another execution is in progress.";

pub(super) fn validation(message: impl Into<String>) -> AwsError {
    AwsError::new("ValidationException", message)
}

pub(super) fn conflict(message: impl Into<String>) -> AwsError {
    AwsError::new("ConflictException", message)
}

pub(super) fn not_found(message: impl Into<String>) -> AwsError {
    AwsError::new("ResourceNotFoundException", message)
}

pub(super) fn denied(message: impl Into<String>) -> AwsError {
    AwsError::new("AccessDeniedException", message)
}

pub(super) fn quota(message: impl Into<String>) -> AwsError {
    AwsError::new("ServiceQuotaExceededException", message)
}
