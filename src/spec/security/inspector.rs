//! `security.inspector`.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Context, Seat};
use crate::spec::shape::chosen::word_of;
use crate::spec::shape::security::SCANS;

/// Inspector for the organization.
#[derive(Debug, Clone, Serialize)]
pub struct Inspector {
    /// Who administers it, and where it is left alone.
    pub seat: Seat,
    /// AWS's names of the scans of every account.
    pub scan: BTreeSet<String>,
    /// Scans that accounts which join no longer get by themselves.
    pub off: BTreeSet<String>,
}

/// The document's word for a scan, by AWS's name.
#[must_use]
pub fn scan_word(of_aws: &str) -> Option<&'static str> {
    word_of(SCANS, of_aws)
}

pub(super) fn lower(context: &Context<'_>) -> Option<Inspector> {
    let section = context.section.inspector.as_ref()?;
    Some(Inspector {
        seat: context.seat("inspector")?,
        scan: section.scan.iter().flatten().map(|word| word.value.0.to_owned()).collect(),
        off: section.off.iter().flatten().map(|word| word.value.0.to_owned()).collect(),
    })
}
