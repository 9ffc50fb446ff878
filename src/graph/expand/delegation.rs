//! `delegated_administrators`: who administers which service, Region by Region where the
//! service has it so.
//!
//! The document lists all of a service's administrators, so whoever else is one goes. What
//! Control Tower appoints itself is neither wanted here nor taken away: it is left to it.

use serde_json::{Value, json};

use super::organization::ACCOUNT_MANAGEMENT;
use super::{
    Expansion, MANAGEMENT, account, account_id, id_of, organization, resource, the_landing_zone,
    the_organization,
};
use crate::catalog::partitions;
use crate::catalog::services::{self, Place, Service};
use crate::graph::edge::Edge;
use crate::model::resource::Presence;
use crate::model::{Address, Kind, Origin, Resource};
use crate::spec::document::{Delegation, LandingZone};

/// The address of a service's administrators.
pub(super) fn administrators_of(service: &str) -> Address {
    Address::new(Kind::DelegatedAdministrator, service)
}

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    for (word, said) in &spec.delegated_administrators {
        if let Some(service) = services::by_word(word) {
            one(expansion, service, said);
        }
    }
}

/// A service that shall have no administrator any more.
pub(super) fn vacant(expansion: &mut Expansion<'_>, address: &Address, origin: &Origin) {
    if let Some(service) = services::by_word(&address.name) {
        let vacant = office(expansion, service, origin);
        expansion.graph.connect(Edge::exists(address, &the_organization(), "organization-first"));
        expansion.graph.add(vacant);
    }
}

/// All of a service's administrators, with none wanted yet.
fn office(expansion: &Expansion<'_>, service: &Service, origin: &Origin) -> Resource {
    let mut office = resource(administrators_of(&service.word), Some(origin));
    office.presence = Presence::Existing;
    office.whole = service.groups().into_iter().collect();
    let regions = match service.place {
        Place::Principal => Vec::new(),
        Place::Regions => expansion.regions_of(&service.word).iter().map(ToString::to_string).collect(),
        Place::Home => vec![expansion.home_region.to_string()],
        Place::Global => vec![partitions::of_region(&expansion.home_region).global_region.to_string()],
    };
    if !regions.is_empty() {
        office.keys.insert("regions".to_owned(), json!(regions));
    }
    office
}

fn one(expansion: &mut Expansion<'_>, service: &Service, said: &Delegation) {
    let mut wanted = office(expansion, service, &said.origin);
    let own = expansion.spec.landing_zone.as_ref().and_then(|zone| of_control_tower(service, zone));
    let regions = wanted.keys.get("regions").and_then(Value::as_array).into_iter().flatten();
    let regions: Vec<String> = regions.filter_map(Value::as_str).map(str::to_owned).collect();
    let places = if regions.is_empty() { &service.principals } else { &regions };
    for place in places {
        for name in &said.accounts {
            // Of Config's two principals Control Tower registers the first.
            if own == Some(name) && Some(place) == service.principals.first() {
                continue;
            }
            wanted.fields.insert(format!("{}.{place}/{name}", service.way), id_of(name));
        }
    }
    if let (Some(name), Some(principal)) = (own, service.principals.first()) {
        wanted.keys.insert(format!("left.{principal}"), account_id(name));
    }
    order(expansion, service, said, &wanted.address);
    expansion.graph.add(wanted);
}

/// The account that Control Tower makes a service's administrator: that of Config from 4.0 on
/// (Control Tower User Guide, config-updates-v4), that of Backup (backup-resources).
fn of_control_tower<'z>(service: &Service, zone: &'z LandingZone) -> Option<&'z String> {
    match service.word.as_str() {
        "config" if !zone.version.starts_with("3.") => {
            zone.config.as_ref().filter(|config| config.enabled)?.account.as_ref()
        }
        "backup" => zone.backup.as_ref().filter(|backup| backup.enabled)?.administrator.as_ref(),
        _ => None,
    }
}

fn order(expansion: &mut Expansion<'_>, service: &Service, said: &Delegation, me: &Address) {
    let mut edges = vec![
        Edge::exists(me, &the_organization(), "organization-first"),
        Edge::settled(me, &the_landing_zone(), "landing-zone-before-delegation"),
    ];
    for principal in &service.principals {
        let access = organization::needed(expansion, principal, &said.origin);
        // The accounts of the landing zone are named, and have their contacts, before it is set up.
        if principal != ACCOUNT_MANAGEMENT {
            edges.push(Edge::settled(&access, &the_landing_zone(), "landing-zone-before-delegation"));
        }
        edges.push(Edge::settled(me, &access, "trust-before-delegation"));
    }
    for name in said.accounts.iter().filter(|name| *name != MANAGEMENT) {
        edges.push(Edge::settled(me, &account(name), "administrator-in-place-first"));
    }
    for earlier in &service.after {
        edges.push(Edge::settled(me, &administrators_of(earlier), "service-needed-first"));
    }
    for edge in edges {
        expansion.graph.connect(edge);
    }
}
