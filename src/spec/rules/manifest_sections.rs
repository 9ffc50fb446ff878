//! Which sections a landing zone of a version takes and needs.
//!
//! Source: Control Tower User Guide, landing-zone schemas: 3.x requires logging,
//! security roles and the unit's name and refuses `config`; 4.0 refuses
//! `organizationStructure`, of which the sandbox unit is a part.

use super::{Rule, View};
use crate::model::unit_path::UnitPath;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::source::Span;
use crate::spec::topic::Topic;
use crate::spec::view::{Part, State};

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "manifest-sections",
        title: "The landing zone's version does not go with its sections",
        explanation: "A 3.x landing zone needs `centralized_logging`, `security_roles` and \
                      `integration_unit` (which it makes itself, like `sandbox_unit`), cannot switch \
                      security roles off, and takes no `config`. A 4.0 landing zone takes no \
                      `sandbox_unit`, since it makes no units. Both kinds of unit stand directly under \
                      the root. Source: AWS Control Tower User Guide, landing zone schemas.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let (Some(zone), Some(classic)) = (view.landing_zone(), view.classic()) else { return };
    for unit in [&zone.integration_unit, &zone.sandbox_unit].into_iter().flatten() {
        check_unit(unit, classic, findings);
    }
    let mut refuse = |span: Span, what: &str| {
        findings.push(Diagnostic::error(RULE.topic.code, what).at(span, "not in this version"));
    };
    if !classic {
        if let Some(sandbox) = &zone.sandbox_unit {
            refuse(sandbox.span, "a 4.0 landing zone makes no units and takes no `sandbox_unit`");
        }
        return;
    }
    if let Some(config) = &zone.config {
        refuse(config.span, "a 3.x landing zone takes no `config`: Config is always part of it");
    }
    if let State::Off(span) = view.state(Part::Roles) {
        refuse(span, "a 3.x landing zone cannot do without `security_roles`");
    }
    let logging = zone.centralized_logging.as_ref().filter(|logging| logging.account.is_none());
    if let (Some(logging), State::Off(_)) = (logging, view.state(Part::Logging)) {
        findings.push(
            Diagnostic::error(
                RULE.topic.code,
                "a 3.x landing zone names the logging account even when logging is off",
            )
            .at(logging.span, "needs `account`"),
        );
    }
    let needed = [
        ("centralized_logging", zone.centralized_logging.is_some()),
        ("security_roles", zone.security_roles.is_some()),
        ("integration_unit", zone.integration_unit.is_some()),
    ];
    for (name, said) in needed {
        if !said && view.whole(&format!("landing_zone.{name}")) {
            findings.push(
                Diagnostic::error(RULE.topic.code, format!("a 3.x landing zone needs `{name}`"))
                    .at(zone.span, format!("has no `{name}`")),
            );
        }
    }
}

fn check_unit(unit: &Located<UnitPath>, classic: bool, findings: &mut Findings) {
    if unit.depth() > 1 {
        findings.push(
            Diagnostic::error(RULE.topic.code, format!("`{unit}` does not stand directly under the root"))
                .at(unit.span, "must be a top-level unit"),
        );
    } else if classic && unit.name().chars().count() > 120 {
        findings.push(
            Diagnostic::error(
                RULE.topic.code,
                "a 3.x landing zone's unit has a name of at most 120 characters",
            )
            .at(unit.span, "too long"),
        );
    }
}
