//! `security.macie`.

use serde::Serialize;

use super::{Context, Seat};
use crate::spec::shape::chosen::word_of;
use crate::spec::shape::security::FREQUENCIES;

/// Macie for the organization.
#[derive(Debug, Clone, Serialize)]
pub struct Macie {
    /// Who administers it, and where it is left alone.
    pub seat: Seat,
    /// AWS's word for how often findings are published, when it is said.
    pub finding_frequency: Option<String>,
    /// Whether sensitive data are discovered by themselves, when it is said.
    pub automated_discovery: Option<bool>,
}

/// The document's word for a frequency, by AWS's name.
#[must_use]
pub fn frequency_word(of_aws: &str) -> Option<&'static str> {
    word_of(FREQUENCIES, of_aws)
}

pub(super) fn lower(context: &Context<'_>) -> Option<Macie> {
    let section = context.section.macie.as_ref()?;
    Some(Macie {
        seat: context.seat("macie")?,
        finding_frequency: section.finding_frequency.as_ref().map(|word| word.value.0.to_owned()),
        automated_discovery: section.automated_discovery.as_ref().map(|on| on.value),
    })
}
