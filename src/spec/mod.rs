//! The landing-zone document: YAML in, a valid [`Spec`] or located diagnostics out.
//!
//! [`parse_with`] takes the files as the caller read them, and asks the caller for
//! those that the document names, so that this floor does no I/O. [`render::render`] draws diagnostics, [`schema`] is the JSON Schema for
//! editors, [`topics`] and [`explain`] say what each code means. The document is
//! described for operators in `docs/document.md`.

mod attached;
pub mod backup;
pub mod config;
pub mod diagnostic;
pub mod document;
pub mod identity_center;
mod lower;
mod merge;
mod node;
mod parse;
pub mod render;
mod rules;
pub mod security;
mod shape;
pub mod source;
pub mod stack_sets;
pub mod starter;
pub mod topic;
mod view;
mod yaml;

pub use attached::Fetch;
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use document::Spec;
pub use parse::{Loaded, parse, parse_with};
pub use source::Input;
pub use topic::Topic;

/// Everything that can be wrong with a document: first the reading, then the rules.
pub fn topics() -> impl Iterator<Item = &'static Topic> {
    topic::READING.iter().chain(rules::RULES.iter().map(|rule| &rule.topic))
}

/// What a diagnostic's code means.
#[must_use]
pub fn explain(code: &str) -> Option<&'static Topic> {
    topics().find(|topic| topic.code == code)
}

/// The JSON Schema (draft 7) of the document.
#[must_use]
pub fn schema() -> serde_json::Value {
    shape::read::document_schema::<shape::sections::Document>()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_explained_once() {
        let mut seen = BTreeSet::new();
        for topic in topics() {
            assert!(seen.insert(topic.code), "{} stands twice", topic.code);
            assert!(topic.explanation.len() > 40 && !topic.explanation.contains("  "), "{}", topic.code);
        }
        assert_eq!(explain("unknown-unit").map(|topic| topic.code), Some("unknown-unit"));
    }
}
