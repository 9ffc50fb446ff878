//! How long the operations of a run really took, as the simulated AWS knows it.
//!
//! What the run itself measured holds its own waits: between questions, after
//! refusals. A lower bound made of those would flatter the schedule.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::apply::Outcome;
use crate::plan::StepId;

/// The time of each step that ended, by what the run saw.
pub(super) fn durations(outcome: &Outcome) -> BTreeMap<StepId, Duration> {
    let took = |report: &crate::apply::outcome::StepReport| {
        let took = report.ended?.checked_sub(report.started?)?;
        Some((report.step.clone(), took))
    };
    outcome.steps.iter().filter_map(took).collect()
}
