//! `security.detective`.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Context, Seat};
use crate::spec::shape::chosen::word_of;
use crate::spec::shape::security::SOURCES;

/// Detective for the organization.
#[derive(Debug, Clone, Serialize)]
pub struct Detective {
    /// Who administers it, and where it is left alone.
    pub seat: Seat,
    /// AWS's names of the further sources of data.
    pub sources: BTreeSet<String>,
}

/// The document's word for a source of data, by AWS's name.
#[must_use]
pub fn source_word(of_aws: &str) -> Option<&'static str> {
    word_of(SOURCES, of_aws)
}

pub(super) fn lower(context: &Context<'_>) -> Option<Detective> {
    let section = context.section.detective.as_ref()?;
    Some(Detective {
        seat: context.seat("detective")?,
        sources: section.sources.iter().flatten().map(|word| word.value.0.to_owned()).collect(),
    })
}
