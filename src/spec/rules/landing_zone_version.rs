//! The landing-zone version must be one whose manifest is known.
//!
//! Source: Control Tower User Guide, landing-zone schemas (3.1 to 3.3 and 4.0).

use super::{Rule, View};
use crate::catalog::baselines;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "landing-zone-version",
        title: "A landing-zone version that this program does not know",
        explanation: "The manifest of a landing zone differs between versions, and baselines are bound to \
                      them. A new landing zone takes the latest version only; an existing one keeps its \
                      version until the document says another, which cannot be taken back. Source: AWS \
                      Control Tower User Guide, landing zone schemas.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(version) = view.landing_zone().and_then(|zone| zone.version.as_ref()) else { return };
    let known = baselines::known_landing_zones();
    if !known.contains(&version.0) {
        findings.push(
            Diagnostic::error(
                RULE.topic.code,
                format!("there is no known landing-zone version `{}`", version.0),
            )
            .at(version.span, "unknown version")
            .help(format!("known: {}", known.join(", "))),
        );
    }
}
