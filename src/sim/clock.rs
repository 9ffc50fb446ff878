//! Virtual time: a start, plus tokio's clock times a speed, plus what was skipped by hand.
//!
//! In: an anchor and a speed. Out: the virtual instant now, and how long a virtual wait really takes.
//! Absent: timers for events. Effects are lazy (`World::settle`), so nothing runs in the background, and under
//! `#[tokio::test(start_paused = true)]` an hour costs nothing.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The simulator's clock.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    origin: Timestamp,
    anchor: Instant,
    speed: f64,
}

impl Clock {
    /// A clock that shows `origin` now and runs `speed` times as fast as tokio's.
    pub(crate) fn new(origin: Timestamp, speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { speed } else { 1.0 };
        Self { origin, anchor: Instant::now(), speed }
    }

    /// The virtual instant now.
    pub(crate) fn now(&self) -> Timestamp {
        later(self.origin, self.anchor.elapsed().mul_f64(self.speed))
    }

    /// Moves virtual time forward at once.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.origin = later(self.origin, by);
    }

    /// How long tokio must sleep for a virtual wait.
    pub(crate) fn real(&self, wait: Duration) -> Duration {
        wait.div_f64(self.speed)
    }
}

/// `from` plus `by`, held at the end of time instead of overflowing.
pub(crate) fn later(from: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| from.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

/// Seconds since the epoch with milliseconds, the form in which services put timestamps into their answers.
pub(crate) fn epoch(at: Timestamp) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds since 1970 fit 53 bits until the year 287396"
    )]
    let milliseconds = at.as_millisecond() as f64;
    milliseconds / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn virtual_time_runs_at_its_speed_and_can_be_skipped() {
        let mut clock = Clock::new(Timestamp::UNIX_EPOCH, 60.0);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(clock.now().as_second(), 120);
        clock.advance(Duration::from_secs(3600));
        assert_eq!(clock.now().as_second(), 3720);
        assert_eq!(clock.real(Duration::from_secs(60)), Duration::from_secs(1));
    }
}
