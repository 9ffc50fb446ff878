//! A unit that is named must be listed, or implied by a listed unit below it.
//!
//! Accounts do not bring units into being, so that a misspelt path does not grow a
//! second tree beside the first. A 3.x landing zone makes its two units itself.
//! Source: this document's own meaning; Control Tower User Guide, lz-api-prereques.

use super::{Rule, View};
use crate::model::unit_path::UnitPath;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::read::nearest;
use crate::spec::source::Span;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "unknown-unit",
        title: "An organizational unit is named that the document does not list",
        explanation: "An account sits in a unit under `organizational_units`, in a parent of one, or in \
                      `root`. A path that stands nowhere else is most likely misspelt, so it is not \
                      created silently. The units of a 3.x landing zone are made by Control Tower and \
                      need not be listed.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    if !view.whole("organizational_units") {
        return;
    }
    for (name, account) in view.accounts() {
        let Some(place) = &account.organizational_unit else { continue };
        if let Some(path) = place.unit() {
            known(view, path, place.span, &format!("account `{name}`"), findings);
        }
    }
    let zone = view.landing_zone().filter(|_| view.classic() == Some(false));
    if let Some(unit) = zone.and_then(|zone| zone.integration_unit.as_ref()) {
        known(view, unit, unit.span, "the landing zone", findings);
    }
}

fn known(view: &View<'_>, path: &UnitPath, span: Span, who: &str, findings: &mut Findings) {
    if view.units.contains_key(path) || view.made_by_landing_zone(path) {
        return;
    }
    let near = nearest(path.as_str(), view.units.keys().map(UnitPath::as_str));
    let help = near.map_or_else(
        || format!("list it: `organizational_units: {{ {path}: {{}} }}`"),
        |near| format!("did you mean `{near}`? Otherwise list `{path}` under organizational_units"),
    );
    findings.push(
        Diagnostic::error(RULE.topic.code, format!("{who} names the unit `{path}`, which is not listed"))
            .at(span, "no such unit")
            .help(help),
    );
}
