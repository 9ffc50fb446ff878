//! What Security Hub CSPM holds: hubs with their standards, and per account what it has set up as administrator.
//!
//! In: changes by the operations of this folder and by time. Out: plain data that is saved with the world. Absent: findings,
//! insights, and who the administrator is (`administrators`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::sim::services::membership::Roster;

/// Security Hub of every account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By Region, then by account.
    pub(crate) hubs: BTreeMap<String, BTreeMap<String, Hub>>,
    /// What accounts have set up, by account.
    pub(crate) accounts: BTreeMap<String, Account>,
}

/// A hub: one account in one Region.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Hub {
    pub(crate) subscribed: Timestamp,
    pub(crate) auto_enable_controls: bool,
    pub(crate) generator: String,
    /// Enabled standards by ARN, and when each is ready.
    pub(crate) standards: BTreeMap<String, Timestamp>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// What an account has set up.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Account {
    pub(crate) aggregator: Option<Aggregator>,
    /// By Region.
    pub(crate) local: BTreeMap<String, Local>,
    pub(crate) central: Option<Central>,
    /// By id.
    pub(crate) policies: BTreeMap<String, Policy>,
    /// By the id of the account, unit or root.
    pub(crate) associations: BTreeMap<String, Association>,
    /// By Region.
    pub(crate) members: BTreeMap<String, Roster>,
    /// Automation rules by Region, then by ARN.
    pub(crate) rules: BTreeMap<String, BTreeMap<String, Rule>>,
}

/// An automation rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rule {
    /// What was said of it, by the model's names.
    pub(crate) body: Map<String, Value>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// The account that made it.
    pub(crate) by: String,
}

/// Which Regions send their findings to the home Region.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Aggregator {
    pub(crate) arn: String,
    pub(crate) home: String,
    pub(crate) mode: String,
    pub(crate) regions: Vec<String>,
}

/// What accounts get that join, in one Region, without central configuration.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Local {
    pub(crate) auto_enable: bool,
    pub(crate) standards: bool,
}

/// Central configuration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Central {
    pub(crate) home: String,
    /// When it is there; `None` since it is.
    pub(crate) ends: Option<Timestamp>,
}

/// A configuration policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Policy {
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// `ConfigurationPolicy` as it was sent, by the model's names.
    pub(crate) content: Value,
}

/// A configuration of an account, a unit or the root.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Association {
    /// The id of a policy, or `SELF_MANAGED_SECURITY_HUB`.
    pub(crate) policy: String,
    pub(crate) updated: Timestamp,
    /// When it has reached its accounts; `None` since it has.
    pub(crate) ends: Option<Timestamp>,
}

impl Policy {
    /// Whether it switches Security Hub CSPM on.
    pub(crate) fn enables(&self) -> bool {
        self.content["SecurityHub"]["ServiceEnabled"].as_bool().unwrap_or_default()
    }

    /// The ARNs of its standards.
    pub(crate) fn standards(&self) -> Vec<String> {
        let listed = self.content["SecurityHub"]["EnabledStandardIdentifiers"].as_array();
        listed.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

impl State {
    pub(crate) fn hub(&self, account: &str, region: &str) -> Option<&Hub> {
        self.hubs.get(region)?.get(account)
    }

    pub(crate) fn hub_mut(&mut self, account: &str, region: &str) -> Option<&mut Hub> {
        self.hubs.get_mut(region)?.get_mut(account)
    }

    pub(crate) fn account_mut(&mut self, account: &str) -> &mut Account {
        self.accounts.entry(account.to_owned()).or_default()
    }
}
