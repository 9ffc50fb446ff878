//! A call that AWS did not answer with success.
//!
//! Carries AWS's code, words and request id, the operation, and the verdict that
//! the operation table gives, so that whoever asked knows whether it was applied
//! and whether it may be sent again.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::catalog::operations::{self, Verdict};

/// One failed call.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("{operation}: {code}: {message}{}", request_id.as_deref().map(|id| format!(" (request {id})")).unwrap_or_default())]
pub struct CallError {
    /// `service:Operation`.
    pub operation: String,
    /// AWS's error code, or one of the words in [`code`] for what never reached
    /// AWS or was not said by it with a code.
    pub code: String,
    /// AWS's own words.
    pub message: String,
    /// AWS's request id, for support.
    pub request_id: Option<String>,
    /// What it means for the caller.
    pub verdict: Verdict,
    /// How long AWS asks to wait.
    pub retry_after: Option<Duration>,
}

/// Our words for what AWS has no code for.
pub mod code {
    /// No answer in time; a mutation may have been applied.
    pub const TIMEOUT: &str = "Timeout";
    /// The connection failed, before or after it was made (the verdict tells).
    pub const UNREACHABLE: &str = "Unreachable";
    /// There were no credentials to sign with.
    pub const NO_CREDENTIALS: &str = "NoCredentials";
    /// The request could not be built; nothing was sent.
    pub const UNSENDABLE: &str = "Unsendable";
    /// AWS accepted an asynchronous operation and then ended it as failed.
    pub const OPERATION_FAILED: &str = "OperationFailed";
    /// An answer that makes no sense.
    pub const UNREADABLE: &str = "Unreadable";
    /// Only somebody else can go on: the owner of an account, or of a mailbox.
    pub const WAITS_FOR_OWNER: &str = "WaitsForOwner";
    /// AWS has sent a code to somebody, and nobody has told it.
    pub const WAITS_FOR_CODE: &str = "WaitsForCode";
    /// The lease on the organization is gone; nothing was sent.
    pub const LEASE_LOST: &str = "LeaseLost";
}

impl CallError {
    /// An error in our own words.
    #[must_use]
    pub fn ours(operation: &str, code: &str, message: impl Into<String>, verdict: Verdict) -> Self {
        Self {
            operation: operation.to_owned(),
            code: code.to_owned(),
            message: message.into(),
            request_id: None,
            verdict,
            retry_after: None,
        }
    }

    /// The failure of an asynchronous operation that AWS had accepted. It will not
    /// end otherwise, so it counts as refused unless the table knows its words.
    #[must_use]
    pub fn operation_failed(operation: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let verdict = match operations::table().verdict(operation, code::OPERATION_FAILED, &message) {
            Verdict::Unknown => Verdict::Rejected,
            known => known,
        };
        Self::ours(operation, code::OPERATION_FAILED, message, verdict)
    }

    /// An answer without something that AWS always sends. For a mutation its
    /// outcome stays open, since AWS did answer.
    #[must_use]
    pub fn unreadable(operation: &str, what: &str) -> Self {
        let message = format!("the answer holds no {what}");
        let verdict = operations::table().verdict(operation, code::UNREADABLE, &message);
        Self::ours(operation, code::UNREADABLE, message, verdict)
    }

    /// Whether the thing asked about is not there.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.verdict == Verdict::Missing
    }
}
