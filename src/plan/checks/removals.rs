//! What is to go must be free to go: a unit without accounts, an account that Control Tower
//! does not govern, trusted access that no landing zone works through.
//!
//! Sources: Organizations API Reference, DeleteOrganizationalUnit; Control Tower
//! User Guide, remove-ou and delete-account; for trusted access the catalogue's rows.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::catalog::{baselines, service_access};
use crate::diff::Standing;
use crate::model::reference::as_reference;
use crate::model::resource::Presence;
use crate::model::{Address, Kind, Resource};
use crate::plan::Step;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let going = situation.graph.resources.values().filter(|resource| {
        let standing = situation.changes.get(&resource.address).map(|change| &change.standing);
        resource.presence == Presence::Remove && standing == Some(&Standing::Unwanted)
    });
    for resource in going {
        match resource.address.kind {
            Kind::TrustedAccess => trusted_access(situation, resource, notes),
            Kind::OrganizationalUnit => occupied(situation, resource, &resource.address, notes),
            Kind::PolicyType => policy_type(situation, resource, notes),
            Kind::Account => enrolled(situation, resource, notes),
            Kind::Baseline => {
                let on = resource.address.name.rsplit_once(':');
                let empty = |word| baselines::by_word(word).is_some_and(|row| row.empty_unit_to_remove);
                if let Some((path, _)) = on.filter(|(_, word)| empty(word)) {
                    let unit = Address::new(Kind::OrganizationalUnit, path);
                    occupied(situation, resource, &unit, notes);
                }
            }
            _ => {}
        }
    }
    closures(situation, notes);
}

/// Accounts that shall be closed by their entry.
fn closures(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let closing = |step: &&Step| step.operation == "organizations:CloseAccount";
    for step in situation.steps.iter().filter(closing) {
        let Some(resource) = situation.graph.resources.get(&step.address) else { continue };
        let entry = resource.presence != Presence::Remove;
        if entry && !is_let_go(situation, resource) {
            enrolled(situation, resource, notes);
        }
    }
}

/// Whether the plan ends the product by which Account Factory has an account, or moves it away from where Control
/// Tower governs it and Control Tower follows moves: then the move waits until it has let go of the account.
fn is_let_go(situation: &Situation<'_>, resource: &Resource) -> bool {
    let does = |verb| situation.steps.iter().any(|s| s.address == resource.address && s.verb == verb);
    if does("leave_factory") {
        return true;
    }
    let moves = does("move");
    let zone = situation.snapshot.live.get(&Address::only(Kind::LandingZone));
    let remedies = zone.and_then(|zone| zone.fields.get("remediation_types")).and_then(Value::as_array);
    let follows = remedies.is_some_and(|all| all.iter().any(|one| one == "INHERITANCE_DRIFT"));
    let unit = resource.fields.get("unit").and_then(as_reference).map(|unit| unit.address);
    let governed = |row: &baselines::Baseline| {
        let on =
            unit.as_ref().map(|unit| Address::new(Kind::Baseline, format!("{}:{}", unit.name, row.word)));
        on.is_some_and(|on| situation.graph.resources.contains_key(&on))
    };
    moves && follows && !baselines::all().iter().any(governed)
}

fn trusted_access(situation: &Situation<'_>, resource: &Resource, notes: &mut Vec<Note>) {
    let (address, principal) = (&resource.address, resource.address.name.as_str());
    let needed = service_access::needed_by_landing_zone(principal);
    let zone = situation.snapshot.facts.landing_zone;
    let Some(row) = needed.filter(|_| zone != Some(false)) else {
        notes.push(note(
            Level::Warning,
            "trusted-access-removal",
            Some(address),
            format!("{principal} can no longer read the organization or work in its accounts"),
            "switch the integration off in the service itself first, as AWS recommends, or it keeps what it has",
        ));
        return;
    };
    let known = if zone.is_some() { "there is a landing zone" } else { "there may be a landing zone" };
    notes.push(note(
        Level::Blocker,
        "trusted-access-needed",
        Some(address),
        format!("trusted access of {principal} stays while {known}: {}", row.purpose),
        "take it out of `remove`",
    ));
}

/// Control Tower's preventive controls are service control policies.
fn policy_type(situation: &Situation<'_>, resource: &Resource, notes: &mut Vec<Note>) {
    if resource.address.name == "service_control" && situation.snapshot.facts.landing_zone != Some(false) {
        notes.push(note(
            Level::Blocker,
            "policy-type-needed",
            Some(&resource.address),
            "service control policies stay while there is a landing zone: its preventive controls are such policies".to_owned(),
            "take it out of `remove`",
        ));
    }
}

/// Closed while it is enrolled, an account stays enrolled and suspended.
fn enrolled(situation: &Situation<'_>, resource: &Resource, notes: &mut Vec<Note>) {
    if situation.snapshot.facts.enrolled.contains(&resource.address) {
        notes.push(note(
            Level::Blocker,
            "account-enrolled",
            Some(&resource.address),
            format!(
                "{} is enrolled in Control Tower; closed now it would stay enrolled, and its unit could not be \
                 registered again for 90 days",
                resource.address
            ),
            "leave it in `accounts` with `close: true`, in a unit that is not registered, by custom one called \
             Suspended; without a product of Account Factory Control Tower lets go of it only where \
             `auto_enroll: true`, or when you unmanage it in its console",
        ));
    }
}

/// A unit that holds accounts which the plan does not move away.
fn occupied(situation: &Situation<'_>, resource: &Resource, unit: &Address, notes: &mut Vec<Note>) {
    let Some(inside) = situation.snapshot.facts.occupants.get(unit) else {
        return;
    };
    let moves = situation.steps.iter().filter(|step| step.operation == "organizations:MoveAccount");
    let leaving: BTreeSet<&str> =
        moves.filter_map(|step| situation.snapshot.live.get(&step.address)?.attribute("id")).collect();
    let staying: Vec<&str> = inside.iter().map(String::as_str).filter(|id| !leaving.contains(id)).collect();
    if !staying.is_empty() {
        notes.push(note(
            Level::Blocker,
            "unit-not-empty",
            Some(&resource.address),
            format!("{} cannot go while accounts are in its unit: {}", resource.address, staying.join(", ")),
            "move them by giving each another organizational_unit in the document",
        ));
    }
}
