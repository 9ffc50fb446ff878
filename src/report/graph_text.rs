//! The resource graph for people: each resource in an order of work, and what it
//! waits for with AWS's reason.

use std::fmt::Write as _;

use crate::catalog::ordering;
use crate::graph::{Edge, ResourceGraph, Until};

/// The graph as text, ending with a line break.
#[must_use]
pub fn render(graph: &ResourceGraph) -> String {
    let mut out = String::new();
    for address in graph.order() {
        let origin = graph.resources.get(address).and_then(|resource| resource.origin.as_ref());
        let origin = origin.map(|at| format!("  ({at})")).unwrap_or_default();
        let _ = writeln!(out, "{address}{origin}");
        for edge in graph.edges_of(address) {
            let _ = writeln!(out, "  {}", waits(edge));
        }
    }
    let _ = writeln!(out, "{} resources, {} dependencies.", graph.resources.len(), graph.edges.len());
    out
}

fn waits(edge: &Edge) -> String {
    let verbs = edge.verbs.map(|verbs| format!("{} ", verbs.join(", "))).unwrap_or_default();
    let until = match edge.until {
        Until::Exists => "exists",
        Until::Settled => "is done",
    };
    format!("{verbs}waits until {} {until}: {}", edge.provider, reason(edge))
}

/// Why an edge is there, in words.
pub(super) fn reason(edge: &Edge) -> &str {
    ordering::rule(edge.rule).map_or(edge.rule, |rule| rule.reason.as_str())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::resource::Presence;
    use crate::model::{Address, Fields, Kind, Resource};

    /// Two units, the one in the other.
    pub(in crate::report) fn two_units() -> ResourceGraph {
        let mut graph = ResourceGraph::default();
        for name in ["A", "A/B \"quoted\""] {
            graph.add(Resource {
                address: Address::new(Kind::OrganizationalUnit, name),
                fields: Fields::new(),
                keys: Fields::new(),
                at_creation: Fields::new(),
                whole: Default::default(),
                presence: Presence::Ensure,
                origin: None,
            });
        }
        let address = |name| Address::new(Kind::OrganizationalUnit, name);
        graph.connect(Edge::exists(&address("A/B \"quoted\""), &address("A"), "parent-unit-first"));
        graph.finish().unwrap()
    }

    #[test]
    fn each_wait_has_its_reason() {
        let text = render(&two_units());
        assert!(
            text.contains(
                "waits until organizational_unit.A exists: a unit is created below an existing parent"
            ),
            "{text}"
        );
        assert!(text.ends_with("2 resources, 1 dependencies.\n"), "{text}");
    }
}
