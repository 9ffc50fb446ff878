//! Where integration accounts sit.
//!
//! Source: Control Tower User Guide, lz-api-launch and key-changes-lz-v4: in 4.0 all
//! of them in one unit directly under the root; up to 3.3 the landing zone puts them
//! into the unit it makes.

use super::{Rule, View};
use crate::model::unit_path::UnitPath;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::document::{Join, Placement};
use crate::spec::topic::Topic;
use crate::spec::view::Named;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "integration-accounts",
        title: "Integration accounts do not sit together",
        explanation: "All accounts that the landing zone's integrations use sit in one unit directly \
                      under the root, which becomes the Security unit; a landing zone of 3.x makes that \
                      unit itself. Control Tower 4.0 refuses to set up otherwise. Source: AWS Control \
                      Tower User Guide, launch with the APIs and key changes in landing zone 4.0.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let (Some(zone), Some(classic)) = (view.landing_zone(), view.classic()) else { return };
    let named = view.integration_accounts();
    let first = named.iter().find_map(|n| view.unit_of(n.account));
    let Some(unit) = zone.integration_unit.as_ref().map(|unit| &unit.value).or(first) else { return };
    let mut told = Vec::new();
    for one in &named {
        if !told.contains(&one.account) {
            told.push(one.account);
            check_account(view, one, unit, classic, findings);
        }
    }
    if zone.integration_unit.is_none() && unit.depth() > 1 {
        findings.push(
            Diagnostic::error(
                RULE.topic.code,
                format!("integration accounts sit in `{unit}`, below another unit"),
            )
            .at(zone.span, "wants them directly under the root"),
        );
    }
}

fn check_account(view: &View<'_>, one: &Named<'_>, unit: &UnitPath, classic: bool, findings: &mut Findings) {
    let Some((name, account)) = view.accounts().find(|(name, _)| *name == one.account) else { return };
    let (span, where_it_is) = match &account.organizational_unit {
        Some(place) => match &place.0 {
            Placement::Unit(path) if path == unit => return,
            Placement::Unit(path) => (place.span, format!("is in `{path}`")),
            Placement::Root | Placement::Unsaid => (place.span, "is in the root".to_owned()),
        },
        // An account that exists may sit there already; a 3.x landing zone moves it itself.
        None if classic || account.join.as_ref().is_some_and(|join| join.0 == Join::Existing) => return,
        None if !view.whole(&format!("accounts.{name}.organizational_unit")) => return,
        None => (name.span, "says no unit, and new accounts start in the root".to_owned()),
    };
    findings.push(
        Diagnostic::error(
            RULE.topic.code,
            format!("account `{name}` {where_it_is}, not in the Security unit `{unit}`"),
        )
        .at(span, "must be with the other integration accounts")
        .at(one.account.span, format!("landing_zone.{} uses it", one.role))
        .help(format!("write `organizational_unit: {unit}`")),
    );
}
