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

/// Money; none when the plan brings nothing that is billed.
#[must_use]
pub fn money(cost: &Cost) -> Option<String> {
    let fixed: Vec<String> = cost.fixed.iter().map(|(what, (count, _))| format!("{count} {what}")).collect();
    let used: Vec<&str> = cost.by_use.iter().map(|row| row.what.as_str()).collect();
    let fixed =
        (!fixed.is_empty()).then(|| format!("${:.2} a month for {}", cost.usd(), fixed.join(" and ")));
    let used = (!used.is_empty()).then(|| format!("by their use are billed: {}", used.join(", ")));
    let parts: Vec<String> = fixed.into_iter().chain(used).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
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
            "$2.00 a month for 2 KMS keys; by their use are billed: GuardDuty"
        );
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
}
