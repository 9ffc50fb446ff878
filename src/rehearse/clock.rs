//! Virtual time: tokio's clock, paused, and the simulator's calendar.
//!
//! A paused clock jumps to the next timer whenever nothing else is left to do, so
//! a wait costs nothing and every run takes the same course.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_async::time::TimeSource;
use tokio::runtime::{Builder, Runtime};

use crate::sim::Simulator;

/// A runtime of one thread whose time is virtual.
///
/// # Errors
/// When the operating system gives no event queue.
pub fn virtual_runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().start_paused(true).build()
}

/// The date that requests are signed for.
#[derive(Debug)]
pub(super) struct Calendar(pub(super) Simulator);

impl TimeSource for Calendar {
    fn now(&self) -> SystemTime {
        let since = u64::try_from(self.0.now().as_second()).unwrap_or_default();
        UNIX_EPOCH + Duration::from_secs(since)
    }
}
