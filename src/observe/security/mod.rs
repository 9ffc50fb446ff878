//! Security services, Region by Region, as the account sees them that shall administer them.
//!
//! A file for each service; here what all have in common: where a resource lives, whether the
//! account administers the service there already, and what accounts are called that it reaches.
//! Settings and members exist only for the administrator, which was read with the delegations.
//! An account that does not exist yet has nothing.

mod access_analyzer;
mod automation_rules;
mod detective;
mod detectors;
mod firewall_manager;
mod guardduty;
mod inspector;
mod macie;
mod security_hub;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use self::detectors::Detectors;
use super::findings::Findings;
use super::wanted::{Wanted, key, leaves};
use crate::catalog::services::{self, Place as Office};
use crate::cloud::call::Site;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;
use crate::model::{Address, Fields, Kind, Live, Resource};

/// The kinds whose every resource is asked about on its own.
const ONE_BY_ONE: &[Kind] =
    &[Kind::GuardDuty, Kind::Inspector, Kind::Macie, Kind::Detective, Kind::Analyzer, Kind::FirewallPolicy];

/// The other kinds of security services.
const TOGETHER: &[Kind] = &[
    Kind::SecurityHub,
    Kind::FindingAggregator,
    Kind::SecurityHubConfiguration,
    Kind::SecurityHubPolicy,
    Kind::SecurityHubAssociations,
    Kind::AutomationRule,
];

/// What was seen of a resource.
struct Seen {
    live: Live,
    /// Ids of the accounts that it reaches, by the group of fields.
    reached: BTreeMap<&'static str, BTreeSet<String>>,
    /// Why nothing can be done about it yet, in words.
    not_yet: Option<String>,
}

impl From<Live> for Seen {
    fn from(live: Live) -> Self {
        Self { live, reached: BTreeMap::new(), not_yet: None }
    }
}

/// Fills in what is wanted.
pub(super) async fn observe(connection: &Connection, wanted: &Wanted<'_>, findings: &mut Findings) {
    premature(wanted, findings);
    let resources: Vec<&Resource> = ONE_BY_ONE.iter().flat_map(|kind| wanted.kind(*kind)).collect();
    let detectors = Arc::new(Detectors::default());
    let questions = resources.into_iter().filter_map(|resource| {
        let place = Place::of(resource, findings)?;
        let (connection, resource, detectors) =
            (connection.clone(), resource.clone(), Arc::clone(&detectors));
        Some(async move {
            let seen = read(&connection, &resource, &place, &detectors).await;
            (resource, seen)
        })
    });
    for (resource, seen) in fan_out(questions.collect()).await {
        match seen {
            Ok(Some(Seen { mut live, reached, not_yet })) => {
                findings.facts.not_yet.extend(not_yet.map(|why| (resource.address.clone(), why)));
                for (group, ids) in reached {
                    live.fields.extend(account_leaves(&resource, group, &ids, findings));
                }
                findings.see(&resource, live);
            }
            Ok(None) => {}
            Err(error) => findings.gap(&resource, &error),
        }
    }
    security_hub::observe(connection, wanted, findings).await;
    automation_rules::observe(connection, wanted, findings).await;
}

/// Notes what can be done only once something else has run for a time, where even that is not
/// there: its account does not exist yet.
pub(super) fn premature(wanted: &Wanted<'_>, findings: &mut Findings) {
    for resource in wanted.kind(Kind::Detective) {
        if Place::of(resource, findings).is_none() {
            let why = detective::NO_GUARDDUTY.to_owned();
            findings.facts.not_yet.insert(resource.address.clone(), why);
        }
    }
}

/// Whether something is wanted that organization policies could set as well.
pub(super) fn rivals_policies(wanted: &Wanted<'_>) -> bool {
    let rivals = |kind: Kind| services::of_kind(kind).is_some_and(|row| row.policy.is_some());
    ONE_BY_ONE.iter().chain(TOGETHER).any(|kind| rivals(*kind) && wanted.any(&[*kind]))
}

/// None of it can be told, since accounts could not be read.
pub(super) fn untold(wanted: &Wanted<'_>, error: &CallError, findings: &mut Findings) {
    for kind in ONE_BY_ONE.iter().chain(TOGETHER) {
        findings.gap_all(&wanted.kind(*kind), error);
    }
}

async fn read(
    connection: &Connection,
    resource: &Resource,
    place: &Place,
    detectors: &Detectors,
) -> Result<Option<Seen>, CallError> {
    let site = place.site(connection).await?;
    match resource.address.kind {
        Kind::GuardDuty => {
            let detector = detectors.at(place, &site).await?;
            guardduty::read(&site, resource, place.holds, detector).await
        }
        Kind::Inspector => inspector::read(&site, resource, place.holds).await,
        Kind::Macie => macie::read(&site, resource, place.holds).await,
        Kind::Detective => {
            let detector = detectors.at(place, &site).await?;
            detective::read(&site, resource, place.holds, detector.as_ref()).await
        }
        Kind::FirewallPolicy => {
            Ok(firewall_manager::read(&site, resource, place.holds).await?.map(Seen::from))
        }
        Kind::Analyzer => Ok(access_analyzer::read(&site, resource).await?.map(Seen::from)),
        _ => Ok(None),
    }
}

/// Where a resource lives.
struct Place {
    /// None for the management account.
    account: Option<String>,
    region: Region,
    /// Whether the account administers the service there.
    holds: bool,
}

impl Place {
    /// None while the account does not exist.
    fn of(resource: &Resource, findings: &Findings) -> Option<Self> {
        let account = match resource.keys.get("account") {
            None => None,
            Some(value) => Some(findings.resolved(value)?.as_str()?.to_owned()),
        };
        let region: Region = key(resource, "region")?.parse().ok()?;
        let kind = resource.address.kind;
        let holds = account.as_deref().is_some_and(|account| holds(findings, kind, &region, account));
        Some(Self { account, region, holds })
    }

    async fn site(&self, connection: &Connection) -> Result<Site, CallError> {
        connection.site_in(self.account.as_deref(), &self.region).await
    }
}

/// Whether an account administers a service in a Region; everywhere, where the organization has one
/// office for all Regions.
fn holds(findings: &Findings, kind: Kind, region: &Region, account: &str) -> bool {
    let Some(service) = services::of_kind(kind) else { return false };
    let office = findings.live.get(&Address::new(Kind::DelegatedAdministrator, service.word.as_str()));
    let stem = match service.place {
        Office::Regions => format!("{}.{region}/", service.way),
        _ => format!("{}.", service.way),
    };
    let mut fields = office.into_iter().flat_map(|office| &office.fields);
    fields.any(|(name, id)| name.starts_with(&stem) && id.as_str() == Some(account))
}

/// A leaf, in the wanted form, for each account that a group of fields reaches.
fn account_leaves(resource: &Resource, group: &str, ids: &BTreeSet<String>, findings: &Findings) -> Fields {
    let is_one = |one: &Value| one["id"].as_str().is_some_and(|id| ids.contains(id));
    let said = leaves(resource, group).into_iter().filter_map(|leaf| {
        let value = findings.resolved(resource.fields.get(&format!("{group}.{leaf}"))?)?;
        Some((leaf, value))
    });
    let everybody = findings.facts.everybody.iter().map(|(leaf, one)| (leaf.clone(), one.clone()));
    said.chain(everybody)
        .filter(|(_, one)| is_one(one))
        .map(|(leaf, one)| (format!("{group}.{leaf}"), one))
        .collect()
}
