//! The Security unit takes no unit baseline, and nothing below it is registered.
//!
//! Source: Control Tower User Guide, types of baselines, key-changes-lz-v4 ("Not
//! Applicable"), nested units.

use super::{Rule, View};
use crate::catalog::baselines;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "security-unit-baseline",
        title: "A baseline on the Security unit or below it",
        explanation: "The landing zone itself governs the Security unit: neither AWSControlTowerBaseline \
                      nor ConfigBaseline can be enabled on it, and no unit can be registered below it. \
                      BackupBaseline can stand on the Security unit. Source: AWS Control Tower User \
                      Guide, types of baselines and nested OUs.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(security) = view.security_unit() else { return };
    for (path, _) in view.listed() {
        let below = path.ancestors().any(|above| above == security);
        if path.value != security && !below {
            continue;
        }
        for word in view.baselines(path) {
            let taken = !below && baselines::by_word(&word.0).is_some_and(|row| row.on_security_unit);
            if taken {
                continue;
            }
            let message = if below {
                format!("`{path}` lies below the Security unit, where no unit can be registered")
            } else {
                format!("the Security unit `{path}` does not take the baseline `{}`", word.0)
            };
            findings.push(
                Diagnostic::error(RULE.topic.code, message)
                    .at(word.span, "not possible here")
                    .help("the landing zone governs the Security unit by itself"),
            );
        }
    }
}
