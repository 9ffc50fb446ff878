//! What Macie holds: per account and Region a session, and what an administrator has set for its organization.
//!
//! In: changes by the operations of this folder. Out: plain data that is saved with the world. Absent: rules, jobs,
//! findings, and who the administrator is (`administrators`).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sim::services::membership::Roster;
use crate::sim::services::regional::Regional;

/// Macie of every account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub(crate) places: Regional<Place>,
}

/// Macie of one account in one Region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    pub(crate) session: Option<Session>,
    pub(crate) discovery: Discovery,
    /// Whether accounts that join the organization get Macie.
    pub(crate) auto_enable: bool,
    /// The accounts it administers.
    pub(crate) members: Roster,
}

/// Macie that is on, or paused.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) paused: bool,
    /// `FIFTEEN_MINUTES` or longer.
    pub(crate) frequency: String,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

/// Automated discovery of sensitive data.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Discovery {
    pub(crate) enabled: bool,
    /// `ALL`, `NEW` or `NONE`; empty until it was set.
    pub(crate) reach: String,
    pub(crate) first: Option<Timestamp>,
    pub(crate) updated: Option<Timestamp>,
}
