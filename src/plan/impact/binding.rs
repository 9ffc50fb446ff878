//! The policies that bind member accounts once the plan is carried out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::estate::{Closed, ROOT};
use crate::graph::ResourceGraph;
use crate::model::evaluation::Document;
use crate::model::reference::as_reference;
use crate::model::resource::Presence;
use crate::model::{Address, Kind, Live, Resource};
use crate::observe::Snapshot;
use crate::plan::step::{Step, StepId};

/// What a policy binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Principals of member accounts: a service control policy.
    Scp,
    /// Resources in member accounts: a resource control policy.
    Rcp,
}

impl Layer {
    /// The layer of a policy type by AWS's name; none for types that deny nothing.
    #[must_use]
    pub fn of(policy_type: &str) -> Option<Self> {
        match policy_type {
            "SERVICE_CONTROL_POLICY" => Some(Self::Scp),
            "RESOURCE_CONTROL_POLICY" => Some(Self::Rcp),
            _ => None,
        }
    }
}

/// One policy.
#[derive(Debug, Clone)]
pub struct Binding {
    /// Its address, or for one that the document does not have its name and id.
    pub name: String,
    /// What it binds.
    pub layer: Layer,
    /// What it says after the plan.
    pub document: Document,
    /// Where it is attached after the plan (in the words of
    /// [`super::estate::Seat`]), with the step that puts it into force there, if it is
    /// not in force already.
    pub targets: BTreeMap<String, Option<StepId>>,
}

/// The policies of the document that deny or narrow something, and the targets on which
/// nothing else allows anything once the plan is carried out.
#[must_use]
pub fn of_plan(graph: &ResourceGraph, steps: &[Step]) -> (Vec<Binding>, Closed) {
    let planned: BTreeSet<&StepId> = steps.iter().map(|step| &step.id).collect();
    let by = |address: &Address, verb: &str, item: &str| {
        let id = StepId::of(address, verb, item);
        planned.contains(&id).then_some(id)
    };
    let (mut bindings, mut closed) = (Vec::new(), Closed::new());
    let kept =
        |resource: &&Resource| resource.address.kind == Kind::Policy && resource.presence != Presence::Remove;
    for resource in graph.resources.values().filter(kept) {
        let address = &resource.address;
        let layer = resource.keys.get("type").and_then(Value::as_str).and_then(Layer::of);
        let Some(layer) = layer else { continue };
        let document = match resource.fields.get("content").map(Document::read) {
            Some(Ok(document)) => document,
            // What AWS made allows everything; what cannot be read is told elsewhere.
            Some(Err(_)) => continue,
            None => {
                let leaves = taken_away(resource).filter(|_| layer == Layer::Scp);
                closed.extend(leaves.map(|(target, leaf)| (target, by(address, "detach", leaf))));
                continue;
            }
        };
        // A document that changes comes into force with the step that writes it.
        let written = by(address, "update", "");
        let targets = resource.fields.iter().filter_map(|(field, value)| {
            let leaf = field.strip_prefix("targets.")?;
            Some((target(value)?, by(address, "attach", leaf).or_else(|| written.clone())))
        });
        bindings.push(Binding { name: address.to_string(), layer, document, targets: targets.collect() });
    }
    (bindings, closed)
}

/// Targets that the document wants an AWS-managed policy away from, with their leaves.
fn taken_away(resource: &Resource) -> impl Iterator<Item = (String, &str)> {
    resource.fields.iter().filter(|(_, value)| value.is_null()).filter_map(|(field, _)| {
        let leaf = field.strip_prefix("targets.")?;
        let id = resource.keys.get(&format!("not.{leaf}"))?;
        Some((target(id)?, leaf))
    })
}

/// What a target's id refers to, in the words of a seat. The management account is bound
/// by nothing.
fn target(id: &Value) -> Option<String> {
    let to = as_reference(id)?;
    match (to.address.kind, to.attribute.as_str()) {
        (Kind::Organization, "root_id") => Some(ROOT.to_owned()),
        (Kind::OrganizationalUnit | Kind::Account, "id") => Some(to.address.to_string()),
        _ => None,
    }
}

/// The policies in force that the document does not have, by what its places are called, and the places
/// on which nothing else allows anything. Where they are attached to units that it does not have they
/// bind none of its accounts that it could tell.
#[must_use]
pub fn standing(snapshot: &Snapshot) -> (Vec<Binding>, Closed) {
    let word = |(address, live): (&Address, &Live)| match address.kind {
        Kind::Organization => Some((live.attribute("root_id")?.to_owned(), ROOT.to_owned())),
        Kind::OrganizationalUnit | Kind::Account => {
            Some((live.attribute("id")?.to_owned(), address.to_string()))
        }
        _ => None,
    };
    let words: BTreeMap<String, String> = snapshot.live.iter().filter_map(word).collect();
    let policies = snapshot.facts.standing_policies.iter().filter_map(|(id, policy)| {
        let targets = policy.targets.iter().filter_map(|target| Some((words.get(target)?.clone(), None)));
        Some(Binding {
            name: format!("policy `{}` ({id}), which the document does not have,", policy.name),
            layer: Layer::of(&policy.kind)?,
            document: Document::read(&policy.content).ok()?,
            targets: targets.collect(),
        })
    });
    let closed = snapshot.facts.allow_listed.iter();
    let closed = closed.filter_map(|target| Some((words.get(target)?.clone(), None))).collect();
    (policies.filter(|binding| !binding.targets.is_empty()).collect(), closed)
}
