//! Whether a change may be sent at all: asked at the last moment before each.
//!
//! In: nothing. Out: leave, or why not. Waiting for a lane, for a session or for a
//! question that a change needs comes before, so it takes nothing from the time for
//! which leave is given. Absent: who gives it (`apply::lease`).

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// Whoever gives leave.
pub trait Permit: Debug + Send + Sync {
    /// Comes back when a change may be sent that takes at most [`Permit::longest_change`].
    ///
    /// # Errors
    /// Why none may be sent any more, for people.
    fn granted(&self) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + '_>>;

    /// How long one change may take. Then it counts as one without an answer.
    fn longest_change(&self) -> Duration;
}
