//! What `remove` can name.
//!
//! Source: this document's own meaning; units are the one kind that can be removed
//! so far, and only when nothing else in the document speaks of them.

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::model::address::{Address, Kind};
use crate::model::unit_path::UnitPath;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "removal",
        title: "Something cannot be removed like this",
        explanation: "Leaving an entry out of the document leaves the thing alone. `remove` lists the \
                      addresses of what shall go, such as `organizational_unit.Old`: each once, and not \
                      while the document also lists the unit, a unit below it, or renames it. AWS deletes \
                      a unit only when it is empty. Source: AWS Organizations API Reference, \
                      DeleteOrganizationalUnit.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for entry in view.doc.remove.iter().flatten() {
        if let Some(first) = seen.insert(&entry.value, entry.span) {
            findings.push(
                Diagnostic::error(RULE.topic.code, format!("`{entry}` is listed twice"))
                    .at(entry.span, "here again")
                    .at(first, "first here"),
            );
            continue;
        }
        match unit(entry) {
            Some(path) => check_unit(view, entry, &path, findings),
            None => findings.push(
                Diagnostic::error(RULE.topic.code, format!("`{entry}` is not something that can be removed"))
                    .at(entry.span, "not the address of a unit")
                    .help("write `organizational_unit.` and its path, such as organizational_unit.Old/Team"),
            ),
        }
    }
}

/// The unit that an address names.
pub(super) fn unit(address: &str) -> Option<UnitPath> {
    let address: Address = address.parse().ok()?;
    if address.kind == Kind::OrganizationalUnit { address.name.parse().ok() } else { None }
}

fn check_unit(view: &View<'_>, entry: &Located<String>, path: &UnitPath, findings: &mut Findings) {
    let listed = view.units.get(path).map(|span| (*span, "the document wants it"));
    let renamed = view.listed().filter_map(|(_, unit)| unit.renamed_from.as_ref());
    let renamed =
        renamed.into_iter().find(|old| old.value == *path).map(|old| (old.span, "it is renamed here"));
    if let Some((span, text)) = listed.or(renamed) {
        findings.push(
            Diagnostic::error(
                RULE.topic.code,
                format!("`{path}` cannot be removed while the document speaks of it"),
            )
            .at(entry.span, "to be removed")
            .at(span, text),
        );
    }
}
