//! An ordinary account in the Security unit is governed by nothing.
//!
//! Source: Control Tower User Guide, key-changes-lz-v4: accounts in that unit that
//! no integration uses receive no baseline, and moving one in drifts the unit.

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "ordinary-account",
        title: "An ordinary account sits in the Security unit",
        explanation: "The Security unit takes no baseline, so an account in it that no integration uses \
                      is not governed, and moving it in makes the unit's controls drift. Give security \
                      tooling accounts a unit of their own. Source: AWS Control Tower User Guide, key \
                      changes in landing zone 4.0.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(security) = view.security_unit().filter(|_| view.whole("landing_zone")) else { return };
    let integration = view.integration_accounts();
    for (name, account) in view.accounts() {
        let Some(place) = account.organizational_unit.as_ref().filter(|p| p.unit() == Some(&security)) else {
            continue;
        };
        if !integration.iter().any(|named| named.account.value == name.value) {
            findings.push(
                Diagnostic::warning(
                    RULE.topic.code,
                    format!(
                        "account `{name}` sits in the Security unit `{security}` but no integration uses it"
                    ),
                )
                .at(place.span, "will not be governed")
                .help("give it another unit"),
            );
        }
    }
}
