//! Faults on purpose: what goes wrong with which request, as data that a scenario or a sweep can name.
//!
//! In: a [`FaultPlan`]. Out: [`Armed`], which the engine asks at every request. Absent: the choice of where to strike
//! (a sweep makes plans), and crashes of the client, which are a lost answer followed by silence.
//!
//! The fault model joins those of three published reconciler tests: stale and unobserved states of Sieve
//! (<https://www.usenix.org/conference/osdi22/presentation/sun>), transient failures of Anvil
//! (<https://github.com/vmware-research/verifiable-controllers>), and lost answers, late objects and other actors as
//! AWS users report them.

mod act;
mod address;
mod armed;
mod async_operations;
mod latecomers;
mod pages;
mod refusals;
#[cfg(test)]
mod scenarios;
mod views;

use serde::{Deserialize, Serialize};

pub use act::Act;
pub(in crate::sim) use act::named_account;
pub(crate) use address::Encounter;
pub(crate) use armed::{Armed, Fate, paged};
pub use latecomers::Latecomer;

/// A fault that lasts from its first call to the end of the run.
pub const FOREVER: u32 = u32::MAX;

const fn once() -> u32 {
    1
}

/// How an answer does not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// The connection breaks at once.
    Reset,
    /// Nothing comes for a minute of virtual time, then the connection is given up.
    Timeout,
    /// A status of the server comes instead, e.g. 500 or 503.
    ServerError(u16),
}

/// What goes wrong with one request, or with several from one on. `times`: how many matching requests in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The request is refused with this code and message and has no effect.
    Before {
        /// Error code; its HTTP status comes from the shape table, else 500.
        code: String,
        /// Message.
        message: String,
    },
    /// The request has its effect, then the connection breaks without an answer.
    LostAnswer,
    /// The request has its effect, but its answer is lost in a way to choose.
    Lost {
        /// How.
        how: Loss,
        /// How many in a row.
        #[serde(default = "once")]
        times: u32,
    },
    /// Refused for the rate, as the service's protocol says it, before the effect.
    Throttle {
        /// How many in a row.
        #[serde(default = "once")]
        times: u32,
        /// Seconds to wait, told where the protocol can.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// A failure of the server before the effect.
    ServerError {
        /// HTTP status, 500 or 503.
        status: u16,
        /// How many in a row.
        #[serde(default = "once")]
        times: u32,
    },
    /// The connection breaks before the effect.
    ResetBefore {
        /// How many in a row.
        #[serde(default = "once")]
        times: u32,
    },
    /// Another change is in progress: the operation's own error for that. Operations that declare none are spared.
    Conflict {
        /// How many in a row.
        #[serde(default = "once")]
        times: u32,
    },
    /// What the request is about is not found: the operation's own error for that, e.g. the status of an
    /// asynchronous operation. Operations that declare none are spared.
    Missing {
        /// How many in a row.
        #[serde(default = "once")]
        times: u32,
    },
    /// A read is answered as it would have been some seconds ago, but not from before the plan was armed.
    StaleRead {
        /// Virtual seconds.
        age: u32,
        /// How many reads in a row.
        #[serde(default = "once")]
        times: u32,
    },
    /// The change of the request is not seen by any read until another change has happened.
    Unobserved {
        /// Which: an address as in [`Strike::operation`].
        until: String,
    },
    /// Objects of a kind that are created from now on are missing, to every request, for some seconds.
    Delayed {
        /// Which kind.
        kind: Latecomer,
        /// Virtual seconds after the creation.
        seconds: u32,
    },
    /// Somebody else changes something just before the request.
    Actor {
        /// What.
        act: Act,
    },
    /// A page of a listing is empty and has a token for the next.
    EmptyPage {
        /// How many in a row.
        #[serde(default = "once")]
        times: u32,
    },
    /// The token of a following page has expired.
    ExpiredToken {
        /// How many in a row.
        #[serde(default = "once")]
        times: u32,
    },
    /// An item moved to the following page while the listing was read, and is seen twice.
    RepeatedItem {
        /// How many following pages in a row.
        #[serde(default = "once")]
        times: u32,
    },
    /// An item moved to the page that was read already, and is not seen at all.
    SkippedItem {
        /// How many following pages in a row.
        #[serde(default = "once")]
        times: u32,
    },
    /// The asynchronous operation that the request begins ends as failed.
    OperationFails {
        /// The reason: a `FailureReason` of CreateAccount, or a sentence for Control Tower.
        reason: String,
    },
    /// The asynchronous operation that the request begins stays in progress for ever.
    OperationHangs,
    /// The credentials of the caller have expired; the access key stays useless.
    CredentialsExpire,
    /// A role cannot be assumed so soon after its creation.
    RoleNotAssumable {
        /// Virtual seconds after the creation.
        seconds: u32,
    },
    /// A service control policy denies these actions to the member accounts from now on.
    ScpDenies {
        /// `service:Operation`, with `*` and `?`.
        actions: Vec<String>,
        /// How many calls in a row.
        #[serde(default = "forever")]
        times: u32,
    },
    /// The quota that the operation counts against is reached. Operations that count against none are spared.
    QuotaReached {
        /// How many in a row.
        #[serde(default = "forever")]
        times: u32,
    },
    /// From this request on nothing is done and nothing is answered.
    StopsAnswering {
        /// How the client notices.
        how: Loss,
    },
}

const fn forever() -> u32 {
    FOREVER
}

impl Fault {
    /// The name in a plan, e.g. `lost-answer`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Before { .. } => "before",
            Self::LostAnswer => "lost-answer",
            Self::Lost { .. } => "lost",
            Self::Throttle { .. } => "throttle",
            Self::ServerError { .. } => "server-error",
            Self::ResetBefore { .. } => "reset-before",
            Self::Conflict { .. } => "conflict",
            Self::Missing { .. } => "missing",
            Self::StaleRead { .. } => "stale-read",
            Self::Unobserved { .. } => "unobserved",
            Self::Delayed { .. } => "delayed",
            Self::Actor { .. } => "actor",
            Self::EmptyPage { .. } => "empty-page",
            Self::ExpiredToken { .. } => "expired-token",
            Self::RepeatedItem { .. } => "repeated-item",
            Self::SkippedItem { .. } => "skipped-item",
            Self::OperationFails { .. } => "operation-fails",
            Self::OperationHangs => "operation-hangs",
            Self::CredentialsExpire => "credentials-expire",
            Self::RoleNotAssumable { .. } => "role-not-assumable",
            Self::ScpDenies { .. } => "scp-denies",
            Self::QuotaReached { .. } => "quota-reached",
            Self::StopsAnswering { .. } => "stops-answering",
        }
    }

    /// How many matching requests it is in force for.
    pub(crate) const fn times(&self) -> u32 {
        match self {
            Self::Lost { times, .. }
            | Self::Throttle { times, .. }
            | Self::ServerError { times, .. }
            | Self::ResetBefore { times }
            | Self::Conflict { times }
            | Self::Missing { times }
            | Self::StaleRead { times, .. }
            | Self::EmptyPage { times }
            | Self::ExpiredToken { times }
            | Self::RepeatedItem { times }
            | Self::SkippedItem { times }
            | Self::ScpDenies { times, .. }
            | Self::QuotaReached { times } => *times,
            Self::Delayed { .. } | Self::RoleNotAssumable { .. } | Self::StopsAnswering { .. } => FOREVER,
            Self::Before { .. }
            | Self::LostAnswer
            | Self::Unobserved { .. }
            | Self::Actor { .. }
            | Self::OperationFails { .. }
            | Self::OperationHangs
            | Self::CredentialsExpire => 1,
        }
    }
}

/// One fault: from the `call`-th matching request on (from 1), counted since the plan was armed. Requests that the
/// fault cannot strike (a conflict on an operation that knows none, a stale read on a change) are not counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strike {
    /// `service:Operation`, `service:*`, `read`, `mutation` or `any`.
    pub operation: String,
    /// Which matching request, from 1.
    pub call: u64,
    /// What happens.
    pub fault: Fault,
}

/// The faults of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultPlan {
    /// The faults. Where several strike one request, the first that decides its answer wins.
    pub strikes: Vec<Strike>,
}

impl FaultPlan {
    /// A plan with these faults.
    #[must_use]
    pub fn new(strikes: Vec<Strike>) -> Self {
        Self { strikes }
    }

    /// A plan with one fault on the `call`-th request to `operation`.
    #[must_use]
    pub fn one(operation: &str, call: u64, fault: Fault) -> Self {
        Self::new(vec![Strike { operation: operation.to_owned(), call, fault }])
    }
}
