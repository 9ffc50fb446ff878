//! Changes to a plan: ordered, checked, serialisable. Pure and synchronous.
//!
//! In: the graph, what differs, the snapshot and the operator's consents. Out: a
//! [`Plan`] that leaves no choice to apply. The rules of change in prose:
//! `docs/planning.md`.

pub mod bound;
mod checks;
pub mod consent;
pub mod control_type;
pub mod document;
mod draft;
pub mod drift;
pub mod estimate;
pub mod fingerprint;
pub mod impact;
mod needs;
pub mod permissions;
mod places;
pub mod planner;
pub mod saved;
pub mod step;
mod triggers;

pub use document::Plan;
pub use planner::make;
pub use step::{Step, StepId};
