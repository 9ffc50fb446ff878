//! An error of AWS before it is written down in a protocol.
//!
//! In: code, message, further fields. Out: [`AwsError`], rendered by `wire`, which looks up the HTTP status and the
//! place of each field in the shape table. Absent: the status of declared errors (the table has it).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A refusal, in AWS's own words.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct AwsError {
    /// The code as clients see it, e.g. `InvalidInputException`.
    pub code: String,
    /// HTTP status; `None` takes the one of the shape table, else of the common errors, else 400.
    pub status: Option<u16>,
    /// AWS's words.
    pub message: String,
    /// Further members of the error shape, e.g. `Reason`.
    pub fields: Map<String, Value>,
    /// Further response headers, e.g. `Retry-After`.
    pub headers: BTreeMap<String, String>,
}

impl AwsError {
    /// An error with a code and AWS's words.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            status: None,
            message: message.into(),
            fields: Map::new(),
            headers: BTreeMap::new(),
        }
    }

    /// Adds a member of the error shape.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a response header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.insert(name.to_owned(), value.into());
        self
    }

    /// Sets the HTTP status where no table knows it.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// A bug of the simulator, told as AWS tells its own: HTTP 500.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new("InternalFailure", message).status(500)
    }
}
