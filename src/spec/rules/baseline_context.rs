//! Baselines need a landing zone of a version that has them, with Config on.
//!
//! Source: Control Tower User Guide, types of baselines and the compatibility table.

use super::{Rule, View};
use crate::catalog::baselines;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::words::BaselineWord;
use crate::spec::topic::Topic;
use crate::spec::view::{Part, State, registers};

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "baseline-context",
        title: "A baseline without the landing zone it needs",
        explanation: "The version of a baseline follows from the landing zone's, and no API tells it: a \
                      document with baselines says `landing_zone.version`. In 4.0 both unit baselines \
                      need the `config` integration; `ConfigBaseline` does not exist before 4.0. Source: \
                      AWS Control Tower User Guide, types of baselines.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let listed: Vec<&Located<BaselineWord>> =
        view.listed().flat_map(|(path, _)| view.baselines(path)).collect();
    let Some(first) = listed.iter().min_by_key(|word| word.span) else { return };
    if view.landing_zone().is_none() {
        if view.whole("landing_zone") {
            findings.push(
                Diagnostic::error(RULE.topic.code, "baselines are listed, but there is no `landing_zone`")
                    .at(first.span, "which version of it?")
                    .help("add `landing_zone` with its `version`"),
            );
        }
        return;
    }
    let version = view.landing_zone().and_then(|zone| zone.version.as_ref());
    let Some(version) = version.filter(|_| view.classic().is_some()) else { return };
    for word in &listed {
        let exists = baselines::by_word(&word.0).is_some_and(|b| b.version_for(&version.0).is_some());
        if !exists {
            findings.push(
                Diagnostic::error(
                    RULE.topic.code,
                    format!("landing zone {} does not have the baseline `{}`", version.0, word.0),
                )
                .at(word.span, "not in this version")
                .at(version.span, "the version"),
            );
        }
    }
    if let State::Off(span) = view.state(Part::Config)
        && let Some(word) = listed.iter().find(|word| registers(word))
    {
        findings.push(
            Diagnostic::error(RULE.topic.code, "unit baselines need the `config` integration, which is off")
                .at(span, "switched off here")
                .at(word.span, "needed for this"),
        );
    }
}
