//! One request after its protocol was taken off: who asks which operation of which service for what.
//!
//! In: built by `wire` and `identity`. Out: read by services. Absent: anything of HTTP.

use jiff::Timestamp;
use serde_json::Value;

/// Who sent a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// 12-digit account id.
    pub account: String,
    /// The principal's ARN, e.g. `arn:aws:sts::111122223333:assumed-role/Admin/me`.
    pub arn: String,
    /// The unique id STS reports as `UserId`, e.g. `AROAEXAMPLE:me`.
    pub user_id: String,
    /// Access key id; empty for an unsigned request.
    pub access_key: String,
}

/// One request to one operation.
#[derive(Debug, Clone)]
pub struct Request {
    /// The service's name as in the shape tables, e.g. `organizations`.
    pub service: &'static str,
    /// The operation's name, e.g. `CreateAccount`.
    pub operation: String,
    /// Input by member names: numbers are numbers, timestamps are epoch seconds, blobs are base64 strings.
    /// Already validated against the shape table.
    pub input: Value,
    /// Who asks.
    pub caller: Caller,
    /// The Region the request is signed for. Of an unsigned one: that of its host, and empty where the host tells none.
    pub region: String,
    /// Virtual time of arrival.
    pub now: Timestamp,
}

impl Request {
    /// A string member, if given.
    #[must_use]
    pub fn text(&self, member: &str) -> Option<&str> {
        self.input.get(member).and_then(Value::as_str)
    }

    /// A string member that the shape table marks required; empty if the table was wrong.
    #[must_use]
    pub fn required(&self, member: &str) -> &str {
        self.text(member).unwrap_or_default()
    }

    /// An integer member, if given.
    #[must_use]
    pub fn integer(&self, member: &str) -> Option<i64> {
        self.input.get(member).and_then(Value::as_i64)
    }

    /// A boolean member, if given.
    #[must_use]
    pub fn boolean(&self, member: &str) -> Option<bool> {
        self.input.get(member).and_then(Value::as_bool)
    }

    /// The items of a list member; empty if it was not given.
    #[must_use]
    pub fn list(&self, member: &str) -> &[Value] {
        self.input.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}
