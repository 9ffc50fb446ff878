//! `controls` of units, in two stages.
//!
//! First, from the document alone: a resource for each control that is named or
//! that a guidance level has, and one that stands for each framework. Then, from
//! what the survey learned of the Control Catalog ([`settled`]): each control's
//! ARN, the order that follows from what it is, and a framework's controls in the
//! place of the framework. Both are pure.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::baselines::{baseline_on, members};
use super::{Expansion, resource, the_landing_zone, unit};
use crate::catalog::controls;
use crate::graph::edge::Edge;
use crate::graph::resource_graph::ResourceGraph;
use crate::model::controls::{Control, ControlFacts, FRAMEWORK_PREFIX, on_unit, short_name};
use crate::model::resource::Presence;
use crate::model::unit_path::UnitPath;
use crate::model::{Address, Kind, Origin, Resource, reference};
use crate::spec::document::{Controls, Unit};

/// What is wanted to hold nothing: the troubles of a control, by their remedies.
const TROUBLES: [&str; 4] = ["reset_for", "update_for", "disable_for", "enable_again_for"];

/// The address of a control on a unit, by the name that the document uses.
pub(super) fn control_on(path: &UnitPath, name: &str) -> Address {
    Address::new(Kind::Control, format!("{path}:{name}"))
}

/// A control on a unit, with nothing said of its parameters.
pub(super) fn wanted(path: &UnitPath, name: &str, origin: &Origin) -> Resource {
    let mut wanted = resource(control_on(path, short_name(name)), Some(origin));
    wanted.fields.insert("target".to_owned(), reference::from(&unit(path), "arn"));
    for trouble in TROUBLES {
        wanted.fields.insert(trouble.to_owned(), json!([]));
    }
    wanted.keys.insert("name".to_owned(), json!(name));
    wanted
}

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    let members = members(expansion);
    for (path, said) in &spec.units {
        let inside = members.get(path).map_or(0, Vec::len);
        // What is named comes first, so that its parameters win over a level's entry.
        for entry in &said.controls {
            if let Controls::Named { name, parameters } = &entry.which {
                let mut wanted = wanted(path, name, &entry.origin);
                if let Some(parameters) = parameters {
                    wanted.fields.insert("parameters".to_owned(), json!(parameters));
                }
                add(expansion, path, said, wanted, inside);
            }
        }
        for entry in &said.controls {
            match &entry.which {
                Controls::Named { .. } => {}
                Controls::Guidance(level) => {
                    for name in controls::of_guidance(level).unwrap_or_default() {
                        if !is_removed(expansion, path, name) {
                            add(expansion, path, said, wanted(path, name, &entry.origin), inside);
                        }
                    }
                }
                Controls::Framework(framework) => {
                    let name = format!("{FRAMEWORK_PREFIX}{framework}");
                    let mut all = wanted(path, &name, &entry.origin);
                    all.keys.insert("framework".to_owned(), json!(framework));
                    add(expansion, path, said, all, inside);
                }
            }
        }
    }
}

/// Whether the document takes a control away, which wins over a level that has it.
fn is_removed(expansion: &Expansion<'_>, path: &UnitPath, name: &str) -> bool {
    expansion.spec.remove.contains_key(&control_on(path, name).to_string())
}

fn add(expansion: &mut Expansion<'_>, path: &UnitPath, said: &Unit, wanted: Resource, inside: usize) {
    let address = wanted.address.clone();
    let zone = Edge::settled(&address, &the_landing_zone(), "landing-zone-before-controls");
    expansion.graph.connect(zone);
    for word in &said.baselines {
        let baseline = baseline_on(path, word);
        expansion.graph.connect(Edge::settled(&address, &baseline, "unit-baselines-before-controls"));
    }
    expansion.graph.members.insert(address, inside as u64);
    expansion.graph.add(wanted);
}

/// The graph with everything that the Control Catalog tells about its controls: a
/// pure function of both. What the catalogue does not know stays as it is, and the
/// plan's checks say so.
#[must_use]
pub fn settled<'g>(graph: &'g ResourceGraph, facts: &ControlFacts) -> Cow<'g, ResourceGraph> {
    if !graph.resources.keys().any(|address| address.kind == Kind::Control) {
        return Cow::Borrowed(graph);
    }
    let mut settled = graph.clone();
    unfold_frameworks(&mut settled, facts);
    identify(&mut settled, facts);
    order(&mut settled, facts);
    // Nothing waits for a control but the removal of its unit or baseline, and among
    // controls only hooks for what protects them: no ring can come of it.
    settled.finish().map_or(Cow::Borrowed(graph), Cow::Owned)
}

/// The unit's path and the control's name in an address.
#[must_use]
pub fn place(address: &Address) -> Option<(UnitPath, &str)> {
    let (path, name) = on_unit(&address.name).filter(|_| address.kind == Kind::Control)?;
    Some((path.parse().ok()?, name))
}

/// The control that a resource stands for.
fn known<'f>(resource: &Resource, facts: &'f ControlFacts) -> Option<&'f Control> {
    facts.known.get(resource.keys.get("name").and_then(Value::as_str)?)
}

fn unfold_frameworks(graph: &mut ResourceGraph, facts: &ControlFacts) {
    let frameworks: Vec<Resource> = graph
        .resources
        .values()
        .filter(|resource| resource.keys.get("framework").and_then(Value::as_str).is_some())
        .cloned()
        .collect();
    for framework in frameworks {
        let name = framework.keys.get("framework").and_then(Value::as_str).unwrap_or_default();
        let (Some(names), Some((path, _))) = (facts.frameworks.get(name), place(&framework.address)) else {
            continue;
        };
        let Some(origin) = framework.origin.clone() else { continue };
        graph.resources.remove(&framework.address);
        let inside = graph.members.remove(&framework.address);
        let (own, others): (Vec<Edge>, Vec<Edge>) = std::mem::take(&mut graph.edges)
            .into_iter()
            .partition(|edge| edge.dependent == framework.address);
        graph.edges = others;
        let there = arns_on(graph, &path, facts);
        for name in names {
            let arn = facts.known.get(name).map(|control| &control.arn);
            if arn.is_none_or(|arn| there.contains(arn)) {
                continue;
            }
            let wanted = wanted(&path, name, &origin);
            for edge in &own {
                graph.connect(Edge { dependent: wanted.address.clone(), ..edge.clone() });
            }
            graph.members.extend(inside.map(|inside| (wanted.address.clone(), inside)));
            graph.add(wanted);
        }
    }
}

/// ARNs of the controls that the document has on a unit already, those that it
/// takes away among them.
fn arns_on(graph: &ResourceGraph, path: &UnitPath, facts: &ControlFacts) -> BTreeSet<String> {
    let on = graph.resources.values().filter(|one| place(&one.address).is_some_and(|(on, _)| on == *path));
    on.filter_map(|one| known(one, facts)).map(|control| control.arn.clone()).collect()
}

fn identify(graph: &mut ResourceGraph, facts: &ControlFacts) {
    for resource in graph.resources.values_mut().filter(|one| one.address.kind == Kind::Control) {
        if let Some(control) = known(resource, facts) {
            resource.keys.insert("identifier".to_owned(), json!(control.arn));
            resource.keys.insert("purpose".to_owned(), json!(control.behavior.word()));
        }
    }
}

/// The edges that follow from what a control is.
fn order(graph: &mut ResourceGraph, facts: &ControlFacts) {
    let mut by_unit: BTreeMap<UnitPath, Vec<(Address, bool, &Control)>> = BTreeMap::new();
    for resource in graph.resources.values() {
        if let (Some((path, _)), Some(control)) = (place(&resource.address), known(resource, facts)) {
            let going = resource.presence == Presence::Remove;
            by_unit.entry(path).or_default().push((resource.address.clone(), going, control));
        }
    }
    let mut edges = Vec::new();
    for (path, on_unit) in &by_unit {
        let staying = || on_unit.iter().filter(|(_, going, _)| !going);
        let is_hook = |control: &Control| control.behavior == crate::model::controls::Behavior::Proactive;
        // AWS resets all hooks of a unit with one of them (get-new-hooks).
        let first_hook = staying().find(|(_, _, control)| is_hook(control)).map(|(address, ..)| address);
        for (address, _, control) in staying().filter(|(_, _, control)| control.works_in_accounts()) {
            if is_hook(control) && Some(address) != first_hook {
                continue;
            }
            let baselines = graph.resources.keys().filter(|other| {
                other.kind == Kind::Baseline
                    && other.name.rsplit_once(':').is_some_and(|(on, _)| on == path.as_str())
            });
            edges.extend(baselines.map(|baseline| {
                Edge::settled(address, baseline, "controls-reset-after-registration")
                    .only(&["reset"])
                    .triggering(&["update", "reset"], "reset")
            }));
        }
        let protection = staying().find(|(_, _, control)| control.alias == controls::hook_protection());
        if let Some((protection, ..)) = protection {
            let hooks = staying().filter(|(_, _, control)| is_hook(control));
            edges.extend(hooks.map(|(hook, ..)| Edge::settled(hook, protection, "hook-protection-first")));
        }
        for (coming, _, one) in staying() {
            for (leaving, _, other) in on_unit.iter().filter(|(_, going, _)| *going) {
                if exclude(facts, &one.arn, &other.arn) {
                    edges.push(Edge::settled(coming, leaving, "excluded-control-first"));
                }
            }
        }
    }
    graph.edges.extend(edges);
}

/// Whether two controls, by ARN, exclude each other on one target.
#[must_use]
pub fn exclude(facts: &ControlFacts, one: &str, other: &str) -> bool {
    let pair = if one < other { (one, other) } else { (other, one) };
    facts.exclusive.contains(&(pair.0.to_owned(), pair.1.to_owned()))
}
