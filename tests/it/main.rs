//! The integration tests, in one binary so that they are linked once.
//!
//! Each module covers one floor or promise from the outside, through the public
//! library only.

#![allow(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod architecture;
mod consents;
mod documents;
mod planning;
mod rehearsal;
mod saved_files;
mod saved_plans;
mod spec;
