//! The shape of the document: which keys there are, what kind of value each takes,
//! and how a tree of YAML becomes it.
//!
//! [`sections`] declares every section once; from the declaration come the reader,
//! the list of known keys and the JSON Schema. Everything is optional here, even
//! what is required: a missing or broken value has been reported and the rest is
//! read on, so that all mistakes are told at once. What the values mean together
//! is for the rules.

pub(crate) mod backup;
pub(crate) mod chosen;
pub(crate) mod config;
pub(crate) mod content;
pub(crate) mod controls;
pub(crate) mod identity_center;
pub(crate) mod names;
pub(crate) mod purpose;
pub(crate) mod read;
pub(crate) mod sections;
pub(crate) mod security;
pub(crate) mod stack_sets;
pub(crate) mod words;

use std::borrow::Borrow;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::source::Span;

/// A value with its place; compares and displays as the value alone.
#[derive(Debug, Clone)]
pub(crate) struct Located<T> {
    /// The value.
    pub(crate) value: T,
    /// Where it stands: for a scalar its text, for a section its key.
    pub(crate) span: Span,
}

impl<T> Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Borrow<T> for Located<T> {
    fn borrow(&self) -> &T {
        &self.value
    }
}

/// So that names are looked up by plain text.
impl Borrow<str> for Located<String> {
    fn borrow(&self) -> &str {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Located<T> {}

impl<T: PartialOrd> PartialOrd for Located<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Ord> Ord for Located<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl<T: fmt::Display> fmt::Display for Located<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
