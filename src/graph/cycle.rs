//! The shortest ring in a graph that has one, told with its reasons.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};

use petgraph::Direction::Outgoing;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef as _;

use super::GraphError;
use super::edge::Edge;
use crate::catalog::ordering;
use crate::model::Address;

/// Finds the shortest ring, by breadth-first search from each node of a strongly
/// connected component.
pub(super) fn shortest_cycle(graph: &DiGraph<&Address, &Edge>) -> GraphError {
    let rings = petgraph::algo::tarjan_scc(graph);
    let members = rings.into_iter().filter(|ring| ring.len() > 1 || loops(graph, ring[0]));
    let shortest = members.flatten().filter_map(|node| ring_through(graph, node)).min_by_key(Vec::len);
    GraphError::Cycle(shortest.unwrap_or_default().join(", "))
}

fn loops(graph: &DiGraph<&Address, &Edge>, node: NodeIndex) -> bool {
    graph.find_edge(node, node).is_some()
}

/// The way from a node back to itself, as sentences.
fn ring_through(graph: &DiGraph<&Address, &Edge>, start: NodeIndex) -> Option<Vec<String>> {
    let mut came: BTreeMap<NodeIndex, &Edge> = BTreeMap::new();
    let mut from: BTreeMap<NodeIndex, NodeIndex> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for edge in graph.edges_directed(node, Outgoing) {
            let next = edge.target();
            if let Entry::Vacant(first) = came.entry(next) {
                first.insert(edge.weight());
                from.insert(next, node);
                queue.push_back(next);
            }
        }
        if came.contains_key(&start) {
            break;
        }
    }
    let mut sentences = Vec::new();
    let mut node = start;
    loop {
        let edge = came.get(&node)?;
        let reason = ordering::rule(edge.rule).map_or(edge.rule, |rule| rule.reason.as_str());
        sentences.push(format!("{} waits for {} because {reason}", edge.dependent, edge.provider));
        node = *from.get(&node)?;
        if node == start {
            return Some(sentences);
        }
    }
}
