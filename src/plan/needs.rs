//! Which step waits for which, and why.
//!
//! Three sources: steps of one resource follow each other; a step waits for the
//! resource whose attribute it uses; the graph's edges hold up the verbs they
//! name. Where a provider has nothing to do, the wait passes through it to what it
//! waits for itself, so an order that AWS demands is kept along a chain.

use std::collections::{BTreeMap, BTreeSet};

use super::step::{Need, Step, StepId};
use super::triggers::Drafts;
use crate::graph::{ResourceGraph, Until};
use crate::model::Address;
use crate::model::kinds::info;
use crate::model::reference::references;

/// Finds needs; remembers what passing through a resource without steps leads to.
pub(super) struct Needs<'p> {
    graph: &'p ResourceGraph,
    drafts: &'p Drafts,
    through: BTreeMap<&'p Address, BTreeSet<StepId>>,
}

impl<'p> Needs<'p> {
    /// Over a graph and all its drafted steps.
    pub(super) fn new(graph: &'p ResourceGraph, drafts: &'p Drafts) -> Self {
        let mut needs = Self { graph, drafts, through: BTreeMap::new() };
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
        let mut found: BTreeMap<StepId, String> = BTreeMap::new();
        let mut note = |id: StepId, rule: &str| {
            found.entry(id).or_insert_with(|| rule.to_owned());
        };
        if let Some(before) = index.checked_sub(1).and_then(|i| self.steps(&step.address).get(i)) {
            note(before.id.clone(), "same-resource");
        }
        for edge in self.graph.edges_of(&step.address).filter(|edge| edge.holds(&step.verb)) {
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
                note(id, "refers");
            }
        }
        found.remove(&step.id);
        found.into_iter().map(|(step, rule)| Need { step, rule }).collect()
    }

    fn steps(&self, address: &Address) -> &'p [Step] {
        self.drafts.get(address).map(Vec::as_slice).unwrap_or_default()
    }

    /// The step that brings a resource into being, if one is planned.
    fn until_exists(&self, provider: &Address) -> BTreeSet<StepId> {
        let creator = info(provider.kind).creator().map(|verb| verb.name);
        let first = self.steps(provider).first().filter(|step| Some(step.verb.as_str()) == creator);
        first.map(|step| step.id.clone()).into_iter().collect()
    }

    /// The last step of a resource, or what lies beyond one that has none.
    fn until_settled(&self, provider: &Address) -> BTreeSet<StepId> {
        match self.steps(provider).last() {
            Some(step) => BTreeSet::from([step.id.clone()]),
            None => self.through.get(provider).cloned().unwrap_or_default(),
        }
    }
}
