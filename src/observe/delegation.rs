//! Who administers the services that the document speaks of.
//!
//! Every account found is a leaf of its group: under the name that the document gives it
//! when it is wanted there, else under its id. What Control Tower has appointed is left out
//! where the document does not want it: it is Control Tower's.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::departures;
use super::findings::Findings;
use crate::catalog::services::{self, Service};
use crate::cloud::inventory::administrators;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;
use crate::model::{Fields, Live, Resource};

/// Who was found: group and place, then ids.
pub(super) type Holders = BTreeMap<(String, String), Vec<String>>;

/// Fills in the administrators. `left` are the accounts that Control Tower has appointed, by
/// service principal.
pub(super) async fn observe(
    connection: &Connection,
    wanted: &[&Resource],
    left: &BTreeMap<&'static str, String>,
    findings: &mut Findings,
) {
    let questions = wanted.iter().map(|resource| {
        let (connection, resource) = (connection.clone(), (*resource).clone());
        async move { read(&connection, &resource).await }
    });
    for (resource, holders) in wanted.iter().zip(fan_out(questions.collect()).await) {
        match holders {
            Ok(holders) => {
                let mut fields = leaves(resource, &holders, left, findings);
                match departures::read(connection, resource, &fields).await {
                    Ok(more) => fields.extend(more),
                    Err(error) => findings.gap(resource, &error),
                }
                findings.see(resource, Live { fields, ..Live::default() });
            }
            Err(error) => findings.gap(resource, &error),
        }
    }
}

/// Where there is no organization nobody administers anything for it.
pub(super) fn nobody(wanted: &[&Resource], findings: &mut Findings) {
    for resource in wanted {
        findings.see(resource, Live::default());
    }
}

async fn read(connection: &Connection, resource: &Resource) -> Result<Holders, CallError> {
    match services::by_word(&resource.address.name) {
        Some(service) => holders(connection, service, &regions(resource)).await,
        None => Ok(Holders::new()),
    }
}

/// Who administers a service: as Organizations has it registered, and in these Regions.
pub(super) async fn holders(
    connection: &Connection,
    service: &'static Service,
    regions: &[Region],
) -> Result<Holders, CallError> {
    let group = service.registered_in();
    let mut holders = Holders::new();
    for principal in &service.principals {
        let found = administrators::registered(connection, Some(principal)).await?;
        holders.insert((group.to_owned(), principal.clone()), found);
    }
    let asked = regions.iter().map(|region| {
        let (connection, region) = (connection.clone(), region.clone());
        async move { administrators::appointed(&connection, &service.way, &region).await }
    });
    let found = fan_out(asked.collect()).await;
    for (region, found) in regions.iter().zip(found) {
        holders.insert((service.way.clone(), region.to_string()), found?);
    }
    Ok(holders)
}

/// The Regions in which the service is looked at; none for a service without.
fn regions(resource: &Resource) -> Vec<Region> {
    let named = resource.keys.get("regions").and_then(Value::as_array).into_iter().flatten();
    named.filter_map(|region| region.as_str()?.parse().ok()).collect()
}

fn leaves(
    resource: &Resource,
    holders: &Holders,
    left: &BTreeMap<&'static str, String>,
    findings: &Findings,
) -> Fields {
    let known = |value: &Value| findings.resolved(value)?.as_str().map(str::to_owned);
    let named: BTreeMap<&str, Option<String>> =
        resource.fields.iter().map(|(name, value)| (name.as_str(), known(value))).collect();
    let all: BTreeSet<&String> = named.values().flatten().collect();
    let mut fields = Fields::new();
    for ((group, place), ids) in holders {
        let stem = format!("{group}.{place}/");
        let own = resource.keys.get(&format!("left.{place}")).and_then(known);
        for id in ids {
            let called = named.iter().find(|(name, who)| name.starts_with(&stem) && who.as_ref() == Some(id));
            // A service that appoints by its own call registers its administrator itself.
            let rests = services::is_of_registrations(group) && all.contains(id);
            let of_control_tower = own.as_ref() == Some(id) || left.get(place.as_str()) == Some(id);
            match called {
                Some((name, _)) => fields.insert((*name).to_owned(), id.clone().into()),
                None if rests || of_control_tower => None,
                None => fields.insert(format!("{stem}{id}"), id.clone().into()),
            };
        }
    }
    fields
}

/// The services that Control Tower appoints administrators for, among those wanted.
pub(super) fn concerns_control_tower(wanted: &[&Resource]) -> bool {
    let of_its = |service: &Service| service.control_tower;
    wanted.iter().any(|resource| services::by_word(&resource.address.name).is_some_and(of_its))
}
