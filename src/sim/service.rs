//! What a simulated service is: a table of operations, and the events it lets happen as time passes.
//!
//! In: the world and a request. Out: an answer by member names, or an [`AwsError`].
//! Absent: protocols, identity, throttles (each has its own file).

use jiff::Timestamp;
use serde_json::Value;

use super::error::AwsError;
use super::request::Request;
use super::world::World;

/// One operation. It checks everything before it changes anything, so that an error leaves no effect.
///
/// The answer names members as the model does; timestamps are numbers of epoch seconds, blobs base64 strings;
/// an absent member is left out, never null.
pub type Handler = fn(&mut World, &Request) -> Result<Value, AwsError>;

/// One service: its name in the shape tables, its operations, its events.
pub struct Service {
    /// The name of its shape table, e.g. `organizations`.
    pub name: &'static str,
    /// Operation name and handler; an operation of the model that is missing here answers as unknown.
    pub operations: &'static [(&'static str, Handler)],
    /// When its next event is due, if any is under way.
    pub due: fn(&World) -> Option<Timestamp>,
    /// Lets every event happen that is due at `now`, in order of time.
    pub settle: fn(&mut World, Timestamp),
}

impl Service {
    /// The handler of an operation, if it is simulated.
    #[must_use]
    pub fn handler(&self, operation: &str) -> Option<Handler> {
        self.operations.iter().find(|(name, _)| *name == operation).map(|(_, handler)| *handler)
    }
}

/// For a service in which nothing happens by itself.
#[must_use]
pub fn never_due(_: &World) -> Option<Timestamp> {
    None
}

/// For a service in which nothing happens by itself.
pub fn nothing_settles(_: &mut World, _: Timestamp) {}
