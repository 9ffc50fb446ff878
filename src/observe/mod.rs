//! Live AWS to a snapshot, by listing: complete, or saying what could not be read.

pub mod snapshot;

pub use snapshot::Snapshot;
