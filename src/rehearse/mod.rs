//! Plan and apply against the simulated AWS, in virtual time.
//!
//! In: a resource graph, a world or none. Out: a [`Rehearsal`]: the plan, what
//! came of it, the second plan, and figures. Everything is the program that works
//! on AWS; only the other end of the wire is simulated, and an hour of Control
//! Tower passes in milliseconds. Absent: what is printed of it.

#[cfg(test)]
mod agreement;
mod bench;
mod clock;
pub mod error;
mod mailbox;
mod measured;
mod memory;
pub mod rehearsal;
#[cfg(test)]
mod round_trip;
mod saboteur;
pub mod script;
pub mod seed;
pub mod sweep;

pub use bench::{Bench, Setting};
pub use clock::virtual_runtime;
pub use error::RehearseError;
pub use rehearsal::{Rehearsal, rehearse};
