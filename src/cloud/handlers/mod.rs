//! How each kind's verbs are carried out: one file per kind.
//!
//! In: a task. Out: one mutating call and what became of it. A handler never
//! waits for AWS to finish and never sends a mutation twice.

use jiff::Timestamp;

use super::connection::Connection;
use super::failure::{CallError, code};
use super::task::{Found, Performer, Progress, Task};
use crate::catalog::operations::Verdict;

impl Performer for Connection {
    async fn begin(&self, task: &Task) -> Result<Progress, CallError> {
        Err(unknown_verb(task))
    }

    async fn poll(&self, task: &Task, _operation: &str) -> Result<Progress, CallError> {
        Err(unknown_verb(task))
    }

    async fn look_up(&self, task: &Task, _since: Timestamp) -> Result<Found, CallError> {
        Err(unknown_verb(task))
    }
}

/// A verb that the kind does not have: a plan made by another version.
fn unknown_verb(task: &Task) -> CallError {
    let message = format!("there is no verb `{}` for {}", task.verb, task.address);
    CallError::ours(&task.address.to_string(), code::UNSENDABLE, message, Verdict::Rejected)
}
