//! A call that AWS did not answer with success.
//!
//! Carries AWS's code, words and request id, the operation, and the verdict that
//! the operation table gives, so that whoever asked knows whether it was applied
//! and whether it may be sent again.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::catalog::operations::Verdict;

/// One failed call.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("{operation}: {code}: {message}{}", request_id.as_deref().map(|id| format!(" (request {id})")).unwrap_or_default())]
pub struct CallError {
    /// `service:Operation`.
    pub operation: String,
    /// AWS's error code, or one of our words for what never reached AWS:
    /// `Timeout`, `Unreachable`, `NoCredentials`, `OperationFailed` (an
    /// asynchronous operation that AWS accepted and then ended as failed),
    /// `Unreadable` (an answer that makes no sense).
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
