//! Which accounts one thing reaches, and in which Regions.

use std::collections::BTreeSet;

use serde_json::Value;

use super::estate::{Estate, MANAGEMENT, Place, Thing};
use crate::catalog::capabilities::{Evidence, Reach, Regions};
use crate::catalog::services;
use crate::model::region::Region;
use crate::model::{Address, Kind, reference};

/// The names of the accounts that a thing reaches, as far as they are in the estate.
pub(super) fn accounts(reach: &Reach, address: &Address, thing: &Thing, estate: &Estate) -> BTreeSet<String> {
    let unit = || address.name.rsplit_once(':').map_or(address.name.as_str(), |(path, _)| path);
    let inside = |test: &dyn Fn(&Place) -> bool| -> BTreeSet<String> {
        let found = estate.accounts.iter().filter(|(_, place)| test(place));
        found.map(|(name, _)| name.clone()).collect()
    };
    // There may be ten thousand accounts: those that are named are not looked for among them.
    let those = |names: BTreeSet<&str>| -> BTreeSet<String> {
        names.into_iter().filter(|name| estate.accounts.contains_key(*name)).map(str::to_owned).collect()
    };
    match reach {
        Reach::Organization => inside(&|_| true),
        Reach::Unit => inside(&|place| matches!(place, Place::Unit(path) if path == unit())),
        Reach::Below => inside(&|place| matches!(place, Place::Unit(path) if within(unit(), path))),
        Reach::Targets => {
            let targets: Vec<&str> = leaves(thing, "targets").collect();
            let named = targets.iter().map(|target| target.strip_prefix("account:").unwrap_or(target));
            let mut found = those(named.map(|name| called(name, estate)).collect());
            let places: Vec<&str> =
                targets.into_iter().filter(|target| !target.starts_with("account:")).collect();
            if !places.is_empty() {
                found.extend(inside(&|place| places.iter().any(|target| bound(target, place))));
            }
            found
        }
        Reach::Leaves(group) => {
            let home = home(thing, estate);
            let named = leaves(thing, group).map(|leaf| called(leaf, estate));
            those(named.chain(home.as_deref()).collect())
        }
        Reach::Itself => those([address.name.as_str()].into()),
        Reach::Home => {
            let home = home(thing, estate);
            those([home.as_deref().unwrap_or(MANAGEMENT)].into())
        }
        Reach::Manifest(pointers) => {
            let manifest = thing.fields.get("manifest");
            let at = |pointer: &String| named_by(manifest?.pointer(pointer)?, estate);
            let named: Vec<String> = pointers.iter().filter_map(at).collect();
            those(named.iter().map(String::as_str).collect())
        }
    }
}

/// The names of accounts that a thing says it does not reach.
pub(super) fn left_out(evidence: &Evidence, thing: &Thing, estate: &Estate) -> BTreeSet<String> {
    let listed = evidence.except.as_ref().and_then(|field| thing.fields.get(field)?.as_array());
    listed.into_iter().flatten().filter_map(|account| named_by(account, estate)).collect()
}

/// The Regions that a thing works in, as far as they are looked at.
pub(super) fn regions(
    evidence: &Evidence,
    address: &Address,
    thing: &Thing,
    estate: &Estate,
) -> BTreeSet<Region> {
    let all_of = |test: &dyn Fn(&str) -> bool| -> BTreeSet<Region> {
        estate.regions.iter().filter(|region| test(region.as_str())).cloned().collect()
    };
    match evidence.regions {
        Regions::All => all_of(&|_| true),
        Regions::Own => {
            let own = thing.keys.get("region").and_then(Value::as_str);
            all_of(&|region| own == Some(region))
        }
        Regions::Offices => {
            let places: BTreeSet<&str> =
                thing.fields.iter().filter_map(|(name, who)| office(name, who)).collect();
            let by_region =
                services::by_word(&address.name).is_some_and(|row| row.place == services::Place::Regions);
            match by_region {
                true => all_of(&|region| places.contains(region)),
                false if places.is_empty() => BTreeSet::new(),
                false => all_of(&|_| true),
            }
        }
    }
}

/// The place of an office, from `way.place/who`.
fn office<'t>(name: &'t str, who: &Value) -> Option<&'t str> {
    let (way, rest) = name.split_once('.').filter(|_| !who.is_null())?;
    // What Organizations keeps registered says nothing of Regions.
    rest.rsplit_once('/').map(|(place, _)| place).filter(|_| !services::is_of_registrations(way))
}

/// The leaves of a group that are there.
fn leaves<'t>(thing: &'t Thing, group: &'t str) -> impl Iterator<Item = &'t str> {
    let there = thing.fields.iter().filter(|(_, value)| !value.is_null());
    there.filter_map(move |(name, _)| name.strip_prefix(group)?.strip_prefix('.'))
}

/// Whether what is attached to the root or a unit binds an account of a place. Policies of the root do not bind
/// the management account unless they are attached to it.
fn bound(target: &str, place: &Place) -> bool {
    match place {
        Place::Management => false,
        _ if target == "root" => true,
        Place::Unit(path) => within(target, path),
        Place::Root | Place::Unknown => false,
    }
}

fn within(top: &str, path: &str) -> bool {
    path == top || path.strip_prefix(top).is_some_and(|rest| rest.starts_with('/'))
}

/// The name of an account that a leaf gives by name or by id.
fn called<'n>(leaf: &'n str, estate: &'n Estate) -> &'n str {
    estate.names.get(leaf).map_or(leaf, String::as_str)
}

/// The account that a thing lives in.
fn home(thing: &Thing, estate: &Estate) -> Option<String> {
    named_by(thing.keys.get("account")?, estate)
}

/// The name of the account that a value means by its id or by a reference.
fn named_by(value: &Value, estate: &Estate) -> Option<String> {
    if let Some(id) = value.as_str() {
        return Some(called(id, estate).to_owned());
    }
    let address = reference::as_reference(value)?.address;
    Some(match address.kind {
        Kind::Organization => MANAGEMENT.to_owned(),
        _ => called(&address.name, estate).to_owned(),
    })
}
