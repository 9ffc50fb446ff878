//! Limits of the tree of units: depth, number, names.
//!
//! Source: Organizations User Guide, quotas (5 levels, 2000 units); API Reference,
//! CreateOrganizationalUnit (`DuplicateOrganizationalUnitException`).

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;

/// Levels of units below the root.
const DEPTH: usize = 5;
/// Characters of a unit's name.
const NAME: usize = 128;
/// Units of one organization.
const UNITS: usize = 2000;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "unit-tree",
        title: "The tree of organizational units is not one that AWS takes",
        explanation: "Units nest at most five deep, an organization has at most 2000 of them, and two \
                      units of one parent cannot have names that differ only in case. `root` as a \
                      top-level path is taken: accounts mean the organization's root by it. A unit whose \
                      name cannot be the last part of a path says it with `name`. Source: AWS \
                      Organizations User Guide, quotas.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for (path, span) in &view.units {
        if path.depth() > DEPTH {
            findings.push(
                Diagnostic::error(
                    RULE.topic.code,
                    format!("the unit `{path}` is {} levels deep, and AWS takes {DEPTH}", path.depth()),
                )
                .at(*span, "too deep"),
            );
        }
        if path.as_str() == "root" {
            findings.push(
                Diagnostic::error(RULE.topic.code, "`root` is the organization's root and not a unit")
                    .at(*span, "this name is taken")
                    .help("give the unit another path and write `name: root` there"),
            );
        }
        let said = view.doc.organizational_units.as_ref().and_then(|units| units.get(path)?.name.as_ref());
        if let Some(name) = said.filter(|name| !(1..=NAME).contains(&name.chars().count())) {
            let message =
                format!("a unit's name has {} characters, and AWS takes 1 to {NAME}", name.chars().count());
            findings.push(Diagnostic::error(RULE.topic.code, message).at(name.span, "this name"));
        }
        let name = said.map_or(path.name(), |name| name.as_str());
        let folded = (path.parent().map(|p| p.to_string().to_lowercase()), name.to_lowercase());
        if let Some((other, there)) = seen.insert(folded, (path, *span)) {
            findings.push(
                Diagnostic::error(RULE.topic.code, format!("`{other}` and `{path}` differ only in case"))
                    .at((*span).max(there), "this one")
                    .at((*span).min(there), "and this one")
                    .help("AWS compares the names of sibling units without regard to case"),
            );
        }
    }
    let count = view.units.len();
    if let Some((_, last)) = view.units.iter().next_back().filter(|_| count > UNITS) {
        let message = format!("the document has {count} units, and an organization takes {UNITS}");
        findings.push(Diagnostic::error(RULE.topic.code, message).at(*last, "the last of them"));
    }
}
