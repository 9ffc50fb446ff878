//! Live AWS to a snapshot, by listing: complete, or saying what could not be read.

pub mod error;
pub mod snapshot;
pub mod survey;

pub use error::ObserveError;
pub use snapshot::Snapshot;
pub use survey::survey;
