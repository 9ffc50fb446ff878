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
        explanation: "A registered unit holds at most 1000 accounts directly (the quota is fixed), a \
                      landing zone 10,000, and accounts times governed Regions stay within 150,000. \
                      Spread accounts over more units, or govern fewer Regions. Source: AWS General \
                      Reference, Control Tower quotas; User Guide, limits and StackSet limitations.",
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

#[cfg(test)]
mod tests {
    use crate::spec::{Input, parse};

    /// A document with `count` accounts spread over registered units, and that many Regions.
    fn document(count: usize, regions: usize) -> String {
        let names: Vec<String> =
            crate::catalog::partitions::all()[0].regions.iter().map(ToString::to_string).collect();
        let home = &names[0];
        let mut text = format!(
            "version: 1\norganization: {{ home_region: {home}, governed_regions: [{}] }}\n\
             landing_zone: {{ version: \"4.0\" }}\n",
            names[..regions].join(", ")
        );
        text.push_str("organizational_units:\n");
        for unit in 0..=count / 1000 {
            text.push_str(&format!("  U{unit}: {{ baselines: [control_tower] }}\n"));
        }
        text.push_str("accounts:\n");
        for n in 0..count {
            text.push_str(&format!(
                "  a{n}: {{ email: aws+{n}@example.com, organizational_unit: U{} }}\n",
                n / 1000
            ));
        }
        text
    }

    #[test]
    fn accounts_times_regions_beyond_the_stack_sets_is_a_warning() {
        let codes = |count, regions| {
            let loaded = parse(vec![Input::new("a.yaml", document(count, regions))]).unwrap();
            loaded.warnings.list.iter().map(|d| d.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(5000, 30), Vec::<&str>::new());
        assert_eq!(codes(5001, 30), ["capacity"]);
    }

    #[test]
    fn more_than_ten_thousand_enrolled_accounts_are_refused() {
        let found = parse(vec![Input::new("a.yaml", document(10_001, 1))]).unwrap_err();
        assert_eq!(found.list.iter().map(|d| d.code).collect::<Vec<_>>(), ["capacity"]);
    }
}
