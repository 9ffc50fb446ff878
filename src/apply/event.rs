//! The words between the engine and whoever runs its commands.
//!
//! In: [`Event`]s, answers of AWS and the passing of time. Out: [`Command`]s, in
//! the order in which they must be carried out: a record always stands before the
//! call that it announces. [`Notice`]s are for people and decide nothing.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde::Serialize;

use super::journal::record::Entry;
use super::outcome::Outcome;
use crate::cloud::failure::CallError;
use crate::cloud::task::{Found, Progress, Task};
use crate::plan::StepId;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The run begins.
    Started,
    /// The answer to [`Command::Begin`].
    Began {
        /// The step it was sent for.
        step: StepId,
        /// AWS's answer, or the failure of the call.
        answer: Result<Progress, CallError>,
        /// AWS's id of the request that it accepted, where it gave one.
        request: Option<String>,
    },
    /// The answer to [`Command::Poll`].
    Polled {
        /// The step it was sent for.
        step: StepId,
        /// How far the operation is. A failure whose code is `OperationFailed`
        /// means that the operation has ended; any other, that the question failed.
        answer: Result<Progress, CallError>,
    },
    /// The answer to [`Command::LookUp`].
    LookedUp {
        /// The step it was sent for.
        step: StepId,
        /// Whether the call took effect, or the failure of the search.
        answer: Result<Found, CallError>,
    },
    /// The time of the last [`Command::WakeAt`] has come.
    Tick,
    /// The operator wants it to stop: the first lets calls in the air end, the
    /// second ends the run at once.
    Interrupt,
}

/// What to do, in this order.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Put this in the journal before any call that follows it.
    Record(Entry),
    /// Send the mutating call, once.
    Begin {
        /// The step it is for.
        step: StepId,
        /// The call.
        task: Arc<Task>,
    },
    /// Ask how an operation goes.
    Poll {
        /// The step it is for.
        step: StepId,
        /// The call that began it.
        task: Arc<Task>,
        /// AWS's id of the operation.
        operation: String,
    },
    /// Search for the effect of a call whose outcome is unknown.
    LookUp {
        /// The step it is for.
        step: StepId,
        /// The call in question.
        task: Arc<Task>,
        /// When its first intent was written down, since the start of the run;
        /// negative when a run before this one did so.
        since: SignedDuration,
    },
    /// Send [`Event::Tick`] at this time since the start. Replaces the one before.
    WakeAt(Duration),
    /// Tell whoever watches.
    Notify(Notice),
    /// The run has ended; nothing follows.
    Finish(Box<Outcome>),
}

/// Something a watcher may want to see.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// The call of a step is being sent.
    Started {
        /// The step.
        step: StepId,
        /// `service:Operation`.
        operation: String,
        /// How long the step is expected to take, by what this run has learned.
        expected: Duration,
        /// Which sending this is, from 1.
        sending: u32,
    },
    /// AWS works on it.
    Running {
        /// The step.
        step: StepId,
        /// AWS's id of the operation.
        operation: String,
        /// How long it is expected to take altogether.
        expected: Duration,
        /// For how long AWS has worked on it, in a former run as well.
        elapsed: Duration,
        /// Steps that wait directly for this one.
        waiting: usize,
    },
    /// It is done.
    Done {
        /// The step.
        step: StepId,
        /// From the first sending to the end, as far as it was seen.
        took: Duration,
    },
    /// What it asks for was so already.
    NotNeeded {
        /// The step.
        step: StepId,
    },
    /// It was not applied, or the question was not answered, and it will be sent again.
    Waiting {
        /// The step.
        step: StepId,
        /// Why, in AWS's words.
        error: CallError,
        /// When it will be sent again, since the start.
        until: Duration,
    },
    /// Nobody knows yet whether the call took effect; it will be searched for.
    Unproven {
        /// The step.
        step: StepId,
        /// What came instead of an answer.
        error: CallError,
    },
    /// It failed.
    Failed {
        /// The step.
        step: StepId,
        /// AWS's words.
        error: CallError,
        /// How many steps are skipped because of it.
        holds_up: usize,
    },
    /// It has not ended within its deadline; it goes on at AWS.
    Stuck {
        /// The step.
        step: StepId,
        /// AWS's id of the operation, when there is one.
        operation: Option<String>,
        /// How many steps are skipped because of it.
        holds_up: usize,
    },
    /// AWS throttles an operation; it is sent more slowly from now on.
    Slowed {
        /// `service:Operation`.
        operation: String,
        /// Requests per second from now on.
        rate: f64,
    },
    /// AWS throttles operations of many sorts at once although each is within its
    /// own rate: somebody else uses them up. Nothing is sent for a while; what is
    /// under way is still asked about.
    Paused {
        /// When sending goes on, since the start.
        until: Duration,
    },
    /// The credentials are gone: the run stops as if it were interrupted.
    Halted {
        /// AWS's words.
        error: CallError,
    },
    /// No new step is started any more.
    Stopping {
        /// Calls in the air, which may end.
        calls: usize,
    },
}
