//! Changes to a plan: ordered, checked, serialisable. Pure and synchronous.

pub mod bound;
pub mod document;
pub mod fingerprint;
pub mod step;

pub use document::Plan;
pub use step::{Step, StepId};
