//! AWS Config of the organization: what the management account and the administrators of Config
//! deploy, Region by Region. Nobody sees what another deploys.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Census;
use super::gap::{Gaps, Part};
use crate::cloud::call::Site;
use crate::cloud::inventory::config as inventory;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::{CallError, Connection};
use crate::model::Fields;
use crate::model::region::Region;
use crate::observe::config::{pack_fields, rule_fields, there};

/// The service as it collects, and as it deploys.
pub const PRINCIPALS: [&str; 2] = ["config.amazonaws.com", "config-multiaccountsetup.amazonaws.com"];
/// The service by the document's word for it among administrators.
pub const WORD: &str = "config";

/// By the id of the account that deploys, and Region.
pub type Config = BTreeMap<String, BTreeMap<Region, Deployments>>;

/// What one account deploys in one Region, by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Deployments {
    /// Aggregators over the organization that no service has made.
    pub aggregators: BTreeMap<String, Aggregator>,
    /// Rules, in the fields of their kind.
    pub rules: BTreeMap<String, Fields>,
    /// Conformance packs, in the fields of their kind. Their templates AWS gives to nobody.
    pub packs: BTreeMap<String, Fields>,
    /// The buckets to which packs deliver that say one, by the pack's name.
    pub buckets: BTreeMap<String, String>,
}

impl Deployments {
    /// The names of everything that is deployed.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.aggregators.keys().chain(self.rules.keys()).chain(self.packs.keys());
        names.map(String::as_str)
    }

    /// Whether nothing is deployed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names().next().is_none()
    }
}

/// An aggregator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aggregator {
    /// The ARN of the role with which Config asks Organizations.
    pub role: String,
    /// `all`, or the Regions by name.
    pub regions: Vec<String>,
}

pub(super) async fn read(connection: &Connection, census: &Census, gaps: &Gaps) -> Config {
    let administrators = census.administrators_of(WORD);
    if administrators.is_empty() && !PRINCIPALS.iter().any(|principal| census.trusts(principal)) {
        return Config::new();
    }
    let active = census.accounts.iter().filter(|one| one.is_active() && administrators.contains(&one.id));
    let accounts: BTreeSet<String> =
        active.map(|one| one.id.clone()).chain([census.account.to_string()]).collect();
    let places =
        accounts.iter().flat_map(|id| census.regions.iter().map(|region| (id.clone(), region.clone())));
    let questions = places.map(|(account, region)| {
        let connection = connection.clone();
        async move {
            let seen = match connection.site_in(Some(&account), &region).await {
                Ok(site) => one(&site).await,
                Err(error) => Err(error),
            };
            (account, region, seen)
        }
    });
    let mut found = Config::new();
    for (account, region, seen) in fan_out(questions.collect()).await {
        let of = format!("{account} in {region}");
        if let Some(seen) = gaps.read(Part::Config, Some(&of), seen) {
            found.entry(account).or_default().insert(region, seen);
        }
    }
    found
}

async fn one(site: &Site) -> Result<Deployments, CallError> {
    let mut found = Deployments::default();
    for (name, one) in inventory::aggregators(site).await? {
        let role = one.role.filter(|_| one.made_by.is_none());
        found.aggregators.extend(role.map(|role| (name, Aggregator { role, regions: one.regions })));
    }
    for (name, one) in there(inventory::rules(site).await)? {
        let fields = rule_fields(site, &name, &one).await?;
        found.rules.insert(name, fields);
    }
    for (name, one) in there(inventory::packs(site).await)? {
        let fields = pack_fields(site, &name, &one).await?;
        found.buckets.extend(one.bucket.map(|bucket| (name.clone(), bucket)));
        found.packs.insert(name, fields);
    }
    Ok(found)
}
