//! Who sends a request, told from its access key.
//!
//! In: the credential scope of the Authorization header. Out: a [`Caller`], or the refusal AWS gives.
//! Absent: what the caller may do (`authorization`), and the signature itself (`signature`).
//!
//! Without `verify_signatures` an access key this world did not issue is the administrator of
//! `Settings::account`, as in other local emulators; a key of twelve digits is the administrator of that account, the
//! convention of LocalStack (<https://docs.localstack.cloud/aws/capabilities/config/credentials/>), which is how a
//! foreign account accepts an invitation.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::AwsError;
use super::request::Caller;
use super::settings::Settings;
use super::shapes::Protocol;
use super::world::World;

/// An access key issued in this world: by STS (expires) or by IAM (does not).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Key {
    /// Secret access key.
    pub secret: String,
    /// Session token; `None` for a user's long-lived key.
    pub token: Option<String>,
    /// Account of the principal.
    pub account: String,
    /// The principal's ARN, e.g. `arn:aws:sts::111122223333:assumed-role/Name/session`.
    pub arn: String,
    /// Unique id, e.g. `AROA...:session`.
    pub user_id: String,
    /// End of validity.
    pub expires: Option<Timestamp>,
}

/// Issued access keys by access key id.
pub type Keys = BTreeMap<String, Key>;

/// What the Authorization header claims.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Credential {
    pub(crate) access_key: String,
    pub(crate) region: String,
    pub(crate) service: String,
    pub(crate) token: Option<String>,
}

/// The caller behind a credential.
pub(crate) fn caller(
    world: &World,
    settings: &Settings,
    credential: &Credential,
    protocol: Protocol,
) -> Result<Caller, AwsError> {
    let Some(key) = world.keys.get(&credential.access_key) else {
        if settings.verify_signatures && !settings.credentials.contains_key(&credential.access_key) {
            return Err(unknown_key(protocol));
        }
        return Ok(administrator(settings, &credential.access_key));
    };
    if key.token.is_some() && key.token != credential.token {
        return Err(unknown_key(protocol));
    }
    if key.expires.is_some_and(|end| end <= world.time) {
        return Err(expired(protocol));
    }
    Ok(Caller {
        account: key.account.clone(),
        arn: key.arn.clone(),
        user_id: key.user_id.clone(),
        access_key: credential.access_key.clone(),
    })
}

/// The secret key to check a signature with, if the access key is known.
pub(crate) fn secret<'a>(world: &'a World, settings: &'a Settings, access_key: &str) -> Option<&'a str> {
    world
        .keys
        .get(access_key)
        .map(|key| key.secret.as_str())
        .or_else(|| settings.credentials.get(access_key).map(String::as_str))
}

fn administrator(settings: &Settings, access_key: &str) -> Caller {
    let named = access_key.len() == 12 && access_key.bytes().all(|byte| byte.is_ascii_digit());
    let account = if named { access_key } else { &settings.account };
    Caller {
        account: account.to_owned(),
        arn: format!("arn:aws:iam::{account}:user/administrator"),
        user_id: "AIDASIMULATEDADMIN000".to_owned(),
        access_key: access_key.to_owned(),
    }
}

/// Codes and words: <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>.
pub(crate) fn unknown_key(protocol: Protocol) -> AwsError {
    let message = "The security token included in the request is invalid.";
    match protocol {
        Protocol::Query => AwsError::new("InvalidClientTokenId", message).status(403),
        Protocol::Json => AwsError::new("UnrecognizedClientException", message).status(400),
        Protocol::RestJson => AwsError::new("UnrecognizedClientException", message).status(403),
    }
}

pub(crate) fn expired(protocol: Protocol) -> AwsError {
    let message = "The security token included in the request is expired";
    match protocol {
        Protocol::Query => AwsError::new("ExpiredToken", message).status(403),
        Protocol::Json => AwsError::new("ExpiredTokenException", message).status(400),
        Protocol::RestJson => AwsError::new("ExpiredTokenException", message).status(403),
    }
}
