//! `baselines` of units: what Control Tower lays into every account of a unit.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Expansion, account, enrolment, resource, the_landing_zone, unit};
use crate::catalog::baselines::{Baseline, by_word};
use crate::graph::edge::Edge;
use crate::graph::resource_graph::{ResourceGraph, SharedLane};
use crate::model::unit_path::UnitPath;
use crate::model::{Address, Kind, Origin, reference};
use crate::spec::document::{LandingZone, Placement};

/// The parameter that ties a unit's baseline to Identity Center.
const IDENTITY_CENTER: &str = "parameters.IdentityCenterEnabledBaselineArn";

pub(super) fn baseline_on(path: &UnitPath, word: &str) -> Address {
    Address::new(Kind::Baseline, format!("{path}:{word}"))
}

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    let Some(zone) = &spec.landing_zone else {
        return;
    };
    let members = members(expansion);
    for (path, said) in &spec.units {
        for word in &said.baselines {
            let Some(row) = by_word(word) else {
                continue;
            };
            let inside = members.get(path).map(Vec::as_slice).unwrap_or_default();
            one(expansion, zone, path, row, &said.origin, inside);
        }
    }
    enrolment::look_at_the_rest(expansion);
}

/// The accounts that the document places directly in each unit.
pub(super) fn members<'s>(expansion: &Expansion<'s>) -> BTreeMap<UnitPath, Vec<&'s String>> {
    let mut members: BTreeMap<UnitPath, Vec<&String>> = BTreeMap::new();
    for (name, said) in &expansion.spec.accounts {
        // One that shall be closed is not to be enrolled first.
        if let Placement::Unit(path) = &said.placement
            && !said.close
        {
            members.entry(path.clone()).or_default().push(name);
        }
    }
    members
}

fn one(
    expansion: &mut Expansion<'_>,
    zone: &LandingZone,
    path: &UnitPath,
    row: &Baseline,
    origin: &Origin,
    inside: &[&String],
) {
    let address = baseline_on(path, &row.word);
    let automatic = zone.auto_enroll == Some(true);
    let mut wanted = resource(address.clone(), Some(origin));
    let fields = &mut wanted.fields;
    fields.insert("target".to_owned(), reference::from(&unit(path), "arn"));
    if let Some(version) = row.version_for(&zone.version) {
        fields.insert("version".to_owned(), json!(version));
    }
    if row.takes_identity_center && zone.identity_center == Some(true) {
        let enabled = reference::from(&the_landing_zone(), "identity_center_baseline");
        fields.insert(IDENTITY_CENTER.to_owned(), enabled);
    }
    fields.insert("status".to_owned(), json!("SUCCEEDED"));
    fields.insert("drift".to_owned(), json!("IN_SYNC"));
    if !automatic {
        fields.insert("missing_members".to_owned(), json!([]));
    }
    wanted.keys.insert("baseline".to_owned(), json!(row.name));
    expansion.graph.members.insert(address.clone(), inside.len() as u64);
    order(expansion, &address, path, row);
    for name in inside {
        let member = account(name);
        enrolment::clear_the_way(expansion, &member);
        joined(&mut expansion.graph, &address, path, &member, automatic);
    }
    expansion.graph.add(wanted);
}

fn order(expansion: &mut Expansion<'_>, address: &Address, path: &UnitPath, row: &Baseline) {
    let zone = Edge::settled(address, &the_landing_zone(), "landing-zone-first");
    expansion.graph.connect(zone);
    let again = Edge::settled(address, &the_landing_zone(), "reregister-after-landing-zone-change");
    expansion.graph.connect(again.triggering(&["update"], "reset"));
    for word in &row.needs {
        let first = baseline_on(path, word);
        expansion.graph.connect(Edge::settled(address, &first, "control-tower-baseline-before-backup"));
    }
    // A unit with a suspended account in it cannot be registered: what leaves it goes first.
    for name in enrolment::outside(expansion.spec) {
        let gone = Edge::settled(address, &account(name), "leavers-before-registration");
        expansion.graph.connect(gone.only(&["create", "update", "reset"]));
    }
    for above in path.ancestors() {
        let words = expansion.spec.units.get(&above).map(|unit| unit.baselines.as_slice());
        for word in words.unwrap_or_default() {
            let parent = baseline_on(&above, word);
            expansion.graph.connect(Edge::settled(address, &parent, "parent-baseline-first"));
        }
    }
}

/// An account goes into its unit before the unit is registered, which enrols it.
/// Into a unit that is registered already it is enrolled automatically, one move
/// at a time, or by registering the unit again.
pub(super) fn joined(
    graph: &mut ResourceGraph,
    address: &Address,
    path: &UnitPath,
    member: &Address,
    automatic: bool,
) {
    graph.connect(Edge::settled(address, member, "members-before-registration"));
    if automatic {
        if let Some(wanted) = graph.resources.get_mut(member) {
            wanted.keys.insert("enrolled_by".to_owned(), json!("move"));
        }
        graph.shared_lanes.push(SharedLane {
            address: member.clone(),
            verb: "move",
            lane: format!("enrolment({path})"),
            while_live: address.clone(),
        });
    } else {
        let again = Edge::settled(address, member, "reregister-after-joining");
        graph.connect(again.triggering(&["move"], "reset"));
    }
}
