//! What protects the organization, held against the NIST Cybersecurity Framework 2.0.
//!
//! In: an [`Estate`], once as it is and once as a document will have made it, and the rows of
//! `catalog::capabilities`. Out: a [`Coverage`]: for each capability, in which accounts and
//! Regions it is there, there in part, or missing, now and after the document is applied, and
//! the lines of a document that close what is missing. Categories and functions are counted
//! from that. Pure and synchronous. Absent: how it is shown, and any judgement of how grave a
//! gap is.

mod closing;
mod condition;
mod estate;
mod frameworks;
mod grid;
mod judgement;
mod reach;

pub use estate::{Estate, Place};
pub use frameworks::{FrameworkCoverage, frameworks};
pub use grid::{Grid, Group, Mark};
pub use judgement::{
    CapabilityCoverage, CategoryCoverage, Coverage, First, FunctionCoverage, Gap, Standing, State, cover,
};
