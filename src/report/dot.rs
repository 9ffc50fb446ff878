//! The resource graph in Graphviz's language: arrows point from what must come
//! first to what waits, each with its rule and, as a tooltip, AWS's reason.

use std::fmt::Write as _;

use super::graph_text::reason;
use crate::graph::ResourceGraph;
use crate::model::Kind;

/// The graph as a DOT document.
#[must_use]
pub fn render(graph: &ResourceGraph) -> String {
    let mut out = String::from("digraph landing_zone {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n");
    for address in graph.resources.keys() {
        let _ = writeln!(out, "  {} [shape={}];", quoted(&address.to_string()), shape(address.kind));
    }
    for edge in &graph.edges {
        let _ = writeln!(
            out,
            "  {} -> {} [label={}, tooltip={}];",
            quoted(&edge.provider.to_string()),
            quoted(&edge.dependent.to_string()),
            quoted(edge.rule),
            quoted(reason(edge))
        );
    }
    out.push_str("}\n");
    out
}

const fn shape(kind: Kind) -> &'static str {
    match kind {
        Kind::Organization | Kind::LandingZone => "doubleoctagon",
        Kind::OrganizationalUnit => "folder",
        Kind::Account => "box",
        Kind::TrustedAccess | Kind::ServiceRole | Kind::RootCredentialsManagement | Kind::RootSessions => {
            "component"
        }
        Kind::Key => "cds",
        Kind::Baseline | Kind::Policy | Kind::ResourcePolicy | Kind::SecurityHubPolicy => "note",
        Kind::PolicyType => "component",
        Kind::BackupSettings | Kind::BackupOptIn => "component",
        Kind::BackupVault | Kind::AirGappedVault => "box3d",
        Kind::ResourceShare
        | Kind::RestoreTestingPlan
        | Kind::RestoreTestingSelection
        | Kind::ReportPlan
        | Kind::BackupFramework => "note",
        Kind::DelegatedAdministrator
        | Kind::GuardDuty
        | Kind::SecurityHub
        | Kind::FindingAggregator
        | Kind::SecurityHubConfiguration
        | Kind::Inspector
        | Kind::Macie
        | Kind::Detective
        | Kind::Analyzer
        | Kind::StackSet
        | Kind::ConfigAggregator
        | Kind::ConfigRule
        | Kind::ConformancePack
        | Kind::Trail
        | Kind::FirewallPolicy
        | Kind::AutomationRule => "cds",
        Kind::Control | Kind::PermissionSet | Kind::Assignment | Kind::SecurityHubAssociations => "hexagon",
        Kind::Group => "house",
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::super::graph_text::tests::two_units;
    use super::*;

    #[test]
    fn an_arrow_points_to_what_waits_and_names_its_rule() {
        let text = render(&two_units());
        let arrow =
            r#""organizational_unit.A" -> "organizational_unit.A/B \"quoted\"" [label="parent-unit-first""#;
        assert!(text.contains(arrow), "{text}");
    }
}
