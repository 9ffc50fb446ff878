//! One line of a journal.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::apply::outcome::Ending;
use crate::cloud::failure::CallError;
use crate::model::ids::{AccountId, OrganizationId};
use crate::model::{Address, Attributes};
use crate::plan::StepId;

/// The format this program writes. A reader refuses any other.
pub const FORMAT: u32 = 1;

/// A line without its checksum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// [`FORMAT`].
    pub format: u32,
    /// The place in the journal, from 0.
    pub sequence: u64,
    /// SHA-256 of the line before, in hexadecimal; 64 zeros at the first.
    pub previous: String,
    /// Milliseconds since the start of the run, or since it was resumed.
    pub at_ms: u64,
    /// What happened.
    pub entry: Entry,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Entry {
    /// The first record: which run this is.
    Opened {
        /// The run's id.
        run: String,
        /// The plan's id.
        plan: String,
        /// The account.
        account: AccountId,
        /// The organization, if there was one.
        organization: Option<OrganizationId>,
        /// How many steps the plan has.
        steps: usize,
        /// The moment of the start; times of records count from it.
        started: Timestamp,
        /// The nonce of the plan file that it carries out: used up from here on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<String>,
    },
    /// The run goes on after it was interrupted or broke off. From here on times
    /// of records count from this start.
    Resumed {
        /// The moment of the new start.
        started: Timestamp,
    },
    /// A call will be sent now.
    Intent {
        /// The step.
        step: StepId,
        /// The resource.
        address: Address,
        /// `service:Operation`.
        operation: String,
        /// The token of plan and step.
        token: String,
        /// The digest of the call's inputs.
        inputs: String,
        /// Which sending this is, from 1.
        sending: u32,
    },
    /// AWS has taken it and works on it under this id.
    Accepted {
        /// The step.
        step: StepId,
        /// What to ask AWS about.
        operation: String,
        /// Attributes that are known already.
        attributes: Attributes,
        /// AWS's id of the request, where it was heard.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<String>,
    },
    /// AWS has surely not applied it, and it will be sent again.
    Refused {
        /// The step.
        step: StepId,
        /// AWS's answer.
        error: CallError,
    },
    /// Nobody knows whether it was applied.
    Unproven {
        /// The step.
        step: StepId,
        /// What came instead of an answer.
        error: CallError,
    },
    /// A search has shown that it was not applied.
    Absent {
        /// The step.
        step: StepId,
    },
    /// It is done.
    Done {
        /// The step.
        step: StepId,
        /// Attributes known from it.
        attributes: Attributes,
        /// AWS's id of the request, where it was heard.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<String>,
    },
    /// It was so already.
    NotNeeded {
        /// The step.
        step: StepId,
        /// Attributes known from the search.
        attributes: Attributes,
    },
    /// It failed for good.
    Failed {
        /// The step.
        step: StepId,
        /// Why.
        error: CallError,
    },
    /// Given up waiting; AWS may still work on it.
    Stuck {
        /// The step.
        step: StepId,
        /// The last failure, if one.
        error: Option<CallError>,
    },
    /// Not sent because of another step.
    Skipped {
        /// The step.
        step: StepId,
        /// The root cause.
        because: StepId,
    },
    /// The operator asked to stop.
    Interrupted,
    /// The last record.
    Closed {
        /// How the run ended.
        ending: Ending,
    },
}

impl Entry {
    /// The step it is about, if it is about one.
    #[must_use]
    pub const fn step(&self) -> Option<&StepId> {
        match self {
            Self::Opened { .. } | Self::Resumed { .. } | Self::Interrupted | Self::Closed { .. } => None,
            Self::Intent { step, .. }
            | Self::Accepted { step, .. }
            | Self::Refused { step, .. }
            | Self::Unproven { step, .. }
            | Self::Absent { step }
            | Self::Done { step, .. }
            | Self::NotNeeded { step, .. }
            | Self::Failed { step, .. }
            | Self::Stuck { step, .. }
            | Self::Skipped { step, .. } => Some(step),
        }
    }
}
