//! Security Hub CSPM, as its administrator has configured it from the home Region, and the hubs of
//! the management account.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::gap::Part;
use super::{Desk, Lookout};
use crate::cloud::CallError;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::security_hub;
pub use crate::cloud::inventory::security_hub::Policy;
use crate::model::region::Region;

/// Security Hub of the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityHub {
    /// The account that administers it in the home Region.
    pub administrator: String,
    /// Whether it has a hub there.
    pub is_on: bool,
    /// What links other Regions to one.
    pub aggregator: Option<Linked>,
    /// Whether the organization is configured centrally.
    pub is_central: bool,
    /// Configuration policies; empty without central configuration.
    pub policies: Vec<Policy>,
    /// What follows a policy by a word of its own, by the id of a root, unit or account: the
    /// policy's id, or `SELF_MANAGED_SECURITY_HUB`.
    pub associations: BTreeMap<String, String>,
    /// Why a policy has not reached a target, in AWS's words.
    pub troubles: BTreeMap<String, String>,
    /// Regions in which the management account has a hub.
    pub management: BTreeSet<Region>,
}

/// What links Regions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    /// The Region that findings are sent to.
    pub home: String,
    /// AWS's word for which Regions are linked.
    pub mode: String,
    /// The Regions that the mode speaks of.
    pub regions: BTreeSet<String>,
}

pub(super) async fn read(lookout: &Lookout<'_>) -> Option<SecurityHub> {
    let home = lookout.connection.home_region().clone();
    let administrator = lookout.holders("security_hub").remove(&home)?;
    let seen = match Desk::open(lookout.connection, administrator, home).await {
        Ok(desk) => central(desk).await,
        Err(error) => Err(error),
    };
    let mut seen = lookout.gaps.read(Part::Security, Some("security_hub"), seen)?;
    seen.management = hubs_of_management(lookout).await;
    Some(seen)
}

async fn central(desk: Desk) -> Result<SecurityHub, CallError> {
    let mut seen = SecurityHub {
        administrator: desk.administrator,
        is_on: security_hub::is_on(&desk.site).await?,
        aggregator: None,
        is_central: false,
        policies: Vec::new(),
        associations: BTreeMap::new(),
        troubles: BTreeMap::new(),
        management: BTreeSet::new(),
    };
    if !seen.is_on {
        return Ok(seen);
    }
    let linked = security_hub::aggregator(&desk.site).await?;
    seen.aggregator = linked.map(|one| Linked { home: one.home, mode: one.mode, regions: one.regions });
    seen.is_central = security_hub::configuration(&desk.site).await?.is_central();
    if seen.is_central {
        seen.policies = security_hub::policies(&desk.site, &|_| true).await?;
        seen.policies.sort_by(|one, other| one.name.cmp(&other.name));
        for one in security_hub::associations(&desk.site).await? {
            seen.troubles.extend(one.trouble.map(|why| (one.target.clone(), why)));
            seen.associations.insert(one.target, one.policy);
        }
    }
    Ok(seen)
}

async fn hubs_of_management(lookout: &Lookout<'_>) -> BTreeSet<Region> {
    let questions = lookout.regions.iter().cloned().map(|region| {
        let site = lookout.connection.own(&region);
        async move {
            let on = security_hub::is_on(&site).await;
            (region, on)
        }
    });
    let mut found = BTreeSet::new();
    for (region, on) in fan_out(questions.collect()).await {
        let of = format!("security_hub of the management account in {region}");
        if lookout.gaps.read(Part::Security, Some(&of), on) == Some(true) {
            found.insert(region);
        }
    }
    found
}
