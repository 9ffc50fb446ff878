//! `backup.plans`: what is backed up when, how long it is kept, and where it is copied to.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Lowering, days, hours, regions, text, texts};
use crate::model::Origin;
use crate::model::region::Region;
use crate::spec::document::Target;
use crate::spec::shape::Located;
use crate::spec::shape::backup::{BackupPlanSection, CopySection};

/// One backup plan.
#[derive(Debug, Clone, Serialize)]
pub struct BackupPlan {
    /// Where it stands.
    pub origin: Origin,
    /// What it is attached to.
    pub targets: Vec<Target>,
    /// Its Regions.
    pub regions: Vec<Region>,
    /// AWS's schedule expression.
    pub schedule: String,
    /// Its time zone; none is UTC.
    pub timezone: Option<String>,
    /// Hours within which a backup must have begun.
    pub start_window_hours: Option<u32>,
    /// Hours within which it must have ended.
    pub completion_window_hours: Option<u32>,
    /// Values by tag key: resources with one of them are backed up.
    pub tags: BTreeMap<String, Vec<String>>,
    /// How long it is kept in the account.
    pub lifecycle: Lifecycle,
    /// The name of the vault that it is copied to, and how long it is kept there.
    pub copy: Option<(String, Lifecycle)>,
    /// How old the newest copy may be, in words of ISO 8601; none follows from the schedule.
    pub within: Option<String>,
}

/// How long recovery points are kept.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Lifecycle {
    /// Days until cold storage.
    pub cold_after_days: Option<u32>,
    /// Days until deletion.
    pub delete_after_days: u32,
}

impl Lowering<'_> {
    pub(super) fn plan(&self, name: &Located<String>, one: &BackupPlanSection) -> Option<BackupPlan> {
        let targets = one.targets.iter().flatten().filter_map(|word| self.view.target(word).ok());
        let tags = one.select_tag.iter().flatten();
        Some(BackupPlan {
            origin: (self.at)(name.span),
            targets: targets.collect(),
            regions: regions(self.view, one.regions.as_ref()),
            schedule: text(one.schedule.as_ref())?,
            timezone: text(one.timezone.as_ref()),
            start_window_hours: hours(one.start_window_hours.as_ref()),
            completion_window_hours: hours(one.completion_window_hours.as_ref()),
            tags: tags.map(|(key, values)| (key.value.clone(), texts(Some(&values.0)))).collect(),
            lifecycle: Lifecycle {
                cold_after_days: days(one.cold_storage_after_days.as_ref()),
                delete_after_days: days(one.delete_after_days.as_ref())?,
            },
            copy: one.copy_to.as_ref().and_then(|section| copy(section)),
            within: text(one.recovery_point_within.as_ref()),
        })
    }
}

fn copy(section: &CopySection) -> Option<(String, Lifecycle)> {
    let lifecycle = Lifecycle {
        cold_after_days: days(section.cold_storage_after_days.as_ref()),
        delete_after_days: days(section.delete_after_days.as_ref())?,
    };
    Some((text(section.vault.as_ref())?, lifecycle))
}
