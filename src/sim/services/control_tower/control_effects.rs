//! What a control operation leaves behind: the control on the accounts of its unit, or the policy on the unit.
//!
//! In: the operation, at its end. Out: enabled controls and guardrail policies; the next queued operation begins.
//! Absent: Config rules and hooks themselves.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::sim::world::World;

use super::control_table::{self, Implementation};
use super::operations;
use super::state::{EnabledControl, Enablement, Family, Operation};
use super::{estate, guardrails, registration};

/// Operations that run at once; 90 more wait
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/limits.html>).
pub(super) const RUNNING: usize = 10;

/// A new ARN of an enabled control.
pub(super) fn new_arn(world: &mut World, home: &str, management: &str) -> String {
    format!("arn:aws:controltower:{home}:{management}:enabledcontrol/{}", world.ids.upper(16))
}

/// Is there no room to run one more now.
pub(super) fn must_wait(world: &World) -> bool {
    world.control_tower.in_progress(Family::Control).filter(|operation| operation.due.is_some()).count()
        >= RUNNING
}

/// Begins the operations that waited longest, as far as there is room.
pub(super) fn start_next(world: &mut World, now: Timestamp) {
    while !must_wait(world) {
        let next = world
            .control_tower
            .in_progress(Family::Control)
            .filter(|operation| operation.due.is_none())
            .min_by_key(|operation| operation.serial)
            .map(|operation| {
                (operation.id.clone(), operation.kind, operation.subject.clone(), operation.doomed.is_some())
            });
        let Some((id, kind, subject, doomed)) = next else {
            return;
        };
        let unit =
            world.control_tower.enabled_controls.get(&subject).map(|enabled| enabled.target_id.clone());
        let accounts = unit.map_or(0, |unit| registration::accounts(world, &unit).len());
        let due = world.end_of(now, operations::usual(kind, accounts, doomed));
        if let Some(operation) = world.control_tower.operations.get_mut(&id) {
            operation.due = Some(due);
        }
    }
}

/// The end of enabling, updating or resetting.
pub(super) fn apply(world: &mut World, operation: &Operation, now: Timestamp) -> Result<(), String> {
    let Some(enabled) = world.control_tower.enabled_controls.get_mut(&operation.subject) else {
        return Err("The enabled control is gone.".to_owned());
    };
    if let Some(parameters) = &operation.wanted.parameters {
        enabled.parameters.clone_from(parameters);
    }
    enabled.deployed = true;
    enabled.ineffective = false;
    let (unit, control) = (enabled.target_id.clone(), enabled.control.clone());
    if estate::unit(world, &unit).is_none() {
        return Err(format!("AWS Control Tower could not find the organizational unit {unit}."));
    }
    if control_table::implementation(&control) == Implementation::Scp {
        guardrails::refresh(world, &unit, now)?;
    }
    cover(world, &unit);
    Ok(())
}

/// The end of disabling.
pub(super) fn remove(world: &mut World, arn: &str, now: Timestamp) {
    let state = &mut world.control_tower;
    let Some(gone) = state.enabled_controls.remove(arn) else {
        return;
    };
    state.enabled_controls.retain(|_, enabled| enabled.parent.as_deref() != Some(arn));
    state.tags.remove(arn);
    if gone.parent.is_none() && control_table::implementation(&gone.control) == Implementation::Scp {
        // Taking a statement out of a policy of our own cannot fail.
        let _ = guardrails::refresh(world, &gone.target_id, now);
    }
}

/// Gives every account of a unit the Regional controls of the unit. Preventive controls work on the unit itself and
/// have no children.
pub(super) fn cover(world: &mut World, unit: &str) {
    let Some((home, management)) =
        world.control_tower.zone.as_ref().map(|zone| (zone.home.clone(), zone.account.clone()))
    else {
        return;
    };
    let parents: Vec<EnabledControl> = world
        .control_tower
        .enabled_controls
        .values()
        .filter(|enabled| enabled.parent.is_none() && enabled.target_id == unit && enabled.deployed)
        .filter(|enabled| control_table::implementation(&enabled.control).is_regional())
        .cloned()
        .collect();
    let accounts = registration::accounts(world, unit);
    for parent in parents {
        let mut covered = BTreeSet::new();
        for child in world.control_tower.enabled_controls.values_mut() {
            if child.parent.as_deref() == Some(parent.arn.as_str()) {
                child.parameters.clone_from(&parent.parameters);
                covered.insert(child.target_id.clone());
            }
        }
        for account in accounts.iter().filter(|account| !covered.contains(*account)) {
            let Some(target) = estate::account_arn(world, account) else {
                continue;
            };
            let arn = new_arn(world, &home, &management);
            let child = EnabledControl {
                arn: arn.clone(),
                target,
                target_id: account.clone(),
                parent: Some(parent.arn.clone()),
                status: Enablement::Succeeded,
                ..parent.clone()
            };
            world.control_tower.enabled_controls.insert(arn, child);
        }
    }
}

/// Removes the controls an account has from units other than `unit`.
pub(super) fn drop_foreign(world: &mut World, account: &str, unit: &str) {
    let state = &mut world.control_tower;
    let own: Vec<String> = state
        .enabled_controls
        .values()
        .filter(|enabled| enabled.parent.is_none() && enabled.target_id == unit)
        .map(|enabled| enabled.arn.clone())
        .collect();
    state.enabled_controls.retain(|_, enabled| {
        enabled.target_id != account || enabled.parent.as_ref().is_none_or(|parent| own.contains(parent))
    });
}
