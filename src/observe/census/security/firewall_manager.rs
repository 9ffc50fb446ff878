//! Policies of Firewall Manager, as its administrator has them in one Region.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::cloud::CallError;
use crate::cloud::inventory::firewall_policies;
use crate::model::Fields;

/// Firewall Manager in one Region.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FirewallManager {
    /// The account that administers it.
    pub administrator: String,
    /// Its policies by name, in the fields of the kind `firewall_policy`.
    pub policies: BTreeMap<String, Fields>,
}

pub(super) async fn read(desk: Desk) -> Result<FirewallManager, CallError> {
    let mut seen = FirewallManager { administrator: desk.administrator, ..FirewallManager::default() };
    for (name, id) in firewall_policies::ids(&desk.site).await? {
        seen.policies.insert(name, firewall_policies::get(&desk.site, &id).await?.fields);
    }
    Ok(seen)
}
