//! Drift that an operator can cause through Organizations: computed from the world whenever it is read.
//!
//! In: the world. Out: kinds of landing-zone drift, inheritance and source drift of an enabled baseline, drift of an
//! enabled control. Kinds: <https://docs.aws.amazon.com/controltower/latest/userguide/governance-drift.html>.
//! Absent: the daily scan (AWS may take a day to see a detached policy; here it shows at once), notifications, and
//! everything AWS does not report either (CloudTrail, Config, Identity Center, edits inside accounts).

use crate::sim::world::World;

use super::catalogue;
use super::control_table::{self, Implementation};
use super::manifest::Settings;
use super::state::{EnabledBaseline, EnabledControl, Enablement, LandingZone};
use super::{estate, guardrails};

/// A kind of landing-zone drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ZoneDrift {
    /// TRUSTED_ACCESS_DISABLED; switching it on again does not repair it, ResetLandingZone does.
    TrustedAccessDisabled,
    /// ORGANIZATIONAL_UNIT_DELETED, of a unit Control Tower created.
    FoundationalUnitDeleted,
    /// A shared account was moved out of the Security unit.
    SharedAccountMoved,
    /// A shared account left the organization or was closed.
    SharedAccountRemoved,
    /// SCP_DETACHED_FROM_OU.
    PolicyDetached,
    /// SCP_UPDATED.
    PolicyUpdated,
}

/// What has drifted in the landing zone; nothing while it is being worked on for the first time.
pub(super) fn of_zone(world: &World) -> Vec<ZoneDrift> {
    let Some(zone) = world.control_tower.zone.as_ref().filter(|zone| zone.established) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if zone.trusted_access_lost || !estate::has_service_access(world, "controltower.amazonaws.com") {
        found.push(ZoneDrift::TrustedAccessDisabled);
    }
    if zone.foundational_units.iter().any(|unit| estate::unit(world, unit).is_none()) {
        found.push(ZoneDrift::FoundationalUnitDeleted);
    }
    found.extend(shared_accounts(world, zone));
    let detached = world.control_tower.guardrails.iter().any(|(unit, policy)| {
        estate::unit(world, unit).is_some() && !estate::is_attached(world, policy, unit)
    });
    if detached {
        found.push(ZoneDrift::PolicyDetached);
    }
    if world.control_tower.guardrails.iter().any(|(unit, policy)| guardrails::is_edited(world, unit, policy))
    {
        found.push(ZoneDrift::PolicyUpdated);
    }
    found.sort();
    found.dedup();
    found
}

fn shared_accounts(world: &World, zone: &LandingZone) -> Vec<ZoneDrift> {
    let Ok(settings) = Settings::read(&zone.version, Some(&zone.manifest)) else {
        return Vec::new();
    };
    let Some(unit) = &zone.security_unit else {
        return Vec::new();
    };
    settings
        .integration_accounts()
        .into_iter()
        .filter_map(|(_, account)| match estate::member(world, account).filter(|member| member.active) {
            None => Some(ZoneDrift::SharedAccountRemoved),
            Some(member) if member.parent != *unit => Some(ZoneDrift::SharedAccountMoved),
            Some(_) => None,
        })
        .collect()
}

/// Inheritance drift of an enabled baseline, or nothing where AWS does not look for it. A unit's has drifted when an
/// active account in the unit does not have it from this unit; an account's when the account is not in the unit it
/// came from any more.
pub(super) fn inheritance(world: &World, enabled: &EnabledBaseline) -> Option<bool> {
    if !catalogue::named(&enabled.baseline).is_some_and(|baseline| baseline.checks_inheritance) {
        return None;
    }
    if enabled.status == Enablement::UnderChange {
        return Some(false);
    }
    Some(match &enabled.parent {
        Some(parent) => is_orphan(world, enabled, parent),
        None => {
            let covered: std::collections::BTreeSet<&str> = world
                .control_tower
                .children_of(&enabled.arn)
                .filter(|child| child.version == enabled.version && child.status != Enablement::Failed)
                .map(|child| child.target_id.as_str())
                .collect();
            estate::accounts_in(world, &enabled.target_id)
                .iter()
                .any(|member| member.active && !member.management && !covered.contains(member.id.as_str()))
        }
    })
}

/// Is the account of a child not in the unit its baseline came from.
pub(super) fn is_orphan(world: &World, child: &EnabledBaseline, parent: &str) -> bool {
    let unit = world.control_tower.enabled_baselines.get(parent).map(|parent| parent.target_id.as_str());
    let place = estate::member(world, &child.target_id).map(|member| member.parent);
    unit.is_none() || place.as_deref() != unit
}

/// Source drift: the landing zone was updated after this baseline was applied, and
/// "the landing zone update does not update existing accounts"
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/region-how.html>).
pub(super) fn source(world: &World, enabled: &EnabledBaseline) -> Option<bool> {
    catalogue::named(&enabled.baseline).filter(|baseline| baseline.checks_inheritance)?;
    let revision = world.control_tower.zone.as_ref().map_or(enabled.revision, |zone| zone.revision);
    Some(enabled.revision != revision)
}

/// The three drift words of an enabled control: in all, inheritance, resource.
pub(super) fn of_control(world: &World, enabled: &EnabledControl) -> [&'static str; 3] {
    let word = |drifted: bool| if drifted { "DRIFTED" } else { "IN_SYNC" };
    let inherited = enabled.parent.as_ref().is_some_and(|parent| {
        let unit = world.control_tower.enabled_controls.get(parent).map(|parent| parent.target_id.as_str());
        estate::member(world, &enabled.target_id).map(|member| member.parent).as_deref() != unit
            || unit.is_none()
    });
    match control_table::implementation(&enabled.control) {
        Implementation::Scp if enabled.parent.is_none() => {
            let policy = world.control_tower.guardrails.get(&enabled.target_id);
            let lost = enabled.deployed
                && !policy.is_some_and(|policy| estate::is_attached(world, policy, &enabled.target_id));
            [word(lost || inherited), word(inherited), word(lost)]
        }
        // CONTROL_INEFFECTIVE, SECURITY_HUB_CONTROL_DISABLED.
        Implementation::Rcp | Implementation::Declarative | Implementation::SecurityHub => {
            let lost = enabled.ineffective;
            [word(lost || inherited), word(inherited), word(lost)]
        }
        Implementation::Hook | Implementation::Unknown => [word(inherited), word(inherited), "NOT_CHECKING"],
        _ => [word(inherited), word(inherited), "IN_SYNC"],
    }
}
