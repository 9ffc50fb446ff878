//! AWS STS: who am I, sessions of roles, session tokens of users.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]; credentials that identify their holder in every
//! later request, until they expire in virtual time. Absent: federation (SAML, web identity), AssumeRoot, and decoding of
//! authorization messages.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

mod assume_role;
mod sessions;
mod trust;

use crate::sim::service::{Service, never_due, nothing_settles};

pub use sessions::Session;
pub(crate) use sessions::session_of;

/// What STS remembers of the sessions it issued, by access key id.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Sessions that have not expired, and some that have.
    pub sessions: BTreeMap<String, Session>,
    /// Regions in which an account has switched STS off, by account. The console does it; there is no API
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html>).
    pub off: BTreeMap<String, BTreeSet<String>>,
}

/// The service.
pub static SERVICE: Service = Service {
    name: "sts",
    operations: &[
        ("AssumeRole", assume_role::assume),
        ("GetAccessKeyInfo", sessions::access_key_info),
        ("GetCallerIdentity", sessions::caller_identity),
        ("GetSessionToken", sessions::session_token),
    ],
    due: never_due,
    settle: nothing_settles,
};
