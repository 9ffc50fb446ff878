//! One resource's standing and its differences.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{below, compare};
use crate::graph::ResourceGraph;
use crate::model::kinds::{Compare, FieldRule, info};
use crate::model::reference::{Reference, is_known, resolve};
use crate::model::resource::Presence;
use crate::model::{Address, Fields, Live, Resource};
use crate::observe::Snapshot;

/// Every resource's change, in-sync ones included.
pub type ChangeSet = BTreeMap<Address, Change>;

/// How a resource stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is not there.
    Missing,
    /// It is there, with or without differences.
    Present,
    /// It is there and shall go.
    Unwanted,
    /// It could not be read: nothing is planned for it.
    Unreadable(String),
    /// Nothing can be done about it before something else has run for a time.
    NotYet(String),
}

/// What differs in one resource.
#[derive(Debug, Clone)]
pub struct Change {
    /// How it stands.
    pub standing: Standing,
    /// Wanted values of every field, over what is live or what a creation starts
    /// from, with all known references filled in.
    pub target: Fields,
    /// The natural keys, with all known references filled in.
    pub keys: Fields,
    /// Fields that differ, by name.
    pub differences: BTreeMap<String, Difference>,
}

/// One field that differs.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The rule of the field's kind.
    pub rule: &'static FieldRule,
    /// The leaf within the rule's group, or empty.
    pub leaf: String,
    /// The live value.
    pub from: Option<Value>,
    /// The wanted value; null for a leaf that is to be taken away.
    pub to: Value,
}

impl Difference {
    /// The verb that mends it when no other carries it.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        self.rule.surplus.filter(|_| self.is_surplus()).unwrap_or(self.rule.verb)
    }

    /// Whether the leaf is live and not wanted.
    #[must_use]
    pub fn is_surplus(&self) -> bool {
        self.to.is_null()
    }
}

/// Holds every resource against what was seen.
#[must_use]
pub fn compare_all(graph: &ResourceGraph, snapshot: &Snapshot) -> ChangeSet {
    let known = |reference: &Reference| attribute(snapshot, reference);
    graph
        .resources
        .iter()
        .map(|(address, resource)| (address.clone(), compare_one(resource, snapshot, &known)))
        .collect()
}

/// An attribute that the snapshot knows.
#[must_use]
pub fn attribute(snapshot: &Snapshot, reference: &Reference) -> Option<String> {
    let live = snapshot.live.get(&reference.address)?;
    live.attribute(&reference.attribute).map(str::to_owned)
}

fn compare_one(
    resource: &Resource,
    snapshot: &Snapshot,
    known: &dyn Fn(&Reference) -> Option<String>,
) -> Change {
    let address = &resource.address;
    let live = snapshot.live.get(address);
    let not_yet = snapshot.facts.not_yet.get(address);
    let standing = match (snapshot.gaps.get(address), live, resource.presence) {
        (Some(gap), _, _) => Standing::Unreadable(gap.to_string()),
        _ if not_yet.is_some() => Standing::NotYet(not_yet.cloned().unwrap_or_default()),
        (None, None, _) => Standing::Missing,
        (None, Some(_), Presence::Remove) => Standing::Unwanted,
        (None, Some(_), _) => Standing::Present,
    };
    let filled = |fields: &Fields| -> Fields {
        fields.iter().map(|(name, value)| (name.clone(), resolve(value, known))).collect()
    };
    let mut wanted = filled(&resource.fields);
    wanted.extend(below::leaves(resource, snapshot, known));
    let start = filled(&resource.at_creation);
    let target = targets(resource, &wanted, &start, live);
    let differences = match standing {
        _ if resource.presence == Presence::LeftAlone => BTreeMap::new(),
        Standing::Present | Standing::Missing => differences(resource, &target, &wanted, &start, live),
        // What hangs on it is taken away before it goes itself.
        Standing::Unwanted => surplus(resource, &wanted, live).collect(),
        Standing::Unreadable(_) | Standing::NotYet(_) => BTreeMap::new(),
    };
    Change { standing, target, keys: filled(&resource.keys), differences }
}

/// What each field shall be in full: the document's word laid over the live value,
/// or over what a creation starts from.
fn targets(resource: &Resource, wanted: &Fields, start: &Fields, live: Option<&Live>) -> Fields {
    let version = |fields: &Fields| fields.get("version").and_then(Value::as_str).map(str::to_owned);
    let info = info(resource.address.kind);
    let mut target = Fields::new();
    for (name, value) in wanted {
        let Some((rule, _)) = info.rule(name) else {
            continue;
        };
        let base = live.and_then(|live| live.fields.get(name)).or_else(|| start.get(name));
        let base = match (rule.compare, base, live) {
            (Compare::Manifest, Some(base), Some(live)) => {
                let from = version(&live.fields).unwrap_or_default();
                Some(super::manifest::carried_over(base, &from, &version(wanted).unwrap_or_default()))
            }
            _ => base.cloned(),
        };
        target.insert(name.clone(), compare::overlay(rule.compare, base.as_ref(), value));
    }
    target
}

fn differences(
    resource: &Resource,
    target: &Fields,
    wanted: &Fields,
    start: &Fields,
    live: Option<&Live>,
) -> BTreeMap<String, Difference> {
    let info = info(resource.address.kind);
    let mut found = BTreeMap::new();
    for (name, value) in wanted {
        let Some((rule, leaf)) = info.rule(name) else {
            continue;
        };
        // What AWS puts on something as soon as it is made is not there yet, and will be.
        let to_come = || start.get(name).filter(|start| value.is_null() && !is_known(start));
        let from = match live {
            Some(live) => live.fields.get(name).or_else(to_come),
            None => start.get(name).filter(|_| rule.carried_by.is_none()),
        };
        if rule.compare == Compare::CreateOnly && live.is_some() {
            continue;
        }
        // A leaf that shall not be there, and is not.
        if value.is_null() && from.is_none() {
            continue;
        }
        if from.is_some_and(|from| compare::agree(rule.compare, from, value)) {
            continue;
        }
        let difference = Difference {
            rule,
            leaf: leaf.to_owned(),
            from: from.cloned(),
            to: target.get(name).unwrap_or(value).clone(),
        };
        found.insert(name.clone(), difference);
    }
    found.extend(surplus(resource, wanted, live));
    found
}

/// Leaves that are live in a group which the document lists in full, and that it
/// does not name.
fn surplus<'l>(
    resource: &'l Resource,
    wanted: &'l Fields,
    live: Option<&'l Live>,
) -> impl Iterator<Item = (String, Difference)> + 'l {
    let info = info(resource.address.kind);
    let live = live.into_iter().flat_map(|live| &live.fields);
    let unnamed = live.filter(|(name, _)| resource.lists_all_of(name) && !wanted.contains_key(*name));
    unnamed.filter_map(move |(name, value)| {
        let (rule, leaf) = info.rule(name).filter(|(rule, _)| rule.surplus.is_some())?;
        let difference =
            Difference { rule, leaf: leaf.to_owned(), from: Some(value.clone()), to: Value::Null };
        Some((name.clone(), difference))
    })
}
