//! The home Region: needed by a landing zone and by keys, and governed itself.
//!
//! Source: Control Tower User Guide, region-how: the landing zone lives in the Region
//! it is created from, for ever.

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "home-region",
        title: "The home Region is missing or not governed",
        explanation: "The landing zone and the keys live in `organization.home_region`. It can never be \
                      changed, so it is never guessed, and it is among `governed_regions` when those are \
                      said. Source: AWS Control Tower User Guide, how AWS Regions work with Control \
                      Tower.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    if let Some(home) = view.home() {
        let listed = view.governed().next().is_some() && view.whole("organization.governed_regions");
        if listed && !view.governed().any(|region| region == home) {
            findings.push(
                Diagnostic::error(
                    RULE.topic.code,
                    format!("the home Region {home} is not among the governed Regions"),
                )
                .at(home.span, "the home Region")
                .help(format!("add {home} to `governed_regions`")),
            );
        }
        return;
    }
    if !(view.whole("organization.home_region")
        && (view.doc.organization.is_some() || view.whole("organization")))
    {
        return;
    }
    let zone = view.landing_zone().map(|zone| ("the landing zone", zone.span));
    let key = view.doc.keys.iter().flatten().next().map(|(name, _)| ("a key", name.span));
    if let Some((what, span)) = zone.or(key) {
        findings.push(
            Diagnostic::error(RULE.topic.code, format!("{what} needs a home Region"))
                .at(span, "in which Region?")
                .help("say `organization.home_region`; it can never be changed afterwards"),
        );
    }
}
