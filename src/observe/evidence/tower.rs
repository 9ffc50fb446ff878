//! The landing zone and the baselines that govern units and accounts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{CONFIG_BASELINE, TOWER_BASELINE};
use crate::cloud::inventory::baselines::{self, Enabled, Which};
use crate::cloud::inventory::landing_zone::{self, LandingZone};
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;
use crate::observe::estate::Estate;

/// The landing zone, as far as enrolment depends on it.
#[derive(Debug, Clone)]
pub struct Zone {
    /// Its ARN.
    pub arn: String,
    /// `ACTIVE`, `PROCESSING` or `FAILED`.
    pub status: String,
    /// `IN_SYNC` or `DRIFTED`.
    pub drift: String,
    /// Whether an operation on it is in progress.
    pub busy: bool,
    /// Whether accounts that move are enrolled by themselves.
    pub auto_enroll: bool,
    /// Whether it keeps Identity Center, and gives people access to accounts there.
    pub identity_center: bool,
    /// The Regions that it governs.
    pub governed: Vec<Region>,
    /// The accounts that its manifest names.
    pub integration: BTreeSet<String>,
    /// The unit that they are in.
    pub security_unit: Option<String>,
}

/// The baseline that governs a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Governed {
    /// Its name.
    pub baseline: String,
    /// The ARN of the enabled baseline.
    pub arn: String,
    /// `SUCCEEDED`, `FAILED` or `UNDER_CHANGE`.
    pub status: String,
}

/// The same on an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// The enabled baseline of the unit that it came from.
    pub parent: Option<String>,
    /// `SUCCEEDED`, `FAILED` or `UNDER_CHANGE`.
    pub status: String,
    /// `IN_SYNC` or `DRIFTED`.
    pub drift: String,
}

impl Child {
    /// Whether it is in effect, and in step with its unit.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.status == "SUCCEEDED" && self.drift != "DRIFTED"
    }
}

/// What Control Tower told.
#[derive(Debug, Default)]
pub(super) struct Tower {
    pub(super) zone: Option<Zone>,
    pub(super) units: BTreeMap<String, Governed>,
    pub(super) members: BTreeMap<String, Child>,
}

pub(super) async fn read(connection: &Connection, estate: &Estate) -> Result<Tower, CallError> {
    let Some(zone) = landing_zone::get(connection).await? else {
        return Ok(Tower::default());
    };
    let (offered, enabled, running) = tokio::join!(
        baselines::offered(connection),
        baselines::enabled(connection, Which::All),
        landing_zone::operations(connection, true)
    );
    let (offered, enabled) = (offered?, enabled?);
    let name = |arn: &str| offered.iter().find(|(_, known)| *known == arn).map(|(name, _)| name.as_str());
    let mut tower = Tower::default();
    for one in &enabled {
        let Some(baseline) = name(&one.baseline) else { continue };
        if baseline == TOWER_BASELINE || baseline == CONFIG_BASELINE {
            tower.note(baseline, one);
        }
    }
    tower.zone = Some(of(zone, !running?.is_empty(), estate));
    Ok(tower)
}

impl Tower {
    fn note(&mut self, baseline: &str, one: &Enabled) {
        let Some(target) = one.target.rsplit('/').next().map(str::to_owned) else { return };
        if one.parent.is_some() {
            let (parent, status, drift) = (one.parent.clone(), one.status.clone(), one.drift.clone());
            self.members.insert(target, Child { parent, status, drift });
        } else {
            let (arn, status) = (one.arn.clone(), one.status.clone());
            self.units.insert(target, Governed { baseline: baseline.to_owned(), arn, status });
        }
    }
}

fn of(zone: LandingZone, busy: bool, estate: &Estate) -> Zone {
    let mut integration = BTreeSet::new();
    accounts_in(&zone.manifest, &mut integration);
    let regions = zone.manifest["governedRegions"].as_array();
    let governed = regions.into_iter().flatten().filter_map(|region| region.as_str()?.parse().ok()).collect();
    let parent = |id: &String| {
        let account = estate.accounts.iter().find(|account| account.id == *id)?;
        account.parent.clone().filter(|parent| *parent != estate.root.id)
    };
    let auto_enroll = zone.enrols_automatically();
    let identity_center = zone.manifest.pointer("/accessManagement/enabled") == Some(&Value::Bool(true));
    Zone {
        arn: zone.arn,
        status: zone.status,
        drift: zone.drift,
        busy,
        auto_enroll,
        identity_center,
        governed,
        security_unit: integration.iter().find_map(parent),
        integration,
    }
}

/// Every `accountId` in a manifest.
fn accounts_in(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("accountId").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| accounts_in(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| accounts_in(value, found)),
        _ => {}
    }
}
