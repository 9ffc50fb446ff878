//! AWS Config's refusals.
//!
//! In: a code and what it is about. Out: errors in AWS's words where a public report quotes them, e.g.
//! <https://github.com/aws-solutions/workload-discovery-on-aws/issues/48> and
//! <https://github.com/boto/boto3/issues/2178>; the others are UNSOURCED. Absent: when to refuse.

use crate::sim::error::AwsError;

/// A refusal; the code goes without `Exception`.
pub(super) fn refuse(code: &str, words: impl Into<String>) -> AwsError {
    AwsError::new(format!("{code}Exception"), words)
}

/// There is no recorder of this name.
pub(super) fn no_recorder(name: &str) -> AwsError {
    refuse(
        "NoSuchConfigurationRecorder",
        format!("Cannot find configuration recorder with the specified name '{name}'."),
    )
}

/// There is no delivery channel of this name.
pub(super) fn no_channel(name: &str) -> AwsError {
    refuse("NoSuchDeliveryChannel", format!("Cannot find delivery channel with specified name '{name}'."))
}

/// The token is not of this listing.
pub(super) fn stale() -> AwsError {
    refuse(
        "InvalidNextToken",
        "The specified next token is not valid. Specify the nextToken string that was returned in the previous response to get the next page of results.",
    )
}
