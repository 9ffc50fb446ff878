//! The document as resources and the edges between them.
//!
//! In: a valid spec. Out: a [`ResourceGraph`] whose every edge carries the rule it
//! comes from. Absent: what exists already; the graph is the same for an empty
//! organization and a finished one.

mod cycle;
pub mod edge;
pub mod expand;
pub mod resource_graph;

pub use edge::{Edge, Until};
pub use expand::controls::{exclude, place as control_place, settled};
pub use expand::enrolment::{Enrolment, Factory, of as enrolments};
pub use expand::expand;
pub use resource_graph::{REFERS, ResourceGraph};

use thiserror::Error;

/// Why a document has no graph.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum GraphError {
    /// Resources wait for each other in a ring.
    #[error("these wait for each other: {0}")]
    Cycle(String),
    /// The home Region is neither in the document nor known from the environment.
    #[error("the home Region is not known: say `organization.home_region`")]
    NoHomeRegion,
}
