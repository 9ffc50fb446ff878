//! Timestamps on the wire: epoch seconds, ISO 8601 or RFC 822.
//!
//! In: text or number in the protocol's form. Out: epoch seconds as the services use them, and back.
//! Absent: the current time.

use jiff::Timestamp;
use serde_json::Value;

use crate::sim::shapes::{Reference, Shape};

/// The form of a timestamp in its place.
pub(super) fn format<'a>(place: &'a Reference, shape: &'a Shape, usual: &'a str) -> &'a str {
    place.timestamp.as_deref().or(shape.timestamp.as_deref()).unwrap_or(usual)
}

/// Epoch seconds from a wire form, `None` if it is not one.
pub(super) fn read(value: &Value, format: &str) -> Option<Value> {
    match (value, format) {
        (Value::Number(_), "unixTimestamp") => Some(value.clone()),
        (Value::String(text), "unixTimestamp") => text.parse::<f64>().ok().map(Value::from),
        (Value::String(text), "iso8601") => {
            text.parse::<Timestamp>().ok().map(|at| Value::from(crate::sim::clock::epoch(at)))
        }
        (Value::String(text), _) => {
            let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
            Some(Value::from(crate::sim::clock::epoch(at)))
        }
        _ => None,
    }
}

/// A wire form of epoch seconds for JSON.
pub(super) fn write_json(value: &Value, format: &str) -> Value {
    match format {
        "unixTimestamp" => value.clone(),
        other => Value::String(write(value, other)),
    }
}

/// A wire form of epoch seconds as text.
pub(super) fn write(value: &Value, format: &str) -> String {
    let seconds = value.as_f64().unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, reason = "an out-of-range time becomes the epoch below")]
    let at = Timestamp::from_millisecond((seconds * 1000.0).round() as i64).unwrap_or(Timestamp::UNIX_EPOCH);
    match format {
        "unixTimestamp" => format!("{seconds}"),
        "rfc822" => at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        _ => at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}
