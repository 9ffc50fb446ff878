//! AWS Control Tower: one landing zone, its baselines, its controls, and what happens to moved accounts.
//!
//! In: requests of its shape table, time, and what others do in Organizations. Out: its [`State`] and [`SERVICE`], and
//! changes in Organizations, IAM, Identity Center and AWS Backup when an operation ends. Absent: Account Factory (Service
//! Catalog), the control catalogue, and everything else inside accounts. Every duration, version, role and manifest key is a row under
//! `data/`; each rule carries its source, and what no source says is marked UNSOURCED.

mod access;
mod account_factory;
mod acts;
mod backups;
mod baseline_rules;
mod baselines;
mod catalogue;
mod completion;
mod control_effects;
mod control_reads;
mod control_table;
mod controls;
mod drift;
mod enabled_baseline_reads;
mod enabled_baselines;
mod enrolment;
mod estate;
mod gate;
mod guardrails;
mod interference;
mod landing_zone;
mod logging;
mod manifest;
mod manifest_schema;
mod obstacles;
mod operations;
mod paging;
mod policy_text;
mod prechecks;
mod prerequisites;
mod recording;
mod refusal;
mod registration;
#[cfg(test)]
pub(crate) mod scenarios;
mod seed;
mod state;
mod tags;
mod zone_effects;
mod zone_keys;
mod zone_reads;

use crate::sim::service::Service;

pub(crate) use account_factory::{enrol, has_account_factory, managed_unit, unmanage, usual};
pub(crate) use controls::{disable_at_once as disable_control, disturb as disturb_control};
pub(crate) use enrolment::look as overlook;
pub use seed::{Seed, SeededBaseline, SeededControl, seed};
pub use state::State;

/// The service.
pub static SERVICE: Service = Service {
    name: "controltower",
    operations: &[
        ("CreateLandingZone", landing_zone::create),
        ("DeleteLandingZone", landing_zone::delete),
        ("DisableBaseline", enabled_baselines::disable),
        ("DisableControl", controls::disable),
        ("EnableBaseline", enabled_baselines::enable),
        ("EnableControl", controls::enable),
        ("GetBaseline", baselines::get),
        ("GetBaselineOperation", operations::get_baseline_operation),
        ("GetControlOperation", operations::get_control_operation),
        ("GetEnabledBaseline", enabled_baseline_reads::get),
        ("GetEnabledControl", control_reads::get),
        ("GetLandingZone", zone_reads::get),
        ("GetLandingZoneOperation", operations::get_zone_operation),
        ("ListBaselines", baselines::list),
        ("ListControlOperations", operations::list_control_operations),
        ("ListEnabledBaselines", enabled_baseline_reads::list),
        ("ListEnabledControls", control_reads::list),
        ("ListLandingZoneOperations", operations::list_zone_operations),
        ("ListLandingZones", zone_reads::list),
        ("ListTagsForResource", tags::list),
        ("ResetEnabledBaseline", enabled_baselines::reset),
        ("ResetEnabledControl", controls::reset),
        ("ResetLandingZone", landing_zone::reset),
        ("TagResource", tags::tag),
        ("UntagResource", tags::untag),
        ("UpdateEnabledBaseline", enabled_baselines::update),
        ("UpdateEnabledControl", controls::update),
        ("UpdateLandingZone", landing_zone::update),
    ],
    due: completion::due,
    settle: completion::settle,
};
