//! Policies of Firewall Manager, as its administrator has them in one Region. Absent: those of
//! further administrators, which AWS gives a part of the organization.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::cloud::CallError;
use crate::cloud::inventory::firewall_policies as inventory;
use crate::model::Fields;

/// Firewall Manager in one Region.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FirewallManager {
    /// The account that administers it.
    pub administrator: String,
    /// Its policies by name. Names need not differ: of several of one name the first is the one
    /// that a plan looks at.
    pub policies: BTreeMap<String, Vec<FirewallPolicy>>,
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FirewallPolicy {
    /// In the fields of the kind `firewall_policy`.
    pub fields: Fields,
    /// What else is set, in words.
    #[serde(default)]
    pub beside: BTreeSet<String>,
}

pub(super) async fn read(desk: Desk) -> Result<FirewallManager, CallError> {
    let mut seen = FirewallManager { administrator: desk.administrator, ..FirewallManager::default() };
    for (name, id) in inventory::listed(&desk.site).await? {
        let found = inventory::get(&desk.site, &id).await?;
        let policy = FirewallPolicy { fields: found.fields, beside: found.beside };
        seen.policies.entry(name).or_default().push(policy);
    }
    Ok(seen)
}
