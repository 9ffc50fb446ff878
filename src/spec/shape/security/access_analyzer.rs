//! `security.access_analyzer`.

use crate::model::region::Region;
use crate::spec::shape::Located;
use crate::spec::shape::chosen::{Pair, chosen};
use crate::spec::shape::read::section;
use crate::spec::shape::words::Days;

section! {
    /// IAM Access Analyzer.
    AccessAnalyzerSection {
        /// The account that administers it, by its name under `accounts`.
        administrator: Located<String> = required,
        /// `external_access` in each governed Region, `unused_access` (billed for each role and user) once.
        analyzers: Vec<Located<AnalyzerWord>> = required,
        /// Days after which access that nobody used is a finding; 90 unless said.
        unused_after_days: Located<Days>,
        /// Governed Regions that are left alone.
        exclude_regions: Vec<Located<Region>>,
    }
}

/// Access Analyzer API Reference, CreateAnalyzer.
const ANALYZERS: &[Pair] =
    &[("external_access", "ORGANIZATION"), ("unused_access", "ORGANIZATION_UNUSED_ACCESS")];

chosen! {
    /// What an analyzer looks for.
    AnalyzerWord, ANALYZERS, "analyzer"
}

/// AWS's type of what a word looks for.
pub(crate) fn analyzer_type(word: &str) -> Option<&'static str> {
    ANALYZERS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
}
