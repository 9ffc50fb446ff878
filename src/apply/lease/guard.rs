//! A performer that sends changing calls only under a lease.
//!
//! Before each call the lease must outlast it, and the call ends within that time:
//! from then on it counts as one whose outcome is unknown, as after any lost
//! answer. Questions need no lease.

use std::sync::Arc;

use jiff::Timestamp;

use super::Keeper;
use crate::catalog::operations::Verdict;
use crate::cloud::failure::{CallError, code};
use crate::cloud::session::Narrowing;
use crate::cloud::task::{Found, Performer, Progress, Task};
use crate::model::kinds;

/// The performer.
#[derive(Debug)]
pub struct Guarded<P> {
    inner: P,
    lease: Option<Arc<Keeper>>,
}

impl<P> Guarded<P> {
    /// Under a lease; without one where nobody else can be, in a world of one's own.
    #[must_use]
    pub const fn new(inner: P, lease: Option<Arc<Keeper>>) -> Self {
        Self { inner, lease }
    }
}

/// `service:Operation` of a task.
fn operation(task: &Task) -> &'static str {
    let verbs = kinds::info(task.address.kind).verbs.iter();
    verbs.clone().find(|verb| verb.name == task.verb).map_or("lzctl", |verb| verb.operation)
}

impl<P: Performer> Performer for Guarded<P> {
    fn narrow(&self, narrowing: Narrowing) {
        self.inner.narrow(narrowing);
    }

    async fn begin(&self, task: &Task) -> Result<Progress, CallError> {
        let Some(lease) = &self.lease else { return self.inner.begin(task).await };
        let ours = |code, words: String, verdict| CallError::ours(operation(task), code, words, verdict);
        if let Err(lost) = lease.ready().await {
            return Err(ours(code::LEASE_LOST, lost.to_string(), Verdict::Denied));
        }
        let answer = tokio::time::timeout(lease.call(), self.inner.begin(task)).await;
        answer.unwrap_or_else(|_| {
            let words = format!("no answer within {} s", lease.call().as_secs());
            Err(ours(code::TIMEOUT, words, Verdict::Unknown))
        })
    }

    async fn poll(&self, task: &Task, operation: &str) -> Result<Progress, CallError> {
        self.inner.poll(task, operation).await
    }

    async fn look_up(&self, task: &Task, since: Timestamp) -> Result<Found, CallError> {
        self.inner.look_up(task, since).await
    }

    fn speed(&self) -> f64 {
        self.inner.speed()
    }
}
