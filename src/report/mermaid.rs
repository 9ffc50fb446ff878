//! The resource graph as a Mermaid flow chart, for pages that draw it themselves.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::graph::ResourceGraph;
use crate::model::Address;

/// The graph as a Mermaid document.
#[must_use]
pub fn render(graph: &ResourceGraph) -> String {
    let mut out = String::from("flowchart LR\n");
    let names: BTreeMap<&Address, usize> =
        graph.resources.keys().enumerate().map(|(index, address)| (address, index)).collect();
    for (address, index) in &names {
        let _ = writeln!(out, "  n{index}[\"{}\"]", escaped(&address.to_string()));
    }
    for edge in &graph.edges {
        if let Some((from, to)) = names.get(&edge.provider).zip(names.get(&edge.dependent)) {
            let _ = writeln!(out, "  n{from} -->|{}| n{to}", edge.rule);
        }
    }
    out
}

/// Mermaid takes entities inside quoted labels.
fn escaped(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;")
}

#[cfg(test)]
mod tests {
    use super::super::graph_text::tests::two_units;
    use super::*;

    #[test]
    fn labels_are_escaped_and_arrows_carry_the_rule() {
        let text = render(&two_units());
        assert!(text.contains("n1[\"organizational_unit.A/B #quot;quoted#quot;\"]"), "{text}");
        assert!(text.contains("n0 -->|parent-unit-first| n1"), "{text}");
    }
}
