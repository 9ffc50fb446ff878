//! Desired against live, field by field: what differs and which verb mends it.
//!
//! In: the graph's resources and a snapshot. Out: a [`Change`] per resource. One
//! generic comparison serves every kind, by the tables in `model::kinds`. Pure:
//! whether a change may be made, and in which order, is the planner's business. What the document
//! promises without any change to be made is held against what is there in `promises`.

mod below;
pub mod change;
mod compare;
mod manifest;
pub mod promises;

pub use change::{Change, ChangeSet, Difference, Standing, compare_all};
