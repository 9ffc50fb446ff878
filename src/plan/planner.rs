//! From differences to a plan: draft, trigger, order, check, bind.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{FORMAT, Level, Note, Plan};
use super::needs::Needs;
use super::step::{Need, Step, StepId};
use super::triggers::{self, Drafts};
use super::{checks, consent, draft, fingerprint, impact, places};
use crate::catalog::operations;
use crate::diff::{ChangeSet, compare_all};
use crate::graph::{self, ResourceGraph};
use crate::model::resource::Presence;
use crate::model::{Address, Attributes, canonical};
use crate::observe::Snapshot;

/// What a check may look at.
pub(super) struct Situation<'p> {
    pub(super) graph: &'p ResourceGraph,
    pub(super) snapshot: &'p Snapshot,
    pub(super) changes: &'p ChangeSet,
    pub(super) steps: &'p [Step],
}

/// Makes the plan that brings the live organization to what the graph wants.
///
/// The same graph, snapshot and consents give the same plan, byte for byte.
#[must_use]
pub fn make(graph: &ResourceGraph, snapshot: &Snapshot, consents: &BTreeSet<String>) -> Plan {
    // What the document wants, in full: this is what its digest and later surveys are about.
    let resources: Vec<_> = graph.resources.values().cloned().collect();
    let settled = graph::settled(graph, &snapshot.facts.controls);
    let graph = settled.as_ref();
    let changes = compare_all(graph, snapshot);
    let mut drafts = drafts(graph, &changes);
    triggers::add(graph, &changes, &mut drafts);
    triggers::spread(graph, &changes, snapshot, &mut drafts);
    sort_by_verb(&mut drafts);
    drop_unasked(graph, &mut drafts);
    let deferred = drop_deferred(graph, &changes, &mut drafts);
    let beside = places::arrange(&mut drafts, snapshot);
    let steps = ordered(graph, snapshot, drafts, &beside);
    let harms = impact::of_plan(graph, snapshot, &steps);
    let steps = impact::hold_back(steps, &harms);
    let situation = Situation { graph, snapshot, changes: &changes, steps: &steps };
    let mut notes = checks::run(&situation);
    drop(changes);
    notes.extend(impact::notes(&harms, &steps));
    notes.extend(deferred);
    notes.sort();
    notes.dedup();
    let consents = consent::needed(&steps, consents);
    let mut plan = Plan {
        format: FORMAT,
        id: String::new(),
        account: snapshot.account.clone(),
        organization: snapshot.organization.clone(),
        partition: snapshot.partition.clone(),
        home_region: snapshot.home_region.clone(),
        spec_digest: canonical::digest(&resources).unwrap_or_default(),
        fingerprints: fingerprint::of_all(graph.resources.keys(), snapshot),
        read_fields: fingerprint::fields_of_all(graph.resources.keys(), snapshot),
        known: known(snapshot, graph),
        steps,
        consents,
        signatures: graph.signatures,
        notes,
        resources,
    };
    // As long as it has no name its digest is its name.
    plan.id = canonical::digest(&plan).unwrap_or_default();
    plan
}

/// The digest that names a plan: over all of it but the name itself.
#[must_use]
pub fn digest(plan: &Plan) -> String {
    let unnamed = Plan { id: String::new(), ..plan.clone() };
    canonical::digest(&unnamed).unwrap_or_default()
}

fn drafts(graph: &ResourceGraph, changes: &ChangeSet) -> Drafts {
    let mut drafts = Drafts::new();
    for (address, resource) in &graph.resources {
        let Some(change) = changes.get(address) else {
            continue;
        };
        let members = graph.members.get(address).copied().unwrap_or(0);
        let steps = draft::steps_of(resource, change, members);
        if !steps.is_empty() {
            drafts.insert(address.clone(), steps);
        }
    }
    drafts
}

/// Steps of one resource in the order of its kind's verbs, whoever added them.
fn sort_by_verb(drafts: &mut Drafts) {
    for (address, steps) in drafts {
        let info = crate::model::kinds::info(address.kind);
        let rank = |verb: &str| info.verbs.iter().position(|v| v.name == verb);
        steps.sort_by(|a, b| (rank(&a.verb), &a.item).cmp(&(rank(&b.verb), &b.item)));
    }
}

/// Drops what is created on demand where no planned step asks for it.
fn drop_unasked(graph: &ResourceGraph, drafts: &mut Drafts) {
    let on_demand = |address: &Address| {
        graph.resources.get(address).is_some_and(|resource| resource.presence == Presence::OnDemand)
    };
    let asked: BTreeSet<Address> = graph
        .edges
        .iter()
        .filter(|edge| on_demand(&edge.provider))
        .filter(|edge| drafts.get(&edge.dependent).into_iter().flatten().any(|step| edge.holds(&step.verb)))
        .map(|edge| edge.provider.clone())
        .collect();
    drafts.retain(|address, _| !on_demand(address) || asked.contains(address));
}

/// Steps that need an identifier which only another resource's working brings
/// forth cannot be planned yet; a later plan has them.
fn drop_deferred(graph: &ResourceGraph, changes: &ChangeSet, drafts: &mut Drafts) -> Vec<Note> {
    let mut notes = Vec::new();
    let unmade = |address: &Address| {
        let presence = graph.resources.get(address).map(|resource| resource.presence);
        let not_ours = matches!(presence, Some(Presence::MadeByAnother | Presence::LeftAlone));
        not_ours && changes.get(address).is_some_and(|c| c.standing == crate::diff::Standing::Missing)
    };
    let left_alone = |address: &Address| {
        graph.resources.get(address).is_some_and(|resource| resource.presence == Presence::LeftAlone)
    };
    for (address, steps) in drafts.iter_mut() {
        steps.retain(|step| {
            let mut inputs = step.inputs.values().flat_map(crate::model::reference::references);
            let Some(waits) = inputs.find(|reference| unmade(&reference.address)) else {
                return true;
            };
            if left_alone(&waits.address) {
                notes.push(Note {
                    level: Level::Blocker,
                    code: "left-alone-and-missing".to_owned(),
                    address: Some(address.clone()),
                    message: format!(
                        "{} needs {}, which the document leaves alone and which does not exist",
                        step.id, waits.address
                    ),
                    hint: Some("take it out of `leave_alone`".to_owned()),
                });
                return false;
            }
            notes.push(Note {
                level: Level::Info,
                code: "deferred".to_owned(),
                address: Some(address.clone()),
                message: format!("{} waits for {}, which the landing zone makes", step.id, waits.address),
                hint: Some("plan again after this one has been applied".to_owned()),
            });
            false
        });
    }
    drafts.retain(|_, steps| !steps.is_empty());
    notes
}

/// All steps in one order that satisfies every need, with needs and lanes filled in.
///
/// The graph's order of resources, and within a resource the order of verbs, is
/// such an order: every need points to an earlier resource or an earlier verb. Needs
/// `beside` the graph may still move steps behind others.
fn ordered(
    graph: &ResourceGraph,
    snapshot: &Snapshot,
    mut drafts: Drafts,
    beside: &BTreeMap<StepId, Vec<Need>>,
) -> Vec<Step> {
    let needs = Needs::new(graph, &drafts);
    let mut lanes: BTreeMap<(&Address, &str), BTreeSet<String>> = BTreeMap::new();
    let shared = graph.shared_lanes.iter().filter(|lane| snapshot.live.contains_key(&lane.while_live));
    for lane in shared {
        lanes.entry((&lane.address, lane.verb)).or_default().insert(lane.lane.clone());
    }
    let mut steps = Vec::new();
    for address in graph.order() {
        for (index, step) in drafts.remove(address).into_iter().flatten().enumerate() {
            let also: Vec<String> =
                lanes.get(&(address, step.verb.as_str())).into_iter().flatten().cloned().collect();
            let longer = also.iter().map(|lane| operations::table().usual_seconds_in(lane)).max();
            let usual_seconds = step.usual_seconds.max(longer.unwrap_or_default());
            let mut waits = needs.of(&step, index);
            let more = beside.get(&step.id).into_iter().flatten();
            let new: Vec<Need> =
                more.filter(|need| waits.iter().all(|known| known.step != need.step)).cloned().collect();
            waits.extend(new);
            steps.push(Step { needs: waits, also, usual_seconds, ..step });
        }
    }
    if beside.is_empty() { steps } else { places::in_order(steps) }
}

fn known(snapshot: &Snapshot, graph: &ResourceGraph) -> BTreeMap<Address, Attributes> {
    let of_ours = snapshot.live.iter().filter(|(address, _)| graph.resources.contains_key(*address));
    of_ours.map(|(address, live)| (address.clone(), live.attributes.clone())).collect()
}
