//! What CloudTrail holds: trails by account, wherever their home is.
//!
//! In: changes by the operations of this folder and by Control Tower. Out: plain data that is saved with the world. Absent:
//! event data stores, dashboards.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sim::shared::Shared;

use super::events::Event;

/// CloudTrail of every account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By account, then by ARN.
    pub(crate) accounts: BTreeMap<String, BTreeMap<String, Trail>>,
    /// What was changed, in order.
    pub(crate) events: Vec<Shared<Event>>,
}

/// A trail.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Trail {
    pub(crate) name: String,
    pub(crate) home: String,
    pub(crate) bucket: String,
    pub(crate) prefix: Option<String>,
    pub(crate) topic: Option<String>,
    pub(crate) global_events: bool,
    pub(crate) every_region: bool,
    pub(crate) validation: bool,
    /// ARN of the key.
    pub(crate) key: Option<String>,
    pub(crate) log_group: Option<String>,
    pub(crate) log_role: Option<String>,
    pub(crate) organization: bool,
    pub(crate) logging: bool,
    pub(crate) started: Option<Timestamp>,
    pub(crate) stopped: Option<Timestamp>,
    pub(crate) tags: BTreeMap<String, String>,
    /// `EventSelectors` or `AdvancedEventSelectors`, as given last.
    pub(crate) selectors: Option<(String, Value)>,
    /// ARN of the landing zone that keeps it.
    #[serde(default)]
    pub(crate) keeper: Option<String>,
}

/// The ARN of a trail.
pub(crate) fn arn(account: &str, home: &str, name: &str) -> String {
    format!("arn:aws:cloudtrail:{home}:{account}:trail/{name}")
}

impl State {
    pub(crate) fn trails(&self, account: &str) -> std::collections::btree_map::Iter<'_, String, Trail> {
        static NONE: BTreeMap<String, Trail> = BTreeMap::new();
        self.accounts.get(account).unwrap_or(&NONE).iter()
    }

    pub(crate) fn trails_mut(&mut self, account: &str) -> &mut BTreeMap<String, Trail> {
        self.accounts.entry(account.to_owned()).or_default()
    }
}
