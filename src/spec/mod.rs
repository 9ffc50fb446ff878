//! The landing-zone document: YAML in, a valid [`Spec`] or located diagnostics out.

pub mod document;

pub use document::Spec;
