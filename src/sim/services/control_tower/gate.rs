//! Who may ask Control Tower, where, and when something else is not under way already.
//!
//! In: the world and a request. Out: the organization or the landing zone to work on, or a refusal.
//! Absent: what a request asks for.

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::drift::{self, ZoneDrift};
use super::estate::{self, Organization};
use super::refusal::{ANOTHER_EXECUTION, conflict, denied, not_found, quota, validation};
use super::state::{Enablement, Family, LandingZone, ZoneStatus};

/// The caller must be the management account: Control Tower knows no delegated administrator
/// (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html>). UNSOURCED words.
pub(super) fn management(world: &World, request: &Request) -> Result<(), AwsError> {
    match estate::organization(world) {
        Some(organization) if organization.management != request.caller.account => Err(denied(
            "AWS Control Tower can be called only from the management account of the organization.",
        )),
        _ => Ok(()),
    }
}

/// As [`management`], and there must be an organization with all features
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/lz-api-prereques.html>). UNSOURCED words.
pub(super) fn governed_organization(world: &World, request: &Request) -> Result<Organization, AwsError> {
    management(world, request)?;
    match estate::organization(world) {
        None => Err(validation("AWS Control Tower requires an organization in AWS Organizations.")),
        Some(organization) if !organization.all_features => Err(validation(
            "AWS Control Tower requires an organization with all features enabled in AWS Organizations.",
        )),
        Some(organization) => Ok(organization),
    }
}

/// The landing zone, if this Region is its home. UNSOURCED: what the API answers in another Region; here it knows
/// nothing of the landing zone there.
pub(super) fn zone<'w>(world: &'w World, request: &Request) -> Result<&'w LandingZone, AwsError> {
    management(world, request)?;
    world
        .control_tower
        .zone
        .as_ref()
        .filter(|zone| zone.home == request.region && zone.account == request.caller.account)
        .ok_or_else(|| {
            not_found("AWS Control Tower could not find a landing zone in this account and Region.")
        })
}

/// The landing zone, which must be the one the request names.
pub(super) fn named_zone<'w>(world: &'w World, request: &Request) -> Result<&'w LandingZone, AwsError> {
    let wanted = request.required("landingZoneIdentifier");
    let zone = zone(world, request)?;
    // The model says "the unique identifier of the landing zone"; ARN and bare id both name it.
    if zone.arn == wanted || zone.arn.rsplit('/').next() == Some(wanted) {
        Ok(zone)
    } else {
        Err(not_found(format!("AWS Control Tower could not find the landing zone {wanted}.")))
    }
}

/// A landing-zone operation can begin: none other, and no unit operation, is under way. In general one Control Tower
/// operation runs at a time (<https://docs.aws.amazon.com/controltower/latest/userguide/limits.html>).
pub(super) fn zone_idle(world: &World) -> Result<(), AwsError> {
    let state = &world.control_tower;
    if state.in_progress(Family::Zone).next().is_some()
        || state.in_progress(Family::Baseline).next().is_some()
    {
        return Err(conflict(ANOTHER_EXECUTION));
    }
    Ok(())
}

/// The landing zone can take work on units and controls. UNSOURCED words.
pub(super) fn active_zone<'w>(world: &'w World, request: &Request) -> Result<&'w LandingZone, AwsError> {
    let zone = zone(world, request)?;
    match zone.status {
        // https://docs.aws.amazon.com/controltower/latest/userguide/drift.html: blocked until an update or a reset.
        ZoneStatus::Active if drift::of_zone(world).contains(&ZoneDrift::FoundationalUnitDeleted) => {
            Err(validation(
                "AWS Control Tower cannot perform this operation because a foundational organizational unit was deleted. Reset or update your landing zone first.",
            ))
        }
        ZoneStatus::Active => Ok(zone),
        ZoneStatus::Processing => Err(conflict(
            "AWS Control Tower cannot perform this operation while a landing zone operation is in progress.",
        )),
        ZoneStatus::Failed => Err(validation(
            "AWS Control Tower cannot perform this operation because the last landing zone operation failed. Reset or update your landing zone first.",
        )),
    }
}

/// A unit operation can begin. The quota "Concurrent organization units (OUs) operations" is 1 and not adjustable
/// (<https://docs.aws.amazon.com/general/latest/gr/controltower.html>). UNSOURCED: which exception a second one
/// meets; the same unit answers Conflict, another unit the quota.
pub(super) fn unit_idle(world: &World, unit: &str) -> Result<(), AwsError> {
    let state = &world.control_tower;
    let changing = |id: &str| {
        state.enabled_baselines.values().any(|enabled| {
            enabled.target_id == id && enabled.parent.is_none() && enabled.status == Enablement::UnderChange
        })
    };
    if changing(unit) || state.enrolments.values().any(|move_| move_.to == unit) {
        return Err(conflict(format!(
            "AWS Control Tower cannot perform this operation because another operation is in progress on the organizational unit {unit}."
        )));
    }
    if state.in_progress(Family::Baseline).next().is_some() {
        return Err(quota(
            "The request would exceed the quota of 1 concurrent operation on organizational units.",
        ));
    }
    Ok(())
}

/// No registration of this unit is under way, which would lay its controls down again. UNSOURCED: whether AWS refuses
/// the control; the general rule of one operation at a time excepts optional controls without saying on which units.
pub(super) fn unit_at_rest(world: &World, unit: &str) -> Result<(), AwsError> {
    let enabled = world.control_tower.enabled_baselines.values();
    let mut changing = enabled.filter(|one| one.target_id == unit && one.status == Enablement::UnderChange);
    if changing.next().is_some() {
        return Err(conflict(format!(
            "AWS Control Tower cannot perform this operation because another operation is in progress on the organizational unit {unit}."
        )));
    }
    Ok(())
}

/// Is something with this ARN kept in the Region of the request. The API is regional.
pub(super) fn is_here(arn: &str, request: &Request) -> bool {
    arn.split(':').nth(3) == Some(request.region.as_str())
}
