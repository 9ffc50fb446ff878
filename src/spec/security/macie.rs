//! `security.macie`.

use serde::Serialize;

use super::{Context, Seat};

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

pub(super) fn lower(context: &Context<'_>) -> Option<Macie> {
    let section = context.section.macie.as_ref()?;
    Some(Macie {
        seat: context.seat("macie")?,
        finding_frequency: section.finding_frequency.as_ref().map(|word| word.value.0.to_owned()),
        automated_discovery: section.automated_discovery.as_ref().map(|on| on.value),
    })
}
