//! What IAM Access Analyzer holds: analyzers by Region, owner and name.
//!
//! In: changes by the operations of this folder. Out: plain data that is saved with the world. Absent: findings.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sim::services::regional::Regional;

/// Access Analyzer of every account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By name.
    pub(crate) regions: Regional<BTreeMap<String, Analyzer>>,
}

/// An analyzer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Analyzer {
    /// `ACCOUNT`, `ORGANIZATION_UNUSED_ACCESS`, ...
    pub(crate) kind: String,
    pub(crate) created: Timestamp,
    /// When it is no longer CREATING.
    pub(crate) ready: Timestamp,
    pub(crate) tags: BTreeMap<String, String>,
    /// The `configuration` of the model, if it has one.
    pub(crate) configuration: Option<Value>,
    /// `clientToken` of the creating request.
    pub(crate) token: Option<String>,
}

impl Analyzer {
    /// Whether an organization is its zone of trust.
    pub(crate) fn of_organization(&self) -> bool {
        self.kind.starts_with("ORGANIZATION")
    }
}

impl State {
    /// The analyzers of an account in a Region.
    pub(crate) fn of(&self, account: &str, region: &str) -> Option<&BTreeMap<String, Analyzer>> {
        self.regions.get(account, region)
    }

    pub(crate) fn of_mut(&mut self, account: &str, region: &str) -> &mut BTreeMap<String, Analyzer> {
        self.regions.of(account, region)
    }
}
