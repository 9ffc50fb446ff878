//! `security.access_analyzer`.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Context, Seat};

/// IAM Access Analyzer for the organization.
#[derive(Debug, Clone, Serialize)]
pub struct AccessAnalyzer {
    /// Who administers it, and where it is left alone.
    pub seat: Seat,
    /// AWS's types of the analyzers.
    pub analyzers: BTreeSet<String>,
    /// Days after which access counts as unused, when they are said.
    pub unused_after_days: Option<u32>,
}

pub(super) fn lower(context: &Context<'_>) -> Option<AccessAnalyzer> {
    let section = context.section.access_analyzer.as_ref()?;
    Some(AccessAnalyzer {
        seat: context.seat("access_analyzer")?,
        analyzers: section.analyzers.iter().flatten().map(|word| word.value.0.to_owned()).collect(),
        unused_after_days: section.unused_after_days.as_ref().map(|days| days.value.0),
    })
}
