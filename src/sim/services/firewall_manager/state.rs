//! What Firewall Manager holds: the administrators of each organization, and their policies.
//!
//! In: changes by the operations of this folder. Out: plain data that is saved with the world. A status is not kept: it
//! follows from the time. Absent: events.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Firewall Manager of every organization.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By id of the organization, then by account.
    pub(crate) organizations: BTreeMap<String, BTreeMap<String, Administrator>>,
    /// By Region, then by administrator, then by id.
    pub(crate) policies: BTreeMap<String, BTreeMap<String, BTreeMap<String, Policy>>>,
}

/// A policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Policy {
    /// `Policy` of the model, without id, token and status.
    pub(crate) body: Map<String, Value>,
    /// The token of this version.
    pub(crate) token: String,
    pub(crate) updated: Timestamp,
    pub(crate) tags: BTreeMap<String, String>,
}

impl State {
    pub(crate) fn policies(&self, owner: &str, region: &str) -> Option<&BTreeMap<String, Policy>> {
        self.policies.get(region)?.get(owner)
    }

    pub(crate) fn policies_mut(&mut self, owner: &str, region: &str) -> &mut BTreeMap<String, Policy> {
        self.policies.entry(region.to_owned()).or_default().entry(owner.to_owned()).or_default()
    }
}

/// An administrator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Administrator {
    pub(crate) default: bool,
    /// `AdminScope` of the model; the default administrator has no bounds.
    pub(crate) scope: Value,
    /// When it is set up.
    pub(crate) ready: Timestamp,
    /// When it is gone, once it was dismissed.
    pub(crate) gone: Option<Timestamp>,
}

impl Administrator {
    /// Whether anything is left of it.
    pub(crate) fn is_there(&self, now: Timestamp) -> bool {
        self.gone.is_none_or(|gone| gone > now)
    }

    /// `RoleStatus` of the model.
    pub(crate) fn role(&self, now: Timestamp) -> &'static str {
        match self.gone {
            Some(_) => "DELETING",
            None if self.ready <= now => "READY",
            None => "CREATING",
        }
    }

    /// `OrganizationStatus` of the model.
    pub(crate) fn standing(&self, now: Timestamp) -> &'static str {
        match self.gone {
            Some(_) => "OFFBOARDING",
            None if self.ready <= now => "ONBOARDING_COMPLETE",
            None => "ONBOARDING",
        }
    }
}
