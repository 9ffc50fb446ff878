//! What must hold of a plan, one idea per file.
//!
//! A check looks at the situation and writes notes; a `Blocker` keeps the plan
//! from being applied. Checks never change a plan.

mod account_quota;
mod accounts_under_creation;
mod administrators;
mod backup;
mod config;
mod control_tower_busy;
mod controls;
mod departed_accounts;
mod enrolment;
mod existing_accounts;
mod fixed_fields;
mod identity_center;
mod inactive_accounts;
mod inherited_controls;
mod joining;
mod landing_zone_version;
mod not_yet;
mod policies;
mod removals;
mod reserved_places;
mod resource_policy;
mod security_services;
mod trails;
mod unreadable;
mod untrusted_config;
mod wrong_organization;

use super::document::{Level, Note};
use super::planner::Situation;
use crate::model::Address;

/// A check: notes about the situation.
type Check = fn(&Situation<'_>, &mut Vec<Note>);

const CHECKS: &[Check] = &[
    wrong_organization::check,
    unreadable::check,
    not_yet::check,
    existing_accounts::check,
    departed_accounts::check,
    fixed_fields::check,
    account_quota::check,
    accounts_under_creation::check,
    inactive_accounts::check,
    enrolment::check,
    joining::check,
    landing_zone_version::check,
    untrusted_config::check,
    config::check,
    trails::check,
    control_tower_busy::check,
    controls::check,
    inherited_controls::check,
    removals::check,
    policies::check,
    resource_policy::check,
    administrators::check,
    security_services::check,
    identity_center::check,
    backup::check,
];

/// Every check's notes.
pub(super) fn run(situation: &Situation<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for check in CHECKS {
        check(situation, &mut notes);
    }
    notes
}

/// A note about a resource.
fn note(level: Level, code: &str, address: Option<&Address>, message: String, hint: &str) -> Note {
    Note {
        level,
        code: code.to_owned(),
        address: address.cloned(),
        message,
        hint: (!hint.is_empty()).then(|| hint.to_owned()),
    }
}
