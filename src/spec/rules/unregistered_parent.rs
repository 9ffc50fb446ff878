//! A unit is registered only below registered units.
//!
//! Source: Control Tower User Guide, nested units: every ancestor must have been
//! registered first.

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;
use crate::spec::view::registers;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "unregistered-parent",
        title: "A unit has a baseline and its parent has none",
        explanation: "Control Tower registers a nested unit only when every unit above it is registered. \
                      List the parent with `control_tower` or `config` of its own: a baseline does not \
                      pass down by itself. Source: AWS Control Tower User Guide, nested OUs.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    if !view.whole("organizational_units") {
        return;
    }
    let security = view.security_unit();
    for (path, _) in view.listed() {
        let Some(word) = view.baselines(path).find(|word| registers(word)) else { continue };
        for above in path.ancestors() {
            let readable = view.whole(&format!("organizational_units.{above}.baselines"));
            // What stands below the Security unit is the business of another rule.
            if view.registers(&above) || security.as_ref() == Some(&above) || !readable {
                continue;
            }
            let mut finding = Diagnostic::error(
                RULE.topic.code,
                format!("`{path}` has a baseline, but `{above}` above it has none"),
            )
            .at(word.span, "cannot be registered");
            if let Some((listed, _)) = view.listed().find(|(listed, _)| listed.value == above) {
                finding = finding.at(listed.span, "not registered");
            }
            findings.push(finding.help(format!("give `{above}` the baseline `{}`", word.0)));
        }
    }
}
