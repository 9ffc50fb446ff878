//! What came of an apply: per step, in numbers, and why.
//!
//! Serialisable; times are durations since the start of the run. Root causes are
//! only the failures themselves, never the steps they held up.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::experience::Lessons;
use crate::cloud::failure::CallError;
use crate::model::{Address, Attributes};
use crate::plan::StepId;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Every step is done or was not needed.
    Complete,
    /// Some step failed, is stuck or was skipped; another plan carries on.
    Incomplete,
    /// The operator, or the loss of the credentials, stopped it; it can be resumed.
    Interrupted,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Never sent, and nothing speaks against it.
    NotStarted,
    /// Done by this run.
    Done,
    /// It was so already.
    NotNeeded,
    /// AWS refused it or ended it as failed.
    Failed,
    /// Not sent since something it needs did not get done.
    Skipped,
    /// Not ended within its deadline, or its outcome could not be proven.
    Stuck,
    /// Sent and not ended when the run was stopped.
    InFlight,
}

/// One step's story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    /// The step.
    pub step: StepId,
    /// What became of it.
    pub status: Status,
    /// When everything it needs was done.
    pub ready: Option<Duration>,
    /// When its call was first sent.
    pub started: Option<Duration>,
    /// When it ended.
    pub ended: Option<Duration>,
    /// So long at least AWS was at work on it, as far as its answers tell: until it last said
    /// that it is, else one round trip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took: Option<Duration>,
    /// How often its call was sent.
    pub sendings: u32,
    /// AWS's id of the operation, when there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The last failure it met, if it did not get over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<CallError>,
    /// For a skipped step: the root cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<StepId>,
}

/// A failure that is nobody's consequence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RootCause {
    /// The step.
    pub step: StepId,
    /// The resource.
    pub address: Address,
    /// Failed or stuck.
    pub status: Status,
    /// AWS's words, operation and request id; none for an operation that AWS
    /// still works on.
    pub error: Option<CallError>,
    /// AWS's id of the operation, when there is one.
    pub operation: Option<String>,
    /// How many steps were skipped because of it. A step with several causes is
    /// counted at the one that came first.
    pub held_up: usize,
}

/// How many steps ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// See [`Status::NotStarted`].
    pub not_started: usize,
    /// See [`Status::Done`].
    pub done: usize,
    /// See [`Status::NotNeeded`].
    pub not_needed: usize,
    /// See [`Status::Failed`].
    pub failed: usize,
    /// See [`Status::Skipped`].
    pub skipped: usize,
    /// See [`Status::Stuck`].
    pub stuck: usize,
    /// See [`Status::InFlight`].
    pub in_flight: usize,
}

/// How many calls the run made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// Mutating calls sent.
    pub begins: u64,
    /// Questions about operations under way.
    pub polls: u64,
    /// Searches for unproven effects.
    pub look_ups: u64,
    /// Calls of all sorts that AWS throttled.
    pub throttled: u64,
}

/// The result of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The plan's id.
    pub plan: String,
    /// How it ended.
    pub ending: Ending,
    /// In numbers.
    pub counts: Counts,
    /// Calls made.
    pub calls: Calls,
    /// From start to end.
    pub makespan: Duration,
    /// What made the run stop by itself: the credentials are gone, so that every
    /// further call would fail alike.
    pub halted: Option<CallError>,
    /// What went wrong, in the order in which it did.
    pub causes: Vec<RootCause>,
    /// Every step, in the order of the plan.
    pub steps: Vec<StepReport>,
    /// Attributes of the resources whose steps ran, for whoever goes on from here.
    pub attributes: std::collections::BTreeMap<Address, Attributes>,
    /// What the run has learned about AWS, for the next ones.
    #[serde(default)]
    pub lessons: Lessons,
}

impl Counts {
    /// Counts one more step.
    pub fn add(&mut self, status: Status) {
        let number = match status {
            Status::NotStarted => &mut self.not_started,
            Status::Done => &mut self.done,
            Status::NotNeeded => &mut self.not_needed,
            Status::Failed => &mut self.failed,
            Status::Skipped => &mut self.skipped,
            Status::Stuck => &mut self.stuck,
            Status::InFlight => &mut self.in_flight,
        };
        *number += 1;
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub const fn complete(&self) -> bool {
        let open = self.not_started + self.failed + self.skipped + self.stuck + self.in_flight;
        open == 0
    }
}
