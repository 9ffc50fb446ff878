//! The landing-zone document: YAML in, a valid [`Spec`] or located diagnostics out.

pub mod diagnostic;
pub mod document;
mod merge;
mod node;
pub mod render;
mod shape;
pub mod source;
pub mod topic;
mod yaml;

pub use document::Spec;
