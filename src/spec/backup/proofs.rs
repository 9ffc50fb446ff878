//! `backup.restore_testing`, `backup.reports` and `backup.frameworks`: what proves that backups are made and restore.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Lowering, days, hours, regions, text, texts, types};
use crate::model::Origin;
use crate::model::region::Region;
use crate::spec::shape::Located;
use crate::spec::shape::backup::{FrameworkSection, ReportSection, RestoreTestingSection};

/// One plan of restore tests.
#[derive(Debug, Clone, Serialize)]
pub struct RestoreTesting {
    /// Where it stands.
    pub origin: Origin,
    /// A name under `accounts`, or `management`.
    pub account: String,
    /// Its Regions.
    pub regions: Vec<Region>,
    /// AWS's schedule expression.
    pub schedule: String,
    /// Its time zone; none is UTC.
    pub timezone: Option<String>,
    /// Hours within which a test must have begun.
    pub start_window_hours: Option<u32>,
    /// Names of vaults.
    pub vaults: Vec<String>,
    /// Types of resources that are restored.
    pub types: BTreeSet<String>,
    /// AWS's word for how a recovery point is picked.
    pub algorithm: String,
    /// From so many days back; none is AWS's 30.
    pub window_days: Option<u32>,
    /// Hours for which what was restored is kept.
    pub validation_hours: Option<u32>,
}

/// One report.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Where it stands.
    pub origin: Origin,
    /// A name under `accounts`, or `management`.
    pub administrator: String,
    /// AWS's word for its template.
    pub template: String,
    /// The bucket that it goes into.
    pub bucket: String,
    /// The beginning of the objects' names.
    pub prefix: Option<String>,
    /// AWS's words for its formats; empty when unsaid.
    pub formats: Vec<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Names of frameworks.
    pub frameworks: Vec<String>,
}

/// One audit framework.
#[derive(Debug, Clone, Serialize)]
pub struct Framework {
    /// Where it stands.
    pub origin: Origin,
    /// A name under `accounts`, or `management`.
    pub account: String,
    /// Its Regions.
    pub regions: Vec<Region>,
    /// What it is for.
    pub description: Option<String>,
    /// AWS's names of controls, each with the values of its parameters.
    pub controls: BTreeMap<String, BTreeMap<String, String>>,
}

impl Lowering<'_> {
    pub(super) fn restore_testing(
        &self,
        name: &Located<String>,
        one: &RestoreTestingSection,
    ) -> Option<RestoreTesting> {
        Some(RestoreTesting {
            origin: (self.at)(name.span),
            account: text(one.account.as_ref())?,
            regions: regions(self.view, one.regions.as_ref()),
            schedule: text(one.schedule.as_ref())?,
            timezone: text(one.timezone.as_ref()),
            start_window_hours: hours(one.start_window_hours.as_ref()),
            vaults: texts(one.vaults.as_deref()),
            types: types(one.resource_types.as_deref()).collect(),
            algorithm: one.pick.as_ref().map_or("LATEST_WITHIN_WINDOW", |word| word.value.0).to_owned(),
            window_days: days(one.window_days.as_ref()),
            validation_hours: hours(one.validation_hours.as_ref()),
        })
    }

    pub(super) fn report(&self, name: &Located<String>, one: &ReportSection) -> Option<Report> {
        Some(Report {
            origin: (self.at)(name.span),
            administrator: text(one.administrator.as_ref())?,
            template: one.template.as_ref()?.value.0.to_owned(),
            bucket: text(one.bucket.as_ref())?,
            prefix: text(one.prefix.as_ref()),
            formats: one.formats.iter().flatten().map(|word| word.value.0.to_owned()).collect(),
            description: text(one.description.as_ref()),
            frameworks: texts(one.frameworks.as_deref()),
        })
    }

    pub(super) fn framework(&self, name: &Located<String>, one: &FrameworkSection) -> Option<Framework> {
        let parameters = |all: &BTreeMap<Located<String>, Located<String>>| {
            all.iter().map(|(name, value)| (name.value.clone(), value.value.clone())).collect()
        };
        let controls = one.controls.iter().flatten();
        Some(Framework {
            origin: (self.at)(name.span),
            account: text(one.account.as_ref())?,
            regions: regions(self.view, one.regions.as_ref()),
            description: text(one.description.as_ref()),
            controls: controls.map(|(name, all)| (name.value.clone(), parameters(all))).collect(),
        })
    }
}
