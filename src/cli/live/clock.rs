//! The clock of a run between its notices.
//!
//! In: what time a notice was told at, since the start of the run. Out: what time it is now. Between two notices the
//! run's time passes as that of its AWS does: as ours at AWS itself, faster at a simulator that was started with a speed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The clock; its clones show the same time.
#[derive(Debug, Clone)]
pub(super) struct RunClock(Arc<Mutex<Reading>>);

#[derive(Debug)]
struct Reading {
    /// The time of the last notice.
    told: Duration,
    /// When that was told, by our clock.
    heard: Instant,
    /// How many seconds of the run pass in one of ours.
    speed: f64,
}

impl RunClock {
    /// A clock at the start of a run.
    pub(super) fn new(speed: f64) -> Self {
        Self(Arc::new(Mutex::new(Reading { told: Duration::ZERO, heard: Instant::now(), speed })))
    }

    /// Sets it by a notice.
    pub(super) fn set(&self, told: Duration) {
        let mut reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (reading.told, reading.heard) = (told, Instant::now());
    }

    /// The time since the start of the run.
    pub(super) fn now(&self) -> Duration {
        let reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reading.told + reading.heard.elapsed().mul_f64(reading.speed)
    }
}
