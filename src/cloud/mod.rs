//! AWS, thinly: the only floor that names the SDK.
//!
//! In: tasks (one mutating call each) and questions (listings). Out: progress,
//! inventories and [`failure::CallError`]s that carry AWS's own words. Nothing is
//! decided here beyond how one call is made.

pub mod call;
mod clients;
pub mod connection;
pub mod failure;
mod handlers;
pub mod inventory;
mod mapping;
pub mod pace;
pub mod session;
pub mod task;

pub use call::Counts;
pub use connection::{Connection, ConnectionError, Settings};
pub use failure::CallError;
pub use session::Caller;
pub use task::{Found, Performer, Progress, Task};
