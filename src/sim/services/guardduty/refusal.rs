//! GuardDuty's one refusal, in its many sentences.
//!
//! In: a reason. Out: `BadRequestException`, the only error of a caller that the model declares. The beginning of the
//! sentence, and those of detectors, are quoted in public reports, e.g.
//! <https://github.com/turbot/steampipe-plugin-aws/issues/1105>. Absent: when to refuse.

use crate::sim::error::AwsError;

/// A refusal; `why` goes on after "because".
pub(super) fn because(why: impl std::fmt::Display) -> AwsError {
    let words = format!("The request is rejected because {why}.");
    AwsError::new("BadRequestException", words).field("Type", "InvalidInputException")
}

/// The account has no such detector in this Region.
pub(super) fn not_owned() -> AwsError {
    because("the input detectorId is not owned by the current account")
}
