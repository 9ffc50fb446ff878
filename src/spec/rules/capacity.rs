//! How much Control Tower carries: accounts in a unit, in a landing zone, and the
//! stack instances that come of accounts times Regions.
//!
//! Source: AWS General Reference, Control Tower quotas (1000 accounts directly in a
//! registered unit, fixed); Control Tower User Guide, limits (10,000 accounts) and
//! region-stackset-limitations (accounts times governed Regions up to 150,000).

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::model::unit_path::UnitPath;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;

/// Accounts directly in one registered unit.
const IN_UNIT: usize = 1000;
/// Accounts of one landing zone.
const IN_ZONE: usize = 10_000;
/// Accounts times governed Regions.
const INSTANCES: usize = 150_000;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "capacity",
        title: "More accounts than Control Tower carries",
        explanation: "A registered unit holds at most 1000 accounts directly (the quota is fixed), a landing zone \
                      10,000, and accounts times governed Regions stay within 150,000. Spread accounts over more \
                      units, or govern fewer Regions. Source: AWS General Reference, Control Tower quotas; User \
                      Guide, limits and StackSet limitations.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let mut held: BTreeMap<&UnitPath, usize> = BTreeMap::new();
    for (_, account) in view.accounts() {
        if let Some(unit) = account.organizational_unit.as_ref().and_then(|place| place.unit()) {
            *held.entry(unit).or_default() += 1;
        }
    }
    let mut enrolled = 0;
    for (path, _) in view.listed().filter(|(path, _)| view.registers(path)) {
        let count = held.get(&path.value).copied().unwrap_or(0);
        enrolled += count;
        if count > IN_UNIT {
            let message =
                format!("unit `{path}` would hold {count} accounts, and a registered unit holds {IN_UNIT}");
            findings.push(
                Diagnostic::error(RULE.topic.code, message).at(path.span, "registered by its baseline"),
            );
        }
    }
    let Some(zone) = view.landing_zone() else { return };
    let regions = view.governed().count();
    if enrolled > IN_ZONE {
        let message = format!("{enrolled} accounts would be enrolled, and a landing zone takes {IN_ZONE}");
        findings.push(Diagnostic::error(RULE.topic.code, message).at(zone.span, "this landing zone"));
    } else if enrolled * regions > INSTANCES {
        let message = format!(
            "{enrolled} enrolled accounts in {regions} governed Regions are more than the {INSTANCES} that \
             Control Tower's stack sets carry"
        );
        findings.push(Diagnostic::warning(RULE.topic.code, message).at(zone.span, "this landing zone"));
    }
}
