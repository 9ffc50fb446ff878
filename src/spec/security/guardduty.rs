//! `security.guardduty`.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Context, Seat};
use crate::spec::shape::chosen::word_of;
use crate::spec::shape::security::{FEATURES, REACHES};

/// GuardDuty for the organization.
#[derive(Debug, Clone, Serialize)]
pub struct GuardDuty {
    /// Who administers it, and where it is left alone.
    pub seat: Seat,
    /// `ALL`, `NEW` or `NONE`.
    pub auto_enable: String,
    /// AWS's names of features that are on; a further switch is `FEATURE/SWITCH`.
    pub features: BTreeSet<String>,
    /// Features that are off.
    pub off: BTreeSet<String>,
}

/// The document's word for a feature, or a further switch of one, by AWS's name.
#[must_use]
pub fn feature_word(of_aws: &str) -> Option<&'static str> {
    word_of(FEATURES, of_aws)
}

/// The document's word for whom GuardDuty reaches, by AWS's.
#[must_use]
pub fn reach_word(of_aws: &str) -> Option<&'static str> {
    word_of(REACHES, of_aws)
}

pub(super) fn lower(context: &Context<'_>) -> Option<GuardDuty> {
    let section = context.section.guardduty.as_ref()?;
    Some(GuardDuty {
        seat: context.seat("guardduty")?,
        auto_enable: section.auto_enable.as_ref().map_or("ALL", |word| word.value.0).to_owned(),
        features: section.features.iter().flatten().map(|word| word.value.0.to_owned()).collect(),
        off: section.off.iter().flatten().map(|word| word.value.0.to_owned()).collect(),
    })
}
