//! Faults on purpose: an error before a request has its effect, or an answer lost after it.
//!
//! In: a [`FaultPlan`] given by a test or a rehearsal. Out: which fault strikes which request.
//! Absent: fault models that choose where to strike; they are built on top of this seam.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What goes wrong with one request.
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
}

/// One fault: on the `call`-th request (from 1) to an operation, counted since the plan was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strike {
    /// `service:Operation`.
    pub operation: String,
    /// Which request, from 1.
    pub call: u64,
    /// What happens.
    pub fault: Fault,
}

/// The faults of a run and how far it has come.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FaultPlan {
    /// The faults.
    pub strikes: Vec<Strike>,
    #[serde(skip)]
    seen: BTreeMap<String, u64>,
}

impl FaultPlan {
    /// A plan with these faults.
    #[must_use]
    pub fn new(strikes: Vec<Strike>) -> Self {
        Self { strikes, seen: BTreeMap::new() }
    }

    /// Counts a request and says what strikes it.
    pub(crate) fn strike(&mut self, service: &str, operation: &str) -> Option<Fault> {
        if self.strikes.is_empty() {
            return None;
        }
        let name = format!("{service}:{operation}");
        let seen = self.seen.entry(name.clone()).or_default();
        *seen += 1;
        self.strikes
            .iter()
            .find(|strike| strike.operation == name && strike.call == *seen)
            .map(|strike| strike.fault.clone())
    }
}
