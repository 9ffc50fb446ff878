//! The integration tests, in one binary so that they are linked once.
//!
//! Each module covers one floor or promise from the outside, through the public
//! library only.

mod commands;
mod spec;
