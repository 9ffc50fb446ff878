//! Resources by address and the edges between them.
//!
//! Addresses outside, petgraph inside. References in field values are edges too:
//! [`ResourceGraph::finish`] adds them, refuses rings, and fixes one order in
//! which everything can be done.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::{DiGraph, NodeIndex};

use super::cycle::shortest_cycle;
use super::edge::Edge;
use super::{GraphError, Until};
use crate::model::reference::references;
use crate::model::resource::Presence;
use crate::model::signatures::SignatureRule;
use crate::model::{Address, Resource};

/// The rule of the edges that references in values imply.
pub const REFERS: &str = "refers";

/// A step that shares a lane of width because of where it goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SharedLane {
    /// The resource whose step it is.
    pub address: Address,
    /// Which verb.
    pub verb: &'static str,
    /// The lane, e.g. `enrolment(Workloads)`.
    pub lane: String,
    /// It counts only while this resource exists already.
    pub while_live: Address,
}

/// All desired resources and what waits for what.
#[derive(Debug, Clone, Default)]
pub struct ResourceGraph {
    /// By address.
    pub resources: BTreeMap<Address, Resource>,
    /// In no particular order until finished, then sorted.
    pub edges: Vec<Edge>,
    /// Lanes that depend on where a step goes.
    pub shared_lanes: Vec<SharedLane>,
    /// How many accounts a resource's operation reaches, for estimates.
    pub members: BTreeMap<Address, u64>,
    /// Who must have signed a plan of it.
    pub signatures: SignatureRule,
    order: Vec<Address>,
}

impl ResourceGraph {
    /// Adds a resource; the first of an address wins.
    pub fn add(&mut self, resource: Resource) {
        self.resources.entry(resource.address.clone()).or_insert(resource);
    }

    /// Adds an edge.
    pub fn connect(&mut self, edge: Edge) {
        self.edges.push(edge);
    }

    /// Adds the edges that references imply, drops edges to what is not there,
    /// refuses rings and fixes the order.
    ///
    /// # Errors
    /// [`GraphError::Cycle`] with the shortest ring and its reasons.
    pub fn finish(mut self) -> Result<Self, GraphError> {
        // Whatever is to go exists, or there is nothing to do: nobody waits for it
        // to come into being, and it may itself wait for those that name it.
        let going =
            |edge: &Edge| self.resources.get(&edge.provider).is_some_and(|r| r.presence == Presence::Remove);
        let implied: Vec<Edge> =
            self.resources.values().flat_map(reference_edges).filter(|edge| !going(edge)).collect();
        self.edges.extend(implied);
        let known: BTreeSet<Address> = self.resources.keys().cloned().collect();
        self.edges.retain(|edge| known.contains(&edge.dependent) && known.contains(&edge.provider));
        self.edges.sort();
        self.edges.dedup();
        self.order = self.sorted()?;
        Ok(self)
    }

    /// One order in which every resource comes after all it waits for.
    #[must_use]
    pub fn order(&self) -> &[Address] {
        &self.order
    }

    /// The edges of one dependent.
    pub fn edges_of<'g>(&'g self, dependent: &'g Address) -> impl Iterator<Item = &'g Edge> {
        let start = self.edges.partition_point(|edge| edge.dependent < *dependent);
        self.edges[start..].iter().take_while(move |edge| edge.dependent == *dependent)
    }

    /// Kahn's order over petgraph's adjacency, smallest address first, so that
    /// the order does not depend on insertion.
    fn sorted(&self) -> Result<Vec<Address>, GraphError> {
        let mut graph: DiGraph<&Address, &Edge> = DiGraph::new();
        let nodes: BTreeMap<&Address, NodeIndex> =
            self.resources.keys().map(|address| (address, graph.add_node(address))).collect();
        for edge in &self.edges {
            graph.add_edge(nodes[&edge.provider], nodes[&edge.dependent], edge);
        }
        let mut waiting: Vec<usize> =
            graph.node_indices().map(|n| graph.neighbors_directed(n, petgraph::Incoming).count()).collect();
        let free = |n: &NodeIndex| waiting[n.index()] == 0;
        let mut ready: BTreeSet<(&Address, NodeIndex)> =
            graph.node_indices().filter(free).map(|n| (graph[n], n)).collect();
        let mut order = Vec::with_capacity(waiting.len());
        while let Some((address, node)) = ready.pop_first() {
            order.push(address.clone());
            for next in graph.neighbors(node) {
                waiting[next.index()] -= 1;
                if waiting[next.index()] == 0 {
                    ready.insert((graph[next], next));
                }
            }
        }
        if order.len() == self.resources.len() { Ok(order) } else { Err(shortest_cycle(&graph)) }
    }
}

fn reference_edges(resource: &Resource) -> Vec<Edge> {
    let dependent = &resource.address;
    let values = resource.fields.iter().map(|(field, value)| (Some(field), value));
    let keys = resource.keys.values().map(|value| (None, value));
    let mut edges = Vec::new();
    for (field, value) in values.chain(keys) {
        for reference in references(value) {
            if reference.address == *dependent {
                continue;
            }
            let edge = Edge { until: Until::Exists, ..Edge::settled(dependent, &reference.address, REFERS) };
            edges.push(narrowed(edge, resource, field));
        }
    }
    edges
}

/// A field that no creating call carries holds up only its own verb.
fn narrowed(edge: Edge, resource: &Resource, field: Option<&String>) -> Edge {
    let info = crate::model::kinds::info(resource.address.kind);
    match field.and_then(|field| info.rule(field)) {
        Some((rule, _)) if rule.carried_by.is_none() => Edge { verbs: info.only(rule.verb), ..edge },
        _ => edge,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fields, Kind, reference};

    fn unit(name: &str) -> Resource {
        Resource {
            address: Address::new(Kind::OrganizationalUnit, name),
            fields: Fields::new(),
            keys: Fields::new(),
            at_creation: Fields::new(),
            whole: Default::default(),
            presence: Presence::Ensure,
            origin: None,
        }
    }

    #[test]
    fn a_reference_is_an_edge() {
        let mut child = unit("A/B");
        let parent = unit("A");
        child.fields.insert("parent".to_owned(), reference::from(&parent.address, "id"));
        let mut graph = ResourceGraph::default();
        graph.add(child.clone());
        graph.add(parent.clone());
        let graph = graph.finish().unwrap();
        assert_eq!(graph.order(), [parent.address, child.address.clone()]);
        let edge = graph.edges_of(&child.address).next().unwrap();
        assert_eq!((edge.rule, edge.until), ("refers", Until::Exists));
    }

    #[test]
    fn a_ring_is_refused_with_its_members_and_reasons() {
        let mut graph = ResourceGraph::default();
        for name in ["A", "B", "C"] {
            graph.add(unit(name));
        }
        let address = |name| Address::new(Kind::OrganizationalUnit, name);
        for (one, two) in [("A", "B"), ("B", "A"), ("C", "A")] {
            graph.connect(Edge::settled(&address(one), &address(two), "parent-unit-first"));
        }
        let GraphError::Cycle(text) = graph.finish().unwrap_err() else { panic!("not a ring") };
        assert!(text.contains("organizational_unit.A") && text.contains("organizational_unit.B"), "{text}");
        assert!(!text.contains("organizational_unit.C"), "{text}");
        assert!(text.contains("existing parent"), "{text}");
    }
}
