//! How Resource Access Manager says no.
//!
//! In: what was asked. Out: [`AwsError`]s. The words on principals and on sharing that is switched off are as users quote
//! them: <https://github.com/hashicorp/terraform-provider-aws/issues/7769>,
//! <https://github.com/hashicorp/terraform-provider-aws/issues/12169>; the others are UNSOURCED.

use crate::sim::error::AwsError;

pub(super) fn malformed_principal(principal: &str) -> AwsError {
    invalid(format!("Principal ID {principal} is malformed. Verify the ID and try again."))
}

pub(super) fn no_organization(id: &str) -> AwsError {
    unknown(format!("Organization {id} could not be found."))
}

pub(super) fn no_unit(arn: &str) -> AwsError {
    unknown(format!("OrganizationalUnit {arn} could not be found."))
}

pub(super) fn only_within() -> AwsError {
    not_permitted(
        "The resource you are attempting to share can only be shared within your AWS Organization. This error may also \
         occur if you have not enabled sharing with your AWS organization, or that onboarding process is still in progress.",
    )
}

pub(super) fn no_share(arn: &str) -> AwsError {
    unknown(format!("ResourceShare {arn} could not be found."))
}

pub(super) fn malformed_arn(arn: &str) -> AwsError {
    AwsError::new(
        "MalformedArnException",
        format!("The specified ARN {arn} is not valid. Verify the ARN and try again."),
    )
}

pub(super) fn other_input() -> AwsError {
    AwsError::new(
        "IdempotentParameterMismatchException",
        "The client token was used before with other parameters.",
    )
}

pub(super) fn stale_token() -> AwsError {
    AwsError::new("InvalidNextTokenException", "The specified value for NextToken isn't valid.")
}

pub(super) fn invalid(words: impl Into<String>) -> AwsError {
    AwsError::new("InvalidParameterException", words)
}

pub(super) fn unknown(words: impl Into<String>) -> AwsError {
    AwsError::new("UnknownResourceException", words)
}

pub(super) fn not_permitted(words: impl Into<String>) -> AwsError {
    AwsError::new("OperationNotPermittedException", words)
}
