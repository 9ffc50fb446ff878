//! What Account Factory asks of Control Tower: to enrol one account, or to let it go.
//!
//! In: the world, an account, a unit. Out: the account is where it shall be and governed, or why not. Sources:
//! <https://docs.aws.amazon.com/controltower/latest/userguide/automated-provisioning-walkthrough.html>,
//! <https://docs.aws.amazon.com/controltower/latest/userguide/troubleshooting.html>. UNSOURCED: most of the words. Absent:
//! requests, names and records, which Service Catalog has.

use std::time::Duration;

use jiff::Timestamp;

use crate::sim::services::iam::queries;
use crate::sim::world::World;

use super::manifest::{Integration, Settings};
use super::state::{Enablement, Family, LandingZone, ZoneStatus};
use super::{acts, catalogue, enrolment, estate, obstacles, registration};

/// Whether an account and Region are those in which Account Factory is: a landing zone's, with Config
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/config-integration-feature-comparison.html>).
pub(crate) fn has_account_factory(world: &World, account: &str, region: &str) -> bool {
    let zone = world.control_tower.zone.as_ref().filter(|zone| zone.established);
    zone.is_some_and(|zone| zone.account == account && zone.home == region && records_config(zone))
}

fn records_config(zone: &LandingZone) -> bool {
    let settings = Settings::read(&zone.version, Some(&zone.manifest));
    // Before 4.0 there is no landing zone without it.
    zone.version.starts_with("3.") || settings.is_ok_and(|settings| settings.enabled(Integration::Config))
}

/// How long a piece of work usually takes.
pub(crate) fn usual(kind: &str) -> Duration {
    catalogue::usual(kind, 1)
}

/// The unit that `Name (ou-id)` means.
///
/// # Errors
/// In words, where there is no such unit, or it is not governed.
pub(crate) fn managed_unit(world: &World, text: &str) -> Result<String, String> {
    let unknown = || format!("AWS Control Tower could not find the organizational unit {text}.");
    let (name, id) = text.strip_suffix(')').and_then(|text| text.rsplit_once(" (")).ok_or_else(unknown)?;
    let unit = estate::unit(world, id).filter(|unit| unit.name == name).ok_or_else(unknown)?;
    let baseline = world.control_tower.on_unit(&unit.id, registration::REGISTERING);
    if baseline.is_none_or(|baseline| baseline.status != Enablement::Succeeded) {
        return Err(format!("The organizational unit {text} is not registered with AWS Control Tower."));
    }
    Ok(unit.id)
}

/// Why nothing can be done with accounts now: they fail while a control or the landing zone is being worked on.
fn busy(world: &World, unit: &str) -> Option<String> {
    let state = &world.control_tower;
    let running = |family| state.in_progress(family).next().is_some();
    let zone = state.zone.as_ref().is_some_and(|zone| zone.status == ZoneStatus::Active);
    if !zone || running(Family::Zone) {
        return Some("AWS Control Tower cannot work on accounts until its landing zone is ready.".to_owned());
    }
    if running(Family::Baseline) || running(Family::Control) {
        return Some(
            "AWS Control Tower cannot work on accounts while another operation is in progress.".to_owned(),
        );
    }
    let moving = state.enrolments.values().any(|enrolment| enrolment.to == unit);
    moving.then(|| format!("Another account is being enrolled in the organizational unit {unit}."))
}

/// Moves an account into a governed unit and enrols it. The role that Control Tower works with must be there already.
///
/// # Errors
/// In words, as the record of a failed provisioning has them.
pub(crate) fn enrol(world: &mut World, account: &str, unit: &str, now: Timestamp) -> Result<(), String> {
    enrolment::settle(world, now);
    if let Some(words) = busy(world, unit) {
        return Err(words);
    }
    let zone = world.control_tower.zone.clone().ok_or("There is no landing zone.")?;
    let member = estate::member(world, account).filter(|member| member.active && !member.management);
    if member.is_none() {
        return Err(format!("The account {account} cannot be enrolled: it is no active member account."));
    }
    let role = queries::role(world, account, acts::EXECUTION_ROLE);
    if !role.is_some_and(|role| queries::trusts_account(role, &zone.account)) {
        return Err(format!("The AWSControlTowerExecution role can't be assumed on the account {account}."));
    }
    if let Some(words) = obstacles::found_before(world, &zone, account) {
        return Err(words);
    }
    if obstacles::enrolment_of(world, &zone, account) == Enablement::Failed {
        return Err(format!("AWS Control Tower could not set its resources up in the account {account}."));
    }
    acts::move_account(world, account, unit, now)?;
    // Its own move is no news to Control Tower.
    enrolment::look(world);
    enrolment::finish(world, account, unit, now);
    Ok(())
}

/// Lets an account go: what Control Tower put into it is removed, and it is in the root afterwards
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/unmanage-account.html>).
///
/// # Errors
/// In words, where something else is under way.
pub(crate) fn unmanage(world: &mut World, account: &str, now: Timestamp) -> Result<(), String> {
    enrolment::settle(world, now);
    let Some(member) = estate::member(world, account) else { return Ok(()) };
    if let Some(words) = busy(world, &member.parent) {
        return Err(words);
    }
    let root = estate::organization(world).ok_or("The organization is gone.")?.root;
    acts::move_account(world, account, &root, now)?;
    enrolment::look(world);
    enrolment::finish(world, account, &root, now);
    Ok(())
}
