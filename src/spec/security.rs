//! `security` as the floors above know it.
//!
//! In: the section, valid by the rules. Out: plain values with their places, in AWS's words.

use std::collections::BTreeSet;

use serde::Serialize;

use super::shape::Located;
use super::shape::security::{GuardDutySection, SecuritySection};
use super::source::Span;
use crate::model::Origin;
use crate::model::region::Region;

/// The section `security`.
#[derive(Debug, Clone, Serialize)]
pub struct Security {
    /// GuardDuty.
    pub guardduty: Option<GuardDuty>,
}

impl Security {
    /// Whether a service, by its word, is left alone in a governed Region.
    #[must_use]
    pub fn excludes(&self, service: &str, region: &Region) -> bool {
        let excluded = match service {
            "guardduty" => self.guardduty.as_ref().map(|section| &section.exclude_regions),
            _ => None,
        };
        excluded.is_some_and(|excluded| excluded.contains(region))
    }
}

/// GuardDuty for the organization.
#[derive(Debug, Clone, Serialize)]
pub struct GuardDuty {
    /// Where it stands.
    pub origin: Origin,
    /// A name under `accounts`, or `management`.
    pub administrator: String,
    /// `ALL`, `NEW` or `NONE`.
    pub auto_enable: String,
    /// AWS's names of features; a further switch is `FEATURE/SWITCH`.
    pub features: BTreeSet<String>,
    /// Governed Regions that are left alone.
    pub exclude_regions: BTreeSet<Region>,
}

pub(crate) fn lower(section: &SecuritySection, at: &dyn Fn(Span) -> Origin) -> Security {
    Security { guardduty: section.guardduty.as_ref().and_then(|section| guardduty(section, at)) }
}

fn guardduty(section: &Located<GuardDutySection>, at: &dyn Fn(Span) -> Origin) -> Option<GuardDuty> {
    Some(GuardDuty {
        origin: at(section.span),
        administrator: section.administrator.as_ref()?.value.clone(),
        auto_enable: section.auto_enable.as_ref().map_or("ALL", |word| word.value.0).to_owned(),
        features: section.features.iter().flatten().map(|word| word.value.0.to_owned()).collect(),
        exclude_regions: section
            .exclude_regions
            .iter()
            .flatten()
            .map(|region| region.value.clone())
            .collect(),
    })
}
