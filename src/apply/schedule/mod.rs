//! Which step goes next: urgency, lanes, and what the run has learned so far.
//!
//! Pure: time comes in as a duration since the start of the run. Absent: what a
//! step is and what becomes of it (`engine`).

pub(super) mod lanes;
pub(super) mod learned;
pub(super) mod rank;
