//! How close a run came to the least possible time.
//!
//! In: a plan and what came of it. Out: the lower bound of the makespan, over the time for
//! which AWS is known to have been at work on each step. The run's own waits are no part of
//! that, so they count against it. Absent: the schedule, with which the bound shares nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use super::outcome::{Ending, Outcome, Status, StepReport};
use crate::catalog::operations;
use crate::plan::bound::lower_bound;
use crate::plan::{Plan, Step, StepId};

/// The least time in which any tool could have done what this run did; none for a run that
/// sent nothing, did not do everything, or saw the end of what a former run had sent, since how
/// long AWS was at work on that is not known.
#[must_use]
pub fn least(plan: &Plan, outcome: &Outcome) -> Option<Duration> {
    if outcome.ending != Ending::Complete {
        return None;
    }
    let taken_over = |report: &StepReport| report.started.is_none() && report.ended.is_some();
    if outcome.steps.iter().any(|report| report.status == Status::Done && taken_over(report)) {
        return None;
    }
    let sent = outcome.steps.iter().filter(|report| report.started.is_some());
    let took: BTreeMap<&StepId, Duration> =
        sent.map(|report| (&report.step, report.took.unwrap_or_default())).collect();
    let steps: Vec<Step> = plan.steps.iter().filter(|step| took.contains_key(&step.id)).cloned().collect();
    if steps.is_empty() {
        return None;
    }
    let known = |step: &Step| took.get(&step.id).copied().unwrap_or_default();
    let bound = lower_bound(&steps, &known, operations::table(), Duration::ZERO);
    Duration::try_from_secs_f64(bound.seconds).ok().filter(|least| !least.is_zero())
}
