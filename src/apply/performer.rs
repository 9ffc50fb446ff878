//! The seam to AWS: one call at a time, no waiting, no retrying.
//!
//! In: tasks without open references. Out: progress, or what a search found, or a
//! [`CallError`] with AWS's words. A performer must send a mutating call at most
//! once per `begin`: whether it is sent again is decided by the engine.

use std::future::Future;

use crate::cloud::failure::CallError;
use crate::cloud::task::{Found, Progress, Task};

/// Whoever makes the calls.
pub trait Performer: Send + Sync + 'static {
    /// Sends the mutating call of a task, once.
    fn begin(&self, task: &Task) -> impl Future<Output = Result<Progress, CallError>> + Send;

    /// Asks how an operation that `begin` started goes.
    fn poll(&self, task: &Task, operation: &str) -> impl Future<Output = Result<Progress, CallError>> + Send;

    /// Searches for the effect of a task whose outcome is unknown.
    fn look_up(&self, task: &Task) -> impl Future<Output = Result<Found, CallError>> + Send;
}
