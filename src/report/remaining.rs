//! How much longer a run will take: the least time for the steps that are left, as the plan's
//! own bound has it, with what has passed of those under way.
//!
//! In: a plan, then notices with the time since the start. Out: a duration. It grows when
//! something takes longer than usual; it is an estimate and promises nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::apply::Notice;
use crate::catalog::operations;
use crate::plan::{Plan, Step, StepId, bound};

/// The time of one call that is answered at once.
const ROUND_TRIP: Duration = Duration::from_millis(100);

/// What is left of a run.
#[derive(Debug)]
pub struct Remaining {
    steps: Vec<Step>,
    /// When a step that AWS works on is expected to end.
    under_way: BTreeMap<StepId, Duration>,
}

impl Remaining {
    /// All of a plan but what a former run has done.
    #[must_use]
    pub fn of(plan: &Plan, done: &BTreeSet<StepId>) -> Self {
        let steps = plan.steps.iter().filter(|step| !done.contains(&step.id)).cloned().collect();
        Self { steps, under_way: BTreeMap::new() }
    }

    /// Takes in what has happened; says whether that changes what is left.
    pub fn notice(&mut self, at: Duration, notice: &Notice) -> bool {
        match notice {
            Notice::Running { step, expected, elapsed, .. } => {
                self.under_way.insert(step.clone(), (at + *expected).saturating_sub(*elapsed));
            }
            Notice::Done { step, .. } | Notice::NotNeeded { step } => {
                self.steps.retain(|one| one.id != *step);
            }
            Notice::Failed { step, .. } | Notice::Stuck { step, .. } => self.drop_with_followers(step),
            _ => return false,
        }
        true
    }

    /// The least time from `at` to the end of all that is left.
    #[must_use]
    pub fn left(&self, at: Duration) -> Duration {
        let expected = |step: &Step| match self.under_way.get(&step.id) {
            Some(end) => end.saturating_sub(at),
            None => Duration::from_secs(step.usual_seconds),
        };
        let bound = bound::lower_bound(&self.steps, &expected, operations::table(), ROUND_TRIP);
        Duration::try_from_secs_f64(bound.seconds).unwrap_or_default()
    }

    /// A step that has failed, and whatever waits for it, is not done in this run.
    fn drop_with_followers(&mut self, failed: &StepId) {
        let mut gone = vec![failed.clone()];
        while let Some(step) = gone.pop() {
            self.steps.retain(|one| one.id != step);
            let waiting = self.steps.iter().filter(|one| one.needs.iter().any(|need| need.step == step));
            gone.extend(waiting.map(|one| one.id.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan_text::tests::{plan, step};
    use super::*;
    use crate::model::kinds::Action;
    use crate::plan::step::Need;

    /// An organization, then a landing zone of half an hour, and beside it an account.
    fn remaining() -> Remaining {
        let organization = step("organization", "create", Action::Create, "organizations:CreateOrganization");
        let mut zone = step("landing_zone", "create", Action::Create, "controltower:CreateLandingZone");
        let mut account = step("account.a", "create", Action::Create, "organizations:CreateAccount");
        (zone.usual_seconds, account.usual_seconds) = (1800, 90);
        for one in [&mut zone, &mut account] {
            one.needs = vec![Need { step: organization.id.clone(), rule: "organization-first".to_owned() }];
        }
        Remaining::of(&plan(vec![organization, zone, account]), &BTreeSet::new())
    }

    fn done(step: &str) -> Notice {
        Notice::Done { step: StepId(step.to_owned()), took: Duration::from_secs(1) }
    }

    #[test]
    fn what_is_under_way_counts_for_what_it_has_still_to_go() {
        let mut remaining = remaining();
        assert_eq!(remaining.left(Duration::ZERO).as_secs(), 1801);
        assert!(remaining.notice(Duration::from_secs(1), &done("organization:create")));
        let running = Notice::Running {
            step: StepId("landing_zone:create".to_owned()),
            operation: "op".to_owned(),
            expected: Duration::from_secs(1800),
            elapsed: Duration::ZERO,
            waiting: 0,
        };
        remaining.notice(Duration::from_secs(10), &running);
        assert_eq!(remaining.left(Duration::from_secs(610)).as_secs(), 1200);
        remaining.notice(Duration::from_secs(1900), &done("landing_zone:create"));
        assert_eq!(remaining.left(Duration::from_secs(1900)).as_secs(), 90);
        remaining.notice(Duration::from_secs(1901), &done("account.a:create"));
        assert_eq!(remaining.left(Duration::from_secs(1901)), Duration::ZERO);
    }
}
