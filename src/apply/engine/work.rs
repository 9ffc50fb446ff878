//! Where one step stands while the run goes on.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::apply::outcome::Status;
use crate::cloud::failure::CallError;
use crate::cloud::task::Task;

/// What a step is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Something it needs is not done.
    Waiting,
    /// It may have been done by a run whose journal is lost; its timer says when to
    /// search for that.
    Hesitating,
    /// That search is in the air.
    LookingAhead,
    /// It waits for its lanes.
    Queued,
    /// It was not applied and will be queued again at its timer.
    Resting,
    /// Its mutating call is in the air.
    Beginning,
    /// AWS works on it; its timer says when to ask.
    Running,
    /// A question about it is in the air.
    Polling,
    /// Nobody knows whether it was applied; its timer says when to search.
    Doubtful,
    /// A search for it is in the air.
    LookingUp,
    /// It is over.
    Ended(Status),
}

/// How often something went wrong, and since when.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Troubles {
    pub(super) count: u32,
    pub(super) since: Option<Duration>,
}

/// One step's account.
#[derive(Debug, Clone)]
pub(super) struct Work {
    pub(super) phase: Phase,
    /// Needs that are not done.
    pub(super) open_needs: u32,
    pub(super) ready: Option<Duration>,
    pub(super) started: Option<Duration>,
    pub(super) ended: Option<Duration>,
    /// When the last question about it was sent.
    pub(super) asked: Duration,
    /// So long at least AWS was at work on the last sending.
    pub(super) took: Option<Duration>,
    /// The last sending.
    pub(super) sent: Duration,
    pub(super) sendings: u32,
    /// When the first intent was written down; negative in a run before.
    pub(super) intended: Option<SignedDuration>,
    pub(super) timer: Option<Duration>,
    /// AWS's id of the operation.
    pub(super) operation: Option<String>,
    /// AWS's id of the request that it accepted, until it is written down.
    pub(super) request: Option<String>,
    /// The call as it was sent.
    pub(super) task: Option<Arc<Task>>,
    /// Sendings that were not applied or are in doubt. Never forgotten before the
    /// step has ended: an operation that is accepted and fails again and again
    /// must run out of patience, too.
    pub(super) sending_troubles: Troubles,
    /// Polls or searches in a row without an answer.
    pub(super) questions: Troubles,
    /// Since when its outcome is in doubt, how many searches have found nothing,
    /// and whether AWS said that what it asks for is so already.
    pub(super) doubted: Option<Duration>,
    pub(super) empty_searches: u32,
    pub(super) satisfied: bool,
    pub(super) error: Option<CallError>,
    /// The root cause it was skipped for.
    pub(super) because: Option<u32>,
}

impl Work {
    pub(super) const fn new(needs: u32) -> Self {
        Self {
            phase: Phase::Waiting,
            open_needs: needs,
            ready: None,
            started: None,
            ended: None,
            asked: Duration::ZERO,
            took: None,
            sent: Duration::ZERO,
            sendings: 0,
            intended: None,
            timer: None,
            operation: None,
            request: None,
            task: None,
            sending_troubles: Troubles { count: 0, since: None },
            questions: Troubles { count: 0, since: None },
            doubted: None,
            empty_searches: 0,
            satisfied: false,
            error: None,
            because: None,
        }
    }

    /// AWS has answered: its state is known again.
    pub(super) fn answered(&mut self) {
        self.questions = Troubles::default();
        self.doubted = None;
        self.empty_searches = 0;
        self.error = None;
    }

    /// Since its first sending: in this run, or in the one before when AWS was at work on it then.
    pub(super) fn age(&self, now: Duration) -> Duration {
        if let Some(started) = self.started {
            return now.saturating_sub(started);
        }
        let now = SignedDuration::try_from(now).unwrap_or(SignedDuration::MAX);
        let since = self.intended.map(|intended| now.saturating_sub(intended));
        since.and_then(|since| Duration::try_from(since).ok()).unwrap_or_default()
    }

    /// What to report of it when the run ends now.
    pub(super) const fn status(&self) -> Status {
        match self.phase {
            Phase::Ended(status) => status,
            Phase::Waiting | Phase::Hesitating | Phase::LookingAhead | Phase::Queued | Phase::Resting => {
                Status::NotStarted
            }
            Phase::Beginning | Phase::Running | Phase::Polling | Phase::Doubtful | Phase::LookingUp => {
                Status::InFlight
            }
        }
    }
}
