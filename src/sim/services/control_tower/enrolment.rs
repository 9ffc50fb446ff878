//! Auto-enrolment: an account moved into a governed unit gets its baselines and controls, one moved out loses them.
//!
//! In: the moves Organizations recorded. Out: enrolments under way, and their effect when due.
//! Rules: <https://docs.aws.amazon.com/controltower/latest/userguide/account-auto-enrollment.html>. It is on only with
//! the remediation type INHERITANCE_DRIFT, and not retroactive: a move made before it was switched on is never followed
//! up (<https://docs.aws.amazon.com/controltower/latest/userguide/configure-auto-enroll.html>). It does not work for accounts
//! with AWS Config of their own (<https://docs.aws.amazon.com/controltower/latest/userguide/existing-config-resources.html>).

use jiff::Timestamp;

use crate::sim::world::World;

use super::manifest::Settings;
use super::state::{Enablement, Enrolment, LandingZone};
use super::{access, acts, backups, catalogue, control_effects, estate, obstacles, recording, registration};

/// Is there something to see that was not seen yet: a move, or trusted access gone.
pub(super) fn has_news(world: &World) -> bool {
    let Some(zone) = world.control_tower.zone.as_ref().filter(|zone| zone.established) else {
        return false;
    };
    let lost = !zone.trusted_access_lost && !estate::has_service_access(world, "controltower.amazonaws.com");
    lost || estate::moves(world) != world.control_tower.moves_seen
}

/// Takes note of the moves so far without following them up.
pub(crate) fn look(world: &mut World) {
    world.control_tower.moves_seen = estate::moves(world);
}

/// Sees what is new, and finishes the enrolments that are due.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    observe(world);
    let done: Vec<(String, Enrolment)> = world
        .control_tower
        .enrolments
        .iter()
        .filter(|(_, enrolment)| enrolment.due <= now)
        .map(|(account, enrolment)| (account.clone(), enrolment.clone()))
        .collect();
    for (account, enrolment) in done {
        world.control_tower.enrolments.remove(&account);
        finish(world, &account, &enrolment.to, now);
    }
}

fn observe(world: &mut World) {
    if !has_news(world) {
        return;
    }
    let moves = estate::moves_after(world, world.control_tower.moves_seen);
    look(world);
    let access = estate::has_service_access(world, "controltower.amazonaws.com");
    let Some(zone) = &mut world.control_tower.zone else {
        return;
    };
    zone.trusted_access_lost |= !access;
    let zone = zone.clone();
    // Without trusted access Control Tower hears of no move.
    if !zone.auto_enroll || !access {
        return;
    }
    for (account, to, at) in moves {
        follow(world, &zone, &account, &to, at);
    }
}

/// Begins to follow a move up. A second move into the same unit while one is being worked on conflicts and is not
/// followed up (<https://docs.aws.amazon.com/controltower/latest/userguide/limits.html>): the account stays in
/// inheritance drift. Shared accounts and the Security unit are never enrolled.
fn follow(world: &mut World, zone: &LandingZone, account: &str, to: &str, now: Timestamp) {
    let shared = Settings::read(&zone.version, Some(&zone.manifest))
        .is_ok_and(|settings| settings.integration_accounts().iter().any(|(_, id)| *id == account));
    let state = &world.control_tower;
    let enrolled = state
        .enabled_baselines
        .values()
        .any(|enabled| enabled.parent.is_some() && enabled.target_id == account);
    let governed =
        state.enabled_baselines.values().any(|enabled| enabled.parent.is_none() && enabled.target_id == to);
    let busy = state.enrolments.iter().any(|(other, enrolment)| other != account && enrolment.to == to)
        || state.enabled_baselines.values().any(|enabled| {
            enabled.parent.is_none() && enabled.target_id == to && enabled.status == Enablement::UnderChange
        });
    if shared || zone.security_unit.as_deref() == Some(to) || (busy && governed) || !(enrolled || governed) {
        return;
    }
    let due = world.end_of(now, catalogue::usual("AUTO_ENROLL", 1));
    for enabled in world.control_tower.enabled_baselines.values_mut() {
        if enabled.parent.is_some() && enabled.target_id == account {
            enabled.status = Enablement::UnderChange;
        }
    }
    world.control_tower.enrolments.insert(account.to_owned(), Enrolment { to: to.to_owned(), due });
}

/// What the account has is what its new place gives: the baselines and controls of the unit, or none.
pub(super) fn finish(world: &mut World, account: &str, to: &str, now: Timestamp) {
    let Some(zone) = world.control_tower.zone.clone() else {
        return;
    };
    let parents: Vec<_> = world
        .control_tower
        .enabled_baselines
        .values()
        .filter(|enabled| {
            enabled.parent.is_none() && enabled.target_id == to && enabled.status == Enablement::Succeeded
        })
        .cloned()
        .collect();
    let kept: Vec<&str> = parents.iter().map(|parent| parent.baseline.as_str()).collect();
    let had = world.control_tower.enabled_baselines.values().any(|enabled| {
        enabled.baseline == backups::BASELINE && enabled.parent.is_some() && enabled.target_id == account
    });
    if kept.contains(&backups::BASELINE) {
        backups::cover(world, account, now);
    } else if had {
        backups::uncover(world, account);
    }
    world.control_tower.enabled_baselines.retain(|_, enabled| {
        enabled.parent.is_none() || enabled.target_id != account || kept.contains(&enabled.baseline.as_str())
    });
    let records = parents.iter().any(|parent| recording::by(&parent.baseline));
    let blocked = records && obstacles::found_before(world, &zone, account).is_some();
    let status = if blocked { Enablement::Failed } else { obstacles::enrolment_of(world, &zone, account) };
    for parent in &parents {
        registration::put_children(world, parent, vec![(account.to_owned(), status)], None);
    }
    if records {
        recording::cover(world, &[(account.to_owned(), status)], now);
    } else {
        recording::release(world, &[account.to_owned()]);
    }
    if blocked {
        return;
    }
    control_effects::drop_foreign(world, account, to);
    if parents.iter().any(|parent| parent.baseline == registration::REGISTERING) {
        acts::ensure_execution_role(world, account, &zone.account, now);
        access::enrol(world, account, now);
        control_effects::cover(world, to);
    } else {
        // (https://docs.aws.amazon.com/controltower/latest/userguide/account-transfer.html)
        acts::exchange_execution_role(world, account, &zone.account, now);
    }
}
