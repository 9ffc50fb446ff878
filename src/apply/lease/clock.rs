//! Our own clock for a lease: time since a start, by whichever of the monotonic and
//! the calendar clock has gone further.
//!
//! A machine that was suspended may have stopped the one; a stopped process has
//! stopped neither. Going too fast only makes a holder careful.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// The clock. It never goes back.
#[derive(Debug)]
pub(super) struct Clock {
    start: Instant,
    calendar: SystemTime,
    furthest: Mutex<Duration>,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { start: Instant::now(), calendar: SystemTime::now(), furthest: Mutex::default() }
    }

    pub(super) fn now(&self) -> Duration {
        let calendar = self.calendar.elapsed().unwrap_or_default();
        let mut furthest = self.furthest.lock().unwrap_or_else(PoisonError::into_inner);
        *furthest = self.start.elapsed().max(calendar).max(*furthest);
        *furthest
    }
}
