//! Clients, devices, sessions and tokens of sign-in.
//!
//! In: changes by the operations of this folder. Out: plain data that is saved with the world. Absent: users, whom
//! identity stores hold, and what they may do (`sso_admin`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything that sign-in remembers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Who answers at the browser. Nobody: whoever asks waits until the code has expired.
    pub person: Option<Person>,
    /// By client id.
    pub(crate) clients: BTreeMap<String, Client>,
    /// By device code.
    pub(crate) devices: BTreeMap<String, Device>,
    /// By access token.
    pub(crate) tokens: BTreeMap<String, Token>,
    /// By refresh token.
    pub(crate) refreshes: BTreeMap<String, Refresh>,
}

/// Whoever opens the verification page of every device that asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The user's name in the identity store.
    pub user: String,
    /// Seconds from the device's asking to the answer.
    #[serde(default)]
    pub after_seconds: u64,
    /// Whether the answer is no.
    #[serde(default)]
    pub declines: bool,
}

/// A registered client.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Client {
    pub(crate) secret: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires: Timestamp,
}

/// A device that asked for leave.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Device {
    pub(crate) client: String,
    /// What the person types.
    pub(crate) user_code: String,
    /// ARN of the instance it signs in to.
    pub(crate) instance: String,
    pub(crate) expires: Timestamp,
    /// When the client asked last.
    pub(crate) polled: Option<Timestamp>,
    pub(crate) answer: Option<Answer>,
    /// Whether a token was given for it: a code is good once.
    pub(crate) used: bool,
}

/// What the person at the browser said, and from when on it is known.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) at: Timestamp,
    /// The user's id; none: no.
    pub(crate) user: Option<String>,
}

/// An access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Token {
    pub(crate) instance: String,
    /// Id of the user in the instance's store.
    pub(crate) user: String,
    pub(crate) expires: Timestamp,
    /// End of the session that it was given in.
    pub(crate) session_ends: Timestamp,
}

/// A refresh token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Refresh {
    pub(crate) client: String,
    /// The access token that it renews.
    pub(crate) token: Token,
}

/// The address of an instance's portal
/// (<https://docs.aws.amazon.com/singlesignon/latest/userguide/howtochangeURL.html>).
pub(crate) fn start_url(store: &str) -> String {
    format!("https://{store}.awsapps.com/start")
}
