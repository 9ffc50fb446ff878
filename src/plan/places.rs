//! What is attached where: policies of one type at one target, before and after.
//!
//! A target is shared by policies that know nothing of each other, so this order is
//! not in the graph. What replaces comes before what is taken away, and a target
//! never stands without either; only where no more policies fit does one go first,
//! while others of the type stay. In: drafted steps and what was seen. Out: the
//! drafts with such early detachments in front, and needs between steps.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::step::{Need, Step, StepId};
use super::triggers::Drafts;
use crate::catalog::policy_types;
use crate::model::{Address, Kind, canonical};
use crate::observe::Snapshot;

/// One target and one type of policies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// AWS's name of the type.
    pub(super) kind: String,
    /// The target's id, or a reference to one that is still to be made.
    pub(super) target: String,
    /// What the document calls it.
    pub(super) name: String,
}

/// What happens at a place.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    /// Policies that are attached now, by id, with their names; none when it could
    /// not be read.
    pub(super) live: Option<BTreeMap<String, String>>,
    /// Steps that attach, each with its policy.
    pub(super) attach: Vec<(StepId, Address)>,
    /// Steps that detach, each with its policy.
    pub(super) detach: Vec<(StepId, Address)>,
    /// How many policies of the type fit.
    pub(super) limit: Option<u64>,
    /// How many must stay.
    pub(super) least: u64,
}

impl Traffic {
    /// How many policies are there when everything is done.
    pub(super) fn finally(&self) -> u64 {
        (self.present() + self.attach.len() as u64).saturating_sub(self.detach.len() as u64)
    }

    fn present(&self) -> u64 {
        self.live.as_ref().map_or(0, |live| live.len() as u64)
    }

    /// How many must go before the others fit; none when that many cannot go first.
    pub(super) fn early(&self) -> Option<usize> {
        let Some(limit) = self.limit else { return Some(0) };
        let beyond = (self.present() + self.attach.len() as u64).saturating_sub(limit);
        let can = beyond <= self.detach.len() as u64 && self.present().saturating_sub(beyond) >= self.least;
        if beyond == 0 { Some(0) } else { usize::try_from(beyond).ok().filter(|_| can) }
    }
}

/// Everything that is attached or detached, by place.
pub(super) fn traffic<'s>(
    steps: impl Iterator<Item = &'s Step>,
    snapshot: &Snapshot,
) -> BTreeMap<Place, Traffic> {
    let mut places: BTreeMap<Place, Traffic> = BTreeMap::new();
    for step in steps.filter(|step| step.address.kind == Kind::Policy) {
        let field = step.inputs.iter().find(|(field, _)| field.starts_with("targets."));
        let Some((_, target)) = field else { continue };
        let target = target.as_str().map_or_else(|| canonical::text(target), str::to_owned);
        let Some(kind) = kind_of(step, snapshot) else { continue };
        let place = Place { kind, target, name: step.item.clone() };
        let entry = (step.id.clone(), step.address.clone());
        let traffic = places.entry(place.clone()).or_insert_with(|| seen(&place, snapshot));
        match step.verb.as_str() {
            "attach" => traffic.attach.push(entry),
            _ => traffic.detach.push(entry),
        }
    }
    for traffic in places.values_mut() {
        // What stands everywhere goes last: it may be all that allows anything.
        traffic.detach.sort_by_key(|(id, address)| (stands_everywhere(&address.name), id.clone()));
    }
    places
}

/// Whether AWS puts a policy of this name on everything.
pub(super) fn stands_everywhere(name: &str) -> bool {
    policy_types::all().iter().any(|row| row.everywhere.as_deref() == Some(name))
}

/// The type of a step's policy; one that is to go does not say it.
fn kind_of(step: &Step, snapshot: &Snapshot) -> Option<String> {
    let said = step.keys.get("type").and_then(Value::as_str);
    let live = || snapshot.live.get(&step.address)?.attribute("type");
    said.or_else(live).map(str::to_owned)
}

/// What a place holds before anything is done.
fn seen(place: &Place, snapshot: &Snapshot) -> Traffic {
    let facts = &snapshot.facts;
    let row = policy_types::by_name(&place.kind);
    let quota = facts.policy_quotas.get(&place.kind).and_then(|quota| quota.attached);
    let on = facts.policy_types.as_ref().is_some_and(|types| types.contains_key(&place.kind));
    let is_known = !place.target.starts_with('{');
    // A target that is still to be made, or a type that is not on yet, will have
    // what AWS puts everywhere and nothing else.
    let live = if on && is_known {
        facts.attached.get(&place.target).and_then(|types| types.get(&place.kind)).cloned()
    } else {
        let everywhere = row.and_then(|row| row.everywhere.clone());
        Some(everywhere.into_iter().map(|name| (format!("p-{name}"), name)).collect())
    };
    Traffic {
        live,
        limit: quota.or_else(|| row.map(|row| row.attached)),
        least: row.map_or(0, |row| row.least),
        ..Traffic::default()
    }
}

/// Needs between steps of different policies at one place; the drafts are brought
/// into the order that these needs allow.
pub(super) fn arrange(drafts: &mut Drafts, snapshot: &Snapshot) -> BTreeMap<StepId, Vec<Need>> {
    let places = traffic(drafts.values().flatten(), snapshot);
    let mut early: BTreeSet<StepId> = BTreeSet::new();
    let mut needs: BTreeMap<StepId, Vec<Need>> = BTreeMap::new();
    let mut need = |step: &StepId, other: &StepId, rule: &str| {
        needs.entry(step.clone()).or_default().push(Need { step: other.clone(), rule: rule.to_owned() });
    };
    for traffic in places.values() {
        let (first, later) = traffic.detach.split_at(traffic.early().unwrap_or(0).min(traffic.detach.len()));
        for (attach, _) in &traffic.attach {
            for (gone, _) in first {
                need(attach, gone, "room-first");
            }
            for (gone, _) in later {
                need(gone, attach, "attach-before-detach");
            }
        }
        early.extend(first.iter().map(|(id, _)| id.clone()));
    }
    // Every early detachment stands before all attachments of its policy, so that no
    // two policies can wait for each other.
    for steps in drafts.values_mut().filter(|steps| steps.iter().any(|step| early.contains(&step.id))) {
        let rank = |step: &Step| match step.verb.as_str() {
            "attach" => 1,
            "detach" if !early.contains(&step.id) => 2,
            "delete" => 3,
            _ => 0,
        };
        steps.sort_by_key(rank);
    }
    needs
}

/// The steps in an order that satisfies their needs, as near to the given one as
/// these allow.
pub(super) fn in_order(steps: Vec<Step>) -> Vec<Step> {
    let index: BTreeMap<StepId, usize> =
        steps.iter().enumerate().map(|(index, step)| (step.id.clone(), index)).collect();
    let mut waiting: Vec<usize> = vec![0; steps.len()];
    let mut waiters: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for (me, step) in steps.iter().enumerate() {
        for other in step.needs.iter().filter_map(|need| index.get(&need.step)) {
            waiting[me] += 1;
            waiters[*other].push(me);
        }
    }
    let mut ready: BTreeSet<usize> = (0..steps.len()).filter(|me| waiting[*me] == 0).collect();
    let mut order = Vec::with_capacity(steps.len());
    while let Some(me) = ready.pop_first() {
        order.push(me);
        for other in &waiters[me] {
            waiting[*other] -= 1;
            if waiting[*other] == 0 {
                ready.insert(*other);
            }
        }
    }
    // A ring would be a mistake of ours, for which no step may be lost.
    let seen: BTreeSet<usize> = order.iter().copied().collect();
    order.extend((0..steps.len()).filter(|me| !seen.contains(me)));
    let mut steps: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    order.into_iter().filter_map(|me| steps[me].take()).collect()
}
