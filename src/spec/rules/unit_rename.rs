//! A unit can change its name but not its parent.
//!
//! Source: Organizations API Reference, UpdateOrganizationalUnit (a name only);
//! there is no operation that moves a unit.

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "unit-rename",
        title: "A unit cannot be renamed like this",
        explanation: "`renamed_from` names the path that a unit had, so that it is renamed in place and \
                      keeps its accounts. The parent must stay the same, since AWS has no operation that \
                      moves a unit; the old path must no longer be in use; and one unit cannot become \
                      two. When a parent is renamed in the same document, write the old path below the \
                      parent's new name. Source: AWS Organizations API Reference, \
                      UpdateOrganizationalUnit.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for (path, unit) in view.listed() {
        let Some(old) = &unit.renamed_from else { continue };
        if old.parent() != path.parent() {
            findings.push(
                Diagnostic::error(
                    RULE.topic.code,
                    format!("`{old}` cannot become `{path}`: AWS cannot move units"),
                )
                .at(old.span, "another parent")
                .help("create the new unit, move the accounts, and put the old one under `remove`"),
            );
        } else if let Some(still) = view.units.get(&old.value) {
            findings.push(
                Diagnostic::error(
                    RULE.topic.code,
                    format!("`{old}` became `{path}` but is still in the document"),
                )
                .at(old.span, "the old path")
                .at(*still, "still here"),
            );
        }
        if let Some((first, there)) = seen.insert(&old.value, (path, old.span)) {
            findings.push(
                Diagnostic::error(
                    RULE.topic.code,
                    format!("`{old}` cannot become both `{first}` and `{path}`"),
                )
                .at(old.span, "here")
                .at(there, "and here"),
            );
        }
    }
}
