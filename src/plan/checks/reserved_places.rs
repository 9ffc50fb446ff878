//! Places for policies that Control Tower will take: it carries controls out as policies of
//! its own on their unit, packed into one of each type (Control Tower User Guide, drift).
//!
//! In: the steps that enable controls, what the catalogue says of them, what is attached
//! now. Out: which units need a place more, and for which controls. Absent: the counting,
//! see `policies`.

use std::collections::BTreeMap;

use super::super::places::{Place, Traffic};
use super::super::planner::Situation;
use crate::catalog::policy_types::{self, OF_CONTROL_TOWER};
use crate::graph::control_place;
use crate::model::{Address, Kind};

/// Units by name and AWS's name of a type of policies, with the controls that will want a
/// policy of that type there.
pub(super) type Reserved<'s> = BTreeMap<(String, String), Vec<&'s Address>>;

/// What the controls that the plan enables will want.
pub(super) fn wanted<'s>(situation: &Situation<'s>) -> Reserved<'s> {
    let mut reserved = Reserved::new();
    for step in
        situation.steps.iter().filter(|step| step.address.kind == Kind::Control && step.verb == "create")
    {
        let Some((address, resource)) = situation.graph.resources.get_key_value(&step.address) else {
            continue;
        };
        let name = resource.keys.get("name").and_then(serde_json::Value::as_str).unwrap_or_default();
        let control = situation.snapshot.facts.controls.known.get(name);
        let kind = control.and_then(|control| control.policy_type());
        if let (Some(kind), Some((path, _))) = (kind, control_place(address)) {
            reserved.entry((path.to_string(), kind.to_owned())).or_default().push(address);
        }
    }
    reserved
}

/// The controls for which a place more is needed: none where Control Tower has its policy
/// there already, into which it packs them.
pub(super) fn at<'r, 's>(reserved: &'r Reserved<'s>, place: &Place, traffic: &Traffic) -> &'r [&'s Address] {
    let packed = traffic.live.iter().flatten().any(|(_, name)| name.starts_with(OF_CONTROL_TOWER));
    let controls = reserved.get(&(place.name.clone(), place.kind.clone())).filter(|_| !packed);
    controls.map(Vec::as_slice).unwrap_or_default()
}

/// Units where nothing else of the type comes or goes, as places without traffic.
pub(super) fn quiet(
    situation: &Situation<'_>,
    reserved: &Reserved<'_>,
    busy: &BTreeMap<Place, Traffic>,
) -> Vec<(Place, Traffic)> {
    let snapshot = situation.snapshot;
    let mut found = Vec::new();
    for (name, kind) in reserved.keys() {
        if busy.keys().any(|place| place.name == *name && place.kind == *kind) {
            continue;
        }
        let unit = snapshot.live.get(&Address::new(Kind::OrganizationalUnit, name.as_str()));
        let Some(target) = unit.and_then(|unit| unit.attribute("id")) else { continue };
        let attached = snapshot.facts.attached.get(target).and_then(|types| types.get(kind)).cloned();
        let quota = snapshot.facts.policy_quotas.get(kind).and_then(|quota| quota.attached);
        let row = policy_types::by_name(kind);
        let place = Place { kind: kind.clone(), target: target.to_owned(), name: name.clone() };
        let limit = quota.or_else(|| row.map(|row| row.attached));
        found.push((place, Traffic { live: attached, limit, ..Traffic::default() }));
    }
    found
}
