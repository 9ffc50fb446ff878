//! Apply: the only floor that changes AWS.
//!
//! In: a plan, a performer of single calls, a journal, interrupts. Out: notices
//! while it runs and one [`Outcome`] at the end. The decisions are taken by a pure
//! step function ([`engine::Engine`]): events in, commands out, no clock and no
//! chance in it. [`dispatch`] runs the commands and writes each record before the
//! call that it announces; given the journal of a run that broke off, it goes on
//! where that ends. Absent: how one call is made (`cloud`), how a notice
//! looks (`report`), and undoing: a failed run is carried on by the next one.

pub mod dispatch;
pub mod efficiency;
pub mod engine;
pub mod event;
pub mod experience;
pub mod journal;
pub mod lease;
pub mod outcome;
pub mod pending;
pub mod preconditions;
pub mod runs;
mod schedule;
pub mod settings;
pub mod store;
#[cfg(test)]
mod trial;

pub use dispatch::{ApplyError, run};
pub use engine::{Engine, InvalidPlan};
pub use event::{Command, Event, Notice};
pub use experience::Experience;
pub use journal::{Journal, Run};
pub use outcome::Outcome;
pub use preconditions::{Refusal, refusals, refusals_on_resume};
pub use runs::Runs;
pub use settings::Settings;
