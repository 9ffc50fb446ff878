//! Integrations of a 4.0 landing zone need one another.
//!
//! Source: Control Tower User Guide, key-changes-lz-v4: security roles need config;
//! Identity Center and backup need security roles.

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;
use crate::spec::view::{Part, State};

/// What needs what.
const NEEDS: &[(Part, Part)] =
    &[(Part::Roles, Part::Config), (Part::IdentityCenter, Part::Roles), (Part::Backup, Part::Roles)];

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "integration-order",
        title: "An integration is on whose foundation is off",
        explanation: "In a 4.0 landing zone `security_roles` needs `config`, and `identity_center` and \
                      `backup` need `security_roles`. Saying one without the other is a warning: it works \
                      only where the live landing zone has the other already. Source: AWS Control Tower \
                      User Guide, key changes in landing zone 4.0.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let (Some(zone), Some(false)) = (view.landing_zone(), view.classic()) else { return };
    for (needing, needed) in NEEDS {
        if view.state(*needing) != State::On {
            continue;
        }
        let (needing, key) = (needing.key(), needed.key());
        match view.state(*needed) {
            State::On => {}
            State::Off(span) => findings.push(
                Diagnostic::error(RULE.topic.code, format!("`{needing}` needs `{key}`, which is off"))
                    .at(span, "switched off here"),
            ),
            State::Unsaid if view.whole(&format!("landing_zone.{key}")) => findings.push(
                Diagnostic::warning(RULE.topic.code, format!("`{needing}` needs `{key}`, which is not said"))
                    .at(zone.span, format!("has no `{key}`"))
                    .help(format!("say `{key}`, unless the live landing zone has it already")),
            ),
            State::Unsaid => {}
        }
    }
}
