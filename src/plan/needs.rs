//! Which step waits for which, and why.
//!
//! Three sources: steps of one resource follow each other; a step waits for the
//! resource whose attribute it uses; the graph's edges hold up the verbs they
//! name. Where a provider has nothing to do, the wait passes through it to what it
//! waits for itself, so an order that AWS demands is kept along a chain.

use std::collections::{BTreeMap, BTreeSet};

use super::step::{Need, Step, StepId};
use super::triggers::Drafts;
use crate::graph::{REFERS, ResourceGraph, Until};
use crate::model::Address;
use crate::model::kinds::{Verb, info};
use crate::model::reference::references;

/// What others have to know of a drafted step.
struct Mark {
    id: StepId,
    verb: Option<&'static Verb>,
}

/// Finds needs; remembers what passing through a resource without steps leads to.
pub(super) struct Needs<'p> {
    graph: &'p ResourceGraph,
    marks: BTreeMap<Address, Vec<Mark>>,
    through: BTreeMap<&'p Address, BTreeSet<StepId>>,
}

impl<'p> Needs<'p> {
    /// Over a graph and all its drafted steps, which are not needed any more.
    pub(super) fn new(graph: &'p ResourceGraph, drafts: &Drafts) -> Self {
        let mark = |step: &Step| Mark { id: step.id.clone(), verb: info(step.address.kind).verb(&step.verb) };
        let marks = drafts.iter().map(|(address, steps)| (address.clone(), steps.iter().map(mark).collect()));
        let mut needs = Self { graph, marks: marks.collect(), through: BTreeMap::new() };
        for address in graph.order() {
            if needs.steps(address).is_empty() {
                let beyond =
                    graph.edges_of(address).flat_map(|edge| needs.until_settled(&edge.provider)).collect();
                needs.through.insert(address, beyond);
            }
        }
        needs
    }

    /// What the step at `index` of its resource waits for, without repeats.
    pub(super) fn of(&self, step: &Step, index: usize) -> Vec<Need> {
        let mut found: BTreeMap<StepId, &str> = BTreeMap::new();
        let mut note = |id: StepId, rule: &'static str| {
            found.entry(id).or_insert(rule);
        };
        let all = self.steps(&step.address);
        let earlier = all.get(..index).unwrap_or_default();
        let apart = all.get(index).is_some_and(side_by_side);
        for before in if apart { before_run(earlier) } else { last_of(earlier) } {
            note(before.id.clone(), "same-resource");
        }
        // What a resource refers to is of concern to those of its steps that use it: a step which
        // deals with one account of ten thousand waits for that one.
        let edges = self.graph.edges_of(&step.address).filter(|edge| edge.rule != REFERS);
        for edge in edges.filter(|edge| edge.holds(&step.verb)) {
            let steps = match edge.until {
                Until::Exists => self.until_exists(&edge.provider),
                Until::Settled => self.until_settled(&edge.provider),
            };
            for id in steps {
                note(id, edge.rule);
            }
        }
        for reference in step.inputs.values().chain(step.keys.values()).flat_map(references) {
            for id in self.until_exists(&reference.address) {
                note(id, REFERS);
            }
        }
        found.remove(&step.id);
        found.into_iter().map(|(step, rule)| Need { step, rule: rule.to_owned() }).collect()
    }

    fn steps(&self, address: &Address) -> &[Mark] {
        self.marks.get(address).map(Vec::as_slice).unwrap_or_default()
    }

    /// The step that brings a resource into being, if one is planned.
    fn until_exists(&self, provider: &Address) -> BTreeSet<StepId> {
        let info = info(provider.kind);
        let brings = |step: &&Mark| step.verb.is_some_and(|verb| info.brings_about(verb));
        self.steps(provider).iter().find(brings).map(|step| step.id.clone()).into_iter().collect()
    }

    /// The last step of a resource, or what lies beyond one that has none.
    fn until_settled(&self, provider: &Address) -> BTreeSet<StepId> {
        let last = last_of(self.steps(provider));
        if last.is_empty() {
            return self.through.get(provider).cloned().unwrap_or_default();
        }
        last.iter().map(|step| step.id.clone()).collect()
    }
}

/// Whether a step need not wait for others of its resource that are of this sort too.
fn side_by_side(step: &Mark) -> bool {
    step.verb.is_some_and(|verb| verb.side_by_side)
}

/// Where the steps at the end that go side by side begin.
fn run(steps: &[Mark]) -> usize {
    steps.iter().rposition(|step| !side_by_side(step)).map_or(0, |last| last + 1)
}

/// The steps after which all of these are done: the last, or all that go side by side
/// at the end.
fn last_of(steps: &[Mark]) -> &[Mark] {
    let begin = run(steps).min(steps.len().saturating_sub(1));
    steps.get(begin..).unwrap_or_default()
}

/// The step before those at the end that go side by side.
fn before_run(steps: &[Mark]) -> &[Mark] {
    let end = run(steps);
    steps.get(end.saturating_sub(1)..end).unwrap_or_default()
}
