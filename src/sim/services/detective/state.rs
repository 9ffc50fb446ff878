//! What Detective holds: per account and Region a behaviour graph with its members and sources of data.
//!
//! In: changes by the operations of this folder. Out: plain data that is saved with the world. Absent: rules,
//! investigations, and who the administrator is (`administrators`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sim::services::regional::Regional;

/// Detective of every account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub(crate) graphs: Regional<Graph>,
}

/// A behaviour graph, in the account that administers it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Graph {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    /// Whether accounts that join the organization become members.
    pub(crate) auto_enable: bool,
    /// Further sources of data, and since when.
    pub(crate) sources: BTreeMap<String, Timestamp>,
    /// Its members, by account.
    pub(crate) members: BTreeMap<String, Member>,
}

/// An account that gives its data to a graph.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) email: String,
    /// Whether it does; else how much data it has is not known.
    pub(crate) enabled: bool,
    pub(crate) updated: Timestamp,
}
