//! One mutating call that a plan asks for, and what became of it.
//!
//! In: an address, a verb of its kind and inputs without open references. Out:
//! [`Progress`], or for a call whose outcome is unknown [`Found`]. Who waits, and
//! how long, is decided by the caller.

use std::future::Future;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::failure::CallError;
use super::session::Narrowing;
use crate::model::{Address, Attributes, Fields};

/// One mutating call, all inputs known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The resource it changes.
    pub address: Address,
    /// A verb of the resource's kind (see `model::kinds`).
    pub verb: String,
    /// The leaf of a field group when the verb works leaf by leaf, e.g. the
    /// Region of a replica; else empty.
    pub item: String,
    /// Field values for the call, by field name.
    pub inputs: Fields,
    /// Natural keys of the resource, as the document gives them.
    pub keys: Fields,
    /// What AWS has assigned to the resource so far.
    pub own: Attributes,
    /// A token derived from plan and step: the same at every sending. Used as the
    /// client token where AWS takes one, and as a tag or search key elsewhere.
    pub token: String,
}

/// How far a call has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// It is done; these attributes are known now (merged over the former ones).
    Done(Attributes),
    /// AWS works on it under this operation id.
    Running {
        /// What to ask AWS about.
        operation: String,
        /// Attributes that are known already.
        attributes: Attributes,
    },
}

/// What a search for an unproven call found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// It took effect, or somebody else did the same.
    Effect(Progress),
    /// No trace of it: sending it (again) is safe.
    Nothing,
}

/// Whoever can carry tasks out: AWS through [`super::Connection`], or a scripted
/// double in the tests of the engine.
pub trait Performer: Send + Sync {
    /// Holds what is done in member accounts to these policies from now on. Each
    /// performer says itself what it does with them, so that none forgets to.
    fn narrow(&self, narrowing: Narrowing);

    /// Sends the task's one mutating call, once.
    ///
    /// # Errors
    /// What AWS said, or why it was not asked; the verdict tells whether the call
    /// may have been applied.
    fn begin(&self, task: &Task) -> impl Future<Output = Result<Progress, CallError>> + Send;

    /// Asks how a running operation of the task goes. It only reads.
    ///
    /// # Errors
    /// The failure of the asking, or that the operation has ended as failed.
    fn poll(&self, task: &Task, operation: &str) -> impl Future<Output = Result<Progress, CallError>> + Send;

    /// Looks for the effect of a call whose outcome is unknown, or that was
    /// refused because what it asks for is so already. `since` is when the intent
    /// was written down, before the call. It only reads.
    ///
    /// # Errors
    /// The failure of the asking; nothing is proven then.
    fn look_up(&self, task: &Task, since: Timestamp)
    -> impl Future<Output = Result<Found, CallError>> + Send;

    /// How many times faster than ours the clock of the AWS asked runs; other
    /// than 1 only for local emulators.
    fn speed(&self) -> f64 {
        1.0
    }
}
