//! What a plan will take: time, when all goes as usual and when much is slow, and money by the
//! month.
//!
//! In: a plan, and how long each of its steps is expected to take. Out: an [`Estimate`]. Time
//! is the least that AWS's own limits allow, because apply comes close to it; it is no promise.

use std::time::Duration;

use serde::Serialize;

use super::bound;
use super::control_type::{self, ControlType};
use super::document::Plan;
use super::step::Step;
use crate::catalog::prices::{self, ByUse};
use crate::catalog::{durations, operations};

/// The time of one call that is answered at once.
const ROUND_TRIP: Duration = Duration::from_millis(100);

/// What a plan will take.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// When each operation takes as long as usual.
    pub usual: Duration,
    /// When each takes as long as one in ten does.
    pub slow: Duration,
    /// What is added to the bill of each month.
    pub cost: Cost,
}

/// Money by the month.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Cost {
    /// What has a price of its own.
    pub fixed: Vec<Priced>,
    /// What is switched on and billed by its use.
    pub by_use: Vec<ByUse>,
    /// The day on which the prices were read.
    pub read: &'static str,
}

/// Things with a price of their own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Priced {
    /// What they are called.
    pub what: String,
    /// How many the plan brings.
    pub count: usize,
    /// US dollars a month for one.
    pub usd: f64,
    /// Where the price comes from.
    pub source: String,
}

impl Estimate {
    /// Of a plan whose steps are expected to take so long, and nine of ten of them no longer than `slow`, where that is
    /// known.
    #[must_use]
    pub fn of(
        plan: &Plan,
        expected: &dyn Fn(&Step) -> Duration,
        slow: &dyn Fn(&Step) -> Option<Duration>,
    ) -> Self {
        let least = |durations: &dyn Fn(&Step) -> Duration| {
            let bound = bound::lower_bound(&plan.steps, durations, operations::table(), ROUND_TRIP);
            Duration::try_from_secs_f64(bound.seconds).unwrap_or_default()
        };
        let slow =
            |step: &Step| slow(step).unwrap_or_else(|| durations::slow(&step.operation, expected(step)));
        Self { usual: least(expected), slow: least(&slow), cost: Cost::of(plan) }
    }
}

impl Cost {
    /// Of what a plan brings.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let count = |kind, verb: &str, only: Option<&str>| {
            let meant = |step: &&Step| {
                only.is_none_or(|only| control_type::of(step).map(ControlType::word) == Some(only))
            };
            let steps = plan.steps.iter().filter(|step| step.address.kind == kind && step.verb == verb);
            steps.filter(meant).count()
        };
        let priced = prices::fixed().iter().filter_map(|row| {
            let count = count(row.kind, &row.verb, None);
            let (what, source) = (row.what.clone(), row.source.clone());
            (count > 0).then_some(Priced { what, count, usd: row.usd, source })
        });
        let by_use =
            prices::by_use().iter().filter(|row| count(row.kind, &row.verb, row.only.as_deref()) > 0);
        Self { fixed: priced.collect(), by_use: by_use.cloned().collect(), read: prices::read() }
    }

    /// US dollars a month for what has a price of its own.
    #[must_use]
    pub fn usd(&self) -> f64 {
        self.fixed.iter().map(|one| one.usd * one.count as f64).sum()
    }
}
