//! What a plan will take, in sentences.

use super::duration;
use crate::plan::estimate::{Cost, Estimate};

/// Time: usually, and seldom more.
#[must_use]
pub fn time(estimate: &Estimate) -> String {
    let usual = duration::words(estimate.usual);
    let slow = duration::words(estimate.slow);
    if usual == slow { usual } else { format!("{usual}, seldom more than {slow}") }
}

/// Money, in a sentence; none when the plan brings nothing that is billed.
#[must_use]
pub fn money(cost: &Cost) -> Option<String> {
    let fixed: Vec<String> = cost.fixed.iter().map(|one| format!("{} ({})", one.what, one.count)).collect();
    let used: Vec<&str> = cost.by_use.iter().map(|row| row.what.as_str()).collect();
    let (fixed, used) = (fixed.join(" and "), used.join(", "));
    match (fixed.is_empty(), used.is_empty()) {
        (true, true) => None,
        (true, false) => Some(format!("It adds to the bill, by use: {used}.")),
        (false, true) => Some(format!("It adds ${:.2} a month to the bill, for {fixed}.", cost.usd())),
        (false, false) => {
            Some(format!("It adds ${:.2} a month to the bill, for {fixed}; and by use: {used}.", cost.usd()))
        }
    }
}

/// The prices that this rests on, each with its source.
#[must_use]
pub fn prices(cost: &Cost) -> Vec<String> {
    let fixed = cost.fixed.iter().map(|one| format!("{}: ${:.2} each ({})", one.what, one.usd, one.source));
    let used = cost.by_use.iter().map(|row| match row.source.as_str() {
        "UNSOURCED" => format!("{}: by {}", row.what, row.on),
        source => format!("{}: by {} ({source})", row.what, row.on),
    });
    fixed.chain(used).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::plan_text::tests::{plan, step};
    use super::*;
    use crate::model::kinds::Action;

    #[test]
    fn time_is_told_with_what_it_seldom_exceeds_and_money_by_what_it_is_for() {
        let steps = vec![
            step("key.a", "create", Action::Create, "kms:CreateKey"),
            step("key.b", "create", Action::Create, "kms:CreateKey"),
            step("guardduty.us-east-1", "create", Action::Create, "guardduty:CreateDetector"),
        ];
        let estimate = Estimate::of(&plan(steps), &|step| Duration::from_secs(step.usual_seconds), &|_| None);
        assert_eq!(
            money(&estimate.cost).unwrap(),
            "It adds $2.00 a month to the bill, for KMS keys (2); and by use: GuardDuty."
        );
        let prices = prices(&estimate.cost);
        assert!(
            prices[0].starts_with("KMS keys: $1.00 each (https://aws.amazon.com/kms/pricing/"),
            "{prices:?}"
        );
        assert!(prices[1].starts_with("GuardDuty: by events and data"), "{prices:?}");
        let zone = step("landing_zone", "create", Action::Create, "controltower:CreateLandingZone");
        let of = |slow: Option<u64>| {
            let slow = slow.map(Duration::from_secs);
            time(&Estimate::of(&plan(vec![zone.clone()]), &|_| Duration::from_secs(1800), &|_| slow))
        };
        assert_eq!(of(None), "30 min, seldom more than 1 h 00 min");
        assert_eq!(of(Some(2700)), "30 min, seldom more than 45 min", "what runs have learned");
    }

    #[test]
    fn what_costs_nothing_is_not_spoken_of() {
        let plan = plan(vec![step("account.a", "create", Action::Create, "organizations:CreateAccount")]);
        assert_eq!(money(&Cost::of(&plan)), None);
    }

    #[test]
    fn a_control_that_only_prevents_is_billed_by_nothing() {
        let plan = plan(vec![step(
            "control.Apps:AWS-GR_RESTRICT_ROOT_USER",
            "create",
            Action::Create,
            "controltower:EnableControl",
        )]);
        assert_eq!(money(&Cost::of(&plan)), None);
    }
}
