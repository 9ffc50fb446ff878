//! Changes that make a step necessary elsewhere: a landing zone that is updated
//! reaches accounts only when their unit is registered again.

use std::collections::BTreeMap;

use super::draft;
use super::step::Step;
use crate::catalog::ordering;
use crate::diff::{ChangeSet, Standing};
use crate::graph::ResourceGraph;
use crate::model::Address;
use crate::model::kinds::info;
use crate::observe::Snapshot;

/// Steps by the resource they change.
pub(super) type Drafts = BTreeMap<Address, Vec<Step>>;

/// Adds the steps that planned changes set off, providers first so that one can
/// set off the next.
pub(super) fn add(graph: &ResourceGraph, changes: &ChangeSet, drafts: &mut Drafts) {
    for address in graph.order() {
        let Some((resource, change)) = graph.resources.get(address).zip(changes.get(address)) else {
            continue;
        };
        if change.standing != Standing::Present {
            continue;
        }
        for edge in graph.edges_of(address) {
            let Some(trigger) = edge.triggers else {
                continue;
            };
            let cause = drafts
                .get(&edge.provider)
                .and_then(|steps| steps.iter().find(|step| trigger.on.contains(&step.verb.as_str())));
            let Some(cause) = cause else {
                continue;
            };
            let reason = ordering::rule(edge.rule).map_or(edge.rule, |rule| rule.reason.as_str());
            let why = format!("{}: {reason}", cause.id);
            let members = graph.members.get(address).copied().unwrap_or(0);
            if !already(drafts, address, trigger.verb) {
                let step = draft::triggered(resource, change, trigger.verb, why, members);
                drafts.entry(address.clone()).or_default().extend(step);
            }
        }
    }
}

/// Adds the steps that carry a change of something into the copies which AWS keeps of
/// it elsewhere.
pub(super) fn spread(graph: &ResourceGraph, changes: &ChangeSet, snapshot: &Snapshot, drafts: &mut Drafts) {
    for address in &snapshot.facts.copied {
        let Some((resource, change)) = graph.resources.get(address).zip(changes.get(address)) else {
            continue;
        };
        let info = info(address.kind);
        let planned = drafts.get(address).into_iter().flatten();
        let cause = planned
            .filter_map(|step| Some((step, info.verb(&step.verb)?.spread_by?)))
            .map(|(step, verb)| {
                (format!("{}: the copies in accounts do not follow by themselves", step.id), verb)
            })
            .next();
        let Some((why, verb)) = cause.filter(|(_, verb)| !already(drafts, address, verb)) else {
            continue;
        };
        let step = draft::triggered(resource, change, verb, why, 0);
        drafts.entry(address.clone()).or_default().extend(step);
    }
}

/// Whether the verb, or one that repairs the same and more, is planned already.
fn already(drafts: &Drafts, address: &Address, verb: &str) -> bool {
    let info = info(address.kind);
    drafts.get(address).into_iter().flatten().any(|step| {
        let supersedes = info.verb(&step.verb).is_some_and(|planned| planned.supersedes.contains(&verb));
        step.verb == verb || supersedes
    })
}
