//! One resource's change as steps, before anything is said about order.
//!
//! Which verb mends which field, and what travels together, is the table of the
//! kind; nothing here knows a kind.

use std::collections::BTreeMap;

use serde_json::Value;

use super::step::{FieldChange, Step, StepId};
use crate::catalog::operations;
use crate::diff::{Change, Difference, Standing};
use crate::model::kinds::{Compare, KindInfo, Verb, info};
use crate::model::resource::Presence;
use crate::model::{Fields, Resource};

/// The steps that one resource goes through, in the order of its kind's verbs.
pub(super) fn steps_of(resource: &Resource, change: &Change, members: u64) -> Vec<Step> {
    let info = info(resource.address.kind);
    match (&change.standing, resource.presence) {
        (Standing::Missing, Presence::Ensure | Presence::OnDemand) => {
            mending(resource, change, info, true, members)
        }
        (Standing::Present, _) => mending(resource, change, info, false, members),
        (Standing::Unwanted, _) => {
            let mut steps = mending(resource, change, info, false, members);
            let delete = info.remover().map(|verb| {
                let reasons = vec!["the document removes it".to_owned()];
                Builder { resource, change, members }.step(verb, "", &[], reasons)
            });
            steps.extend(delete);
            steps
        }
        _ => Vec::new(),
    }
}

/// A step that another resource's change sets off.
pub(super) fn triggered(
    resource: &Resource,
    change: &Change,
    verb: &str,
    why: String,
    members: u64,
) -> Option<Step> {
    let verb = info(resource.address.kind).verb(verb)?;
    Some(Builder { resource, change, members }.step(verb, "", &[], vec![why]))
}

/// Differences gathered by the verb (and leaf) that mends them.
type Groups<'c> = BTreeMap<(usize, String), Vec<(&'c String, &'c Difference)>>;

fn mending(
    resource: &Resource,
    change: &Change,
    info: &'static KindInfo,
    missing: bool,
    members: u64,
) -> Vec<Step> {
    let mut groups = Groups::new();
    let creates = missing && info.creator().is_some();
    if creates {
        groups.insert((0, String::new()), Vec::new());
    }
    let fixed = |d: &Difference| !missing && matches!(d.rule.compare, Compare::Fixed | Compare::CreateOnly);
    // How many leaves each batching verb has so far, and the leaf that its batch is named for.
    let mut batches: BTreeMap<usize, (usize, &str)> = BTreeMap::new();
    for (field, difference) in change.differences.iter().filter(|(_, d)| !fixed(d)) {
        let verb = mender(change, info, difference, missing);
        let Some(index) = info.verbs.iter().position(|v| v.name == verb) else {
            continue;
        };
        let leaf = match difference.rule.batch {
            _ if creates && index == 0 => "",
            Some(most) => {
                let (count, name) = batches.entry(index).or_insert((0, &difference.leaf));
                if *count == most {
                    (*count, *name) = (0, &difference.leaf);
                }
                *count += 1;
                name
            }
            None if difference.rule.fold => "",
            None => difference.leaf.as_str(),
        };
        groups.entry((index, leaf.to_owned())).or_default().push((field, difference));
    }
    let planned: Vec<&Verb> = groups.keys().map(|(index, _)| &info.verbs[*index]).collect();
    let superseded = |verb: &Verb| planned.iter().any(|other| other.supersedes.contains(&verb.name));
    let builder = Builder { resource, change, members };
    groups
        .iter()
        .map(|((index, leaf), fields)| (&info.verbs[*index], leaf, fields))
        .filter(|(verb, ..)| !superseded(verb))
        .map(|(verb, leaf, fields)| {
            let creating = creates && std::ptr::eq(verb, &raw const info.verbs[0]);
            builder.step(verb, leaf, fields, reasons(creating, fields))
        })
        .collect()
}

/// The verb that mends a difference: the one that carries the field if it runs
/// anyway, else the field's own.
fn mender(change: &Change, info: &KindInfo, difference: &Difference, missing: bool) -> &'static str {
    if difference.is_surplus() {
        return difference.verb();
    }
    let creator = info.creator().map(|verb| verb.name);
    match difference.rule.carried_by {
        Some(carrier) if Some(carrier) == creator && missing => carrier,
        Some(carrier) if Some(carrier) != creator => {
            let runs = change
                .differences
                .values()
                .any(|other| other.rule.verb == carrier && other.leaf == difference.leaf);
            if runs { carrier } else { difference.rule.verb }
        }
        _ => difference.rule.verb,
    }
}

fn reasons(creates: bool, fields: &[(&String, &Difference)]) -> Vec<String> {
    if creates {
        return vec!["it does not exist".to_owned()];
    }
    fields
        .iter()
        .map(|(field, difference)| match difference.from {
            Some(_) if difference.is_surplus() => format!("`{field}` is not in the document"),
            Some(_) => format!("`{field}` differs"),
            None => format!("`{field}` is not set"),
        })
        .collect()
}

/// What every step of one resource shares.
struct Builder<'r> {
    resource: &'r Resource,
    change: &'r Change,
    members: u64,
}

impl Builder<'_> {
    fn step(&self, verb: &Verb, leaf: &str, fields: &[(&String, &Difference)], reasons: Vec<String>) -> Step {
        let address = &self.resource.address;
        let row = operations::table().get(verb.operation);
        let base = row.and_then(|row| row.usual_seconds).unwrap_or(1);
        let more = row.and_then(|row| row.seconds_per_member).unwrap_or(0) * self.members;
        Step {
            id: StepId::of(address, verb.name, leaf),
            address: address.clone(),
            action: verb.action,
            verb: verb.name.to_owned(),
            item: leaf.to_owned(),
            operation: verb.operation.to_owned(),
            inputs: self.inputs(verb, fields),
            keys: self.change.keys.clone(),
            changes: fields.iter().filter_map(|(field, d)| shown(field, d)).collect(),
            reasons,
            origin: self.resource.origin.clone(),
            needs: Vec::new(),
            lane: row.and_then(|row| row.lane.clone()).unwrap_or_else(|| verb.operation.to_owned()),
            also: Vec::new(),
            usual_seconds: base + more,
            consent: self.consent(verb, fields),
        }
    }

    fn inputs(&self, verb: &Verb, fields: &[(&String, &Difference)]) -> Fields {
        let info = info(self.resource.address.kind);
        let carried = self.change.target.iter().filter(|(field, _)| {
            info.rule(field).is_some_and(|(rule, _)| verb.carries.contains(&rule.field))
        });
        let mut inputs: Fields = carried.map(|(field, value)| (field.clone(), value.clone())).collect();
        let said = fields.iter().filter(|(_, d)| d.rule.compare != Compare::Condition);
        // What is taken away is named by its live value.
        let value =
            |d: &Difference| d.from.clone().filter(|_| d.is_surplus()).unwrap_or_else(|| d.to.clone());
        inputs.extend(said.map(|(field, d)| ((*field).clone(), value(d))));
        inputs
    }

    fn consent(&self, verb: &Verb, fields: &[(&String, &Difference)]) -> Option<String> {
        let by_field = fields.iter().find_map(|(_, difference)| {
            let class = difference.rule.consent.filter(|_| difference.from.is_some())?;
            let name = difference.to.as_str().unwrap_or_default();
            Some(format!("{class}.{name}"))
        });
        let address = &self.resource.address;
        // What there is only one of is named by its kind.
        let name = if address.name.is_empty() { address.kind.name() } else { &address.name };
        let name = self.resource.keys.get("consent_as").and_then(Value::as_str).unwrap_or(name);
        by_field.or_else(|| verb.consent.map(|class| format!("{class}.{name}")))
    }
}

fn shown(field: &str, difference: &Difference) -> Option<FieldChange> {
    let change =
        FieldChange { field: field.to_owned(), from: difference.from.clone(), to: difference.to.clone() };
    let reported = difference.rule.compare == Compare::Condition && change.from.is_none();
    (!reported && change.from.as_ref() != Some(&change.to)).then_some(change)
}
