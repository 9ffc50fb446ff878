//! The refusals of sign-in, each with the OAuth word that stands in `error`.
//!
//! In: which. Out: an error with the fields of the model. Source: the error shapes' own documentation
//! (<https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html>). UNSOURCED: the descriptions.

use crate::sim::error::AwsError;

fn refusal(code: &str, word: &str, description: &str) -> AwsError {
    AwsError::new(code, description).field("error", word)
}

pub(super) fn invalid_request(description: &str) -> AwsError {
    refusal("InvalidRequestException", "invalid_request", description)
}

pub(super) fn invalid_client() -> AwsError {
    refusal("InvalidClientException", "invalid_client", "Invalid client credentials")
}

pub(super) fn invalid_metadata() -> AwsError {
    refusal("InvalidClientMetadataException", "invalid_client_metadata", "The client type must be public")
}

pub(super) fn invalid_scope() -> AwsError {
    refusal("InvalidScopeException", "invalid_scope", "Invalid scope")
}

pub(super) fn unsupported_grant() -> AwsError {
    refusal("UnsupportedGrantTypeException", "unsupported_grant_type", "Unsupported grant type")
}

pub(super) fn invalid_grant(description: &str) -> AwsError {
    refusal("InvalidGrantException", "invalid_grant", description)
}

pub(super) fn pending() -> AwsError {
    refusal("AuthorizationPendingException", "authorization_pending", "Authorization is pending")
}

pub(super) fn slow_down() -> AwsError {
    refusal("SlowDownException", "slow_down", "The client polls too often")
}

pub(super) fn expired() -> AwsError {
    refusal("ExpiredTokenException", "expired_token", "The device code has expired")
}

pub(super) fn declined() -> AwsError {
    refusal("AccessDeniedException", "access_denied", "The request was declined")
}
