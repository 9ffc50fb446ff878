//! A performer that works through the connection and lets faults happen at chosen calls.
//!
//! In: what shall happen at which mutation. Out: the answers of the connection, the
//! signal of a crash, and the list of all calls begun, with which the simulator's
//! own log is compared. Absent: the choice of faults.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::cloud::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::session::Narrowing;
use crate::cloud::task::{Found, Performer, Progress, Task};
use crate::plan::StepId;
use crate::sim::{FaultPlan, Simulator, World};

/// What happens at a call.
#[derive(Debug, Clone)]
pub(super) enum Mischief {
    /// The program dies: nothing of it goes on.
    Crash {
        /// Whether AWS still carries the call out.
        effect: bool,
    },
    /// AWS misbehaves from this call on.
    Arm(FaultPlan),
}

/// Which call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The first sending of a step.
    Step(StepId),
    /// The n-th mutation of the run, from 0.
    Nth(usize),
}

/// A mutating call that the program began.
#[derive(Debug, Clone)]
pub(super) struct Begun {
    /// The step.
    pub(super) step: StepId,
    /// The call.
    pub(super) task: Task,
    /// The world before it; kept only when asked for.
    pub(super) world: Option<World>,
}

/// The performer.
#[derive(Debug)]
pub(super) struct Saboteur {
    inner: Connection,
    simulator: Simulator,
    mischief: Mutex<BTreeMap<Place, Mischief>>,
    begun: Mutex<Vec<Begun>>,
    keeps_worlds: bool,
    crash: Arc<Notify>,
}

impl Saboteur {
    pub(super) fn new(inner: Connection, simulator: Simulator, mischief: BTreeMap<Place, Mischief>) -> Self {
        Self {
            inner,
            simulator,
            mischief: Mutex::new(mischief),
            begun: Mutex::default(),
            keeps_worlds: false,
            crash: Arc::default(),
        }
    }

    /// One that keeps the world as it was before each call.
    pub(super) fn recording(inner: Connection, simulator: Simulator) -> Self {
        Self { keeps_worlds: true, ..Self::new(inner, simulator, BTreeMap::new()) }
    }

    /// Every call so far, in order.
    pub(super) fn begun(&self) -> Vec<Begun> {
        held(&self.begun).clone()
    }

    /// Comes back when the program shall die.
    pub(super) async fn crashed(&self) {
        self.crash.notified().await;
    }

    fn next(&self, task: &Task) -> Option<Mischief> {
        let step = StepId::of(&task.address, &task.verb, &task.item);
        let world = self.keeps_worlds.then(|| self.simulator.world());
        let mut begun = held(&self.begun);
        let place = Place::Nth(begun.len());
        begun.push(Begun { step: step.clone(), task: task.clone(), world });
        let mut mischief = held(&self.mischief);
        mischief.remove(&Place::Step(step)).or_else(|| mischief.remove(&place))
    }
}

impl Performer for Saboteur {
    fn narrow(&self, narrowing: Narrowing) {
        self.inner.narrow(narrowing);
    }

    async fn begin(&self, task: &Task) -> Result<Progress, CallError> {
        match self.next(task) {
            None => {}
            Some(Mischief::Arm(plan)) => self.simulator.arm(plan),
            Some(Mischief::Crash { effect }) => {
                if effect {
                    // The answer is what the crash loses.
                    let _ = self.inner.begin(task).await;
                }
                self.crash.notify_one();
                pending::<()>().await;
            }
        }
        self.inner.begin(task).await
    }

    async fn poll(&self, task: &Task, operation: &str) -> Result<Progress, CallError> {
        self.inner.poll(task, operation).await
    }

    async fn look_up(&self, task: &Task, since: Timestamp) -> Result<Found, CallError> {
        self.inner.look_up(task, since).await
    }
}

/// The content of a lock, also after a panic elsewhere: the sweep reports that by itself.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
