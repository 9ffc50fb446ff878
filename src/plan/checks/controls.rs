//! Controls: what only the live catalogue can tell about them.
//!
//! Names that mean nothing, parameters that do not fit, controls that exclude each
//! other, controls that a unit inherits anyway. Sources: Control Catalog API
//! reference, GetControl and ListControlMappings; Control Tower User Guide,
//! nested-ous; Controls Reference Guide, control-relationships and
//! cannot-change-with-gr-api.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::catalog::controls as catalogue;
use crate::diff::Standing;
use crate::graph::{control_place, exclude};
use crate::model::controls::{Behavior, Control};
use crate::model::resource::Presence;
use crate::model::unit_path::UnitPath;
use crate::model::{Address, Kind, Resource};

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let facts = &situation.snapshot.facts.controls;
    let all: Vec<&Resource> =
        situation.graph.resources.values().filter(|one| one.address.kind == Kind::Control).collect();
    let Some(first) = all.first() else { return };
    if let Some(why) = &facts.unread {
        let message = format!("the Control Catalog could not be read: {why}");
        let hint = "give the caller controlcatalog:ListControls, GetControl and ListControlMappings";
        notes.push(note(Level::Blocker, "control-catalog-unread", Some(&first.address), message, hint));
        return;
    }
    let zone = situation.graph.resources.contains_key(&Address::only(Kind::LandingZone));
    if situation.snapshot.facts.landing_zone == Some(false) && !zone {
        let message = "there is no landing zone, so no control can be enabled".to_owned();
        let hint = "say `landing_zone` in the document";
        notes.push(note(Level::Blocker, "no-landing-zone", Some(&first.address), message, hint));
    }
    for resource in all.iter().filter(|one| one.presence != Presence::LeftAlone) {
        match known(situation, resource) {
            Some(control) => fitting(situation, resource, control, notes),
            None => unknown(situation, resource, notes),
        }
    }
    together(situation, &all, notes);
    inherited(situation, &all, notes);
    for (framework, names) in &facts.left_out {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        notes.push(note(
            Level::Info,
            "framework-controls-left-out",
            None,
            format!(
                "of {framework} these are left out, needing parameters or not changeable: {}",
                names.join(", ")
            ),
            "list those that need parameters by name, with parameters",
        ));
    }
}

fn known<'s>(situation: &'s Situation<'_>, resource: &Resource) -> Option<&'s Control> {
    let name = resource.keys.get("name").and_then(Value::as_str)?;
    situation.snapshot.facts.controls.known.get(name)
}

/// Where the document says it, in brackets.
fn said_at(resource: &Resource) -> String {
    resource.origin.as_ref().map(|origin| format!(" ({origin})")).unwrap_or_default()
}

fn unknown(situation: &Situation<'_>, resource: &Resource, notes: &mut Vec<Note>) {
    let facts = &situation.snapshot.facts.controls;
    let text = |key: &str| resource.keys.get(key).and_then(Value::as_str);
    let (what, near) = match text("framework") {
        Some(framework) => (format!("framework `{framework}`"), facts.unknown_frameworks.get(framework)),
        None => {
            let name = text("name").unwrap_or_default();
            (format!("control `{name}`"), facts.unknown.get(name))
        }
    };
    let hint = match near.filter(|near| !near.is_empty()) {
        Some(near) => format!("nearest: {}", near.join(", ")),
        None => "`lzctl controls` lists what there is".to_owned(),
    };
    let message = format!("the Control Catalog has no {what}{}", said_at(resource));
    notes.push(note(Level::Blocker, "unknown-control", Some(&resource.address), message, &hint));
}

/// Parameters, and whether an API changes it at all.
fn fitting(situation: &Situation<'_>, resource: &Resource, control: &Control, notes: &mut Vec<Note>) {
    let mut block = |code: &str, message: String, hint: &str| {
        let message = format!("{message}{}", said_at(resource));
        notes.push(note(Level::Blocker, code, Some(&resource.address), message, hint));
    };
    if catalogue::is_unchangeable(&control.alias) {
        let message = format!("no API enables or disables {}", control.alias);
        block("unchangeable-control", message, "take it out of the document");
    }
    if resource.presence == Presence::Remove {
        return;
    }
    let said = resource.fields.get("parameters").and_then(Value::as_object);
    let missing = situation.changes.get(&resource.address).is_some_and(|c| c.standing == Standing::Missing);
    if said.is_none() && control.needs_parameters && missing {
        let message = format!("{} needs parameters", control.alias);
        block("control-parameters", message, "write it as `{ name, parameters }`");
    }
    let (Some(said), Some(takes)) = (said, &control.parameters) else { return };
    for name in said.keys().filter(|name| !takes.contains_key(*name)) {
        let takes: Vec<&str> = takes.keys().map(String::as_str).collect();
        let hint = if takes.is_empty() {
            "it takes none".to_owned()
        } else {
            format!("it takes {}", takes.join(", "))
        };
        block("control-parameters", format!("{} takes no parameter `{name}`", control.alias), &hint);
    }
    for (name, _) in takes.iter().filter(|(name, required)| **required && !said.contains_key(*name)) {
        block("control-parameters", format!("{} needs the parameter `{name}`", control.alias), "say it");
    }
}

/// The same control twice under two names, and controls that exclude each other:
/// of the document among themselves, and against what is enabled and stays.
fn together(situation: &Situation<'_>, all: &[&Resource], notes: &mut Vec<Note>) {
    let facts = &situation.snapshot.facts.controls;
    let mut units: BTreeMap<UnitPath, Vec<(&Address, &str)>> = BTreeMap::new();
    let going = |arn: &str, path: &UnitPath| {
        all.iter().any(|one| {
            one.presence == Presence::Remove
                && control_place(&one.address).is_some_and(|(on, _)| on == *path)
                && known(situation, one).is_some_and(|control| control.arn == arn)
        })
    };
    for resource in all.iter().filter(|one| one.presence != Presence::Remove) {
        if let (Some((path, _)), Some(control)) =
            (control_place(&resource.address), known(situation, resource))
        {
            let on_unit = units.entry(path).or_default();
            if let Some((first, _)) = on_unit.iter().find(|(_, arn)| *arn == control.arn) {
                let message = format!("{first} is the same control{}", said_at(resource));
                let hint = "name it once";
                notes.push(note(Level::Blocker, "control-twice", Some(&resource.address), message, hint));
            }
            on_unit.push((&resource.address, &control.arn));
        }
    }
    for (address, live) in &situation.snapshot.live {
        if let (Some((path, _)), Some(arn)) = (control_place(address), live.attribute("identifier")) {
            let stays = !going(arn, &path);
            if let Some(on_unit) = units.get_mut(&path).filter(|_| stays)
                && !on_unit.iter().any(|(_, other)| *other == arn)
            {
                on_unit.push((address, arn));
            }
        }
    }
    for on_unit in units.values() {
        for (index, (one, arn)) in on_unit.iter().enumerate() {
            for (other, other_arn) in on_unit.iter().skip(index + 1) {
                if exclude(facts, arn, other_arn) {
                    let origin = situation.graph.resources.get(*one).map(said_at).unwrap_or_default();
                    let message = format!("it and {other} exclude each other on one unit{origin}");
                    let hint = "keep one of them; one that is enabled goes with `remove`";
                    notes.push(note(Level::Blocker, "exclusive-controls", Some(one), message, hint));
                }
            }
        }
    }
}

/// A preventive control of a unit above holds here, too.
fn inherited(situation: &Situation<'_>, all: &[&Resource], notes: &mut Vec<Note>) {
    let mut places: BTreeMap<(&str, UnitPath), &Address> = BTreeMap::new();
    for resource in all.iter().filter(|one| one.presence != Presence::Remove) {
        let control = known(situation, resource).filter(|one| one.behavior == Behavior::Preventive);
        if let (Some((path, _)), Some(control)) = (control_place(&resource.address), control) {
            places.insert((&control.arn, path), &resource.address);
        }
    }
    for ((arn, path), address) in &places {
        let above = path.ancestors().find_map(|above| places.get(&(*arn, above)));
        if let Some(above) = above {
            let message = format!("a preventive control holds for the units below, too: {above} is enough");
            notes.push(note(Level::Info, "inherited-control", Some(address), message, ""));
        }
    }
}
