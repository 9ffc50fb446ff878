//! What Inspector holds: per account and Region the scans that are on, and what an administrator has set for its
//! organization.
//!
//! In: changes by the operations of this folder. Out: plain data that is saved with the world. Absent: rules, findings,
//! coverage, and who the administrator is (`administrators`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sim::services::membership::Roster;
use crate::sim::services::regional::Regional;

/// Inspector of every account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub(crate) places: Regional<Place>,
}

/// Inspector of one account in one Region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    /// When each scan that is on is no longer ENABLING, by type.
    pub(crate) scans: BTreeMap<String, Timestamp>,
    /// The scans that accounts get which join the organization.
    pub(crate) auto: BTreeSet<String>,
    /// The accounts it administers; one that is Created is associated at `updated`.
    pub(crate) members: Roster,
}
