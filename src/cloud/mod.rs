//! AWS, thinly: the only floor that names the SDK.
//!
//! In: tasks (one mutating call each) and questions (listings). Out: progress,
//! inventories and [`failure::CallError`]s that carry AWS's own words. Nothing is
//! decided here beyond how one call is made.

pub mod failure;
pub mod task;
