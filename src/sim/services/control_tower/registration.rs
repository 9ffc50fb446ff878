//! What a baseline operation leaves behind on a unit and in its accounts.
//!
//! In: the operation, at its beginning and at its end. Out: the enabled baselines of the accounts (children of the
//! unit's), the role Control Tower works with in them, the unit's guardrails. Absent: the checks before an operation
//! (`enabled_baselines`).

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::sim::world::World;

use super::state::{EnabledBaseline, Enablement, Operation, State};
use super::{access, acts, backups, control_effects, estate, guardrails, obstacles, recording};

/// The baseline whose presence makes a unit registered.
pub(super) const REGISTERING: &str = "AWSControlTowerBaseline";

/// A new ARN of an enabled baseline.
pub(super) fn new_arn(world: &mut World, home: &str, management: &str) -> String {
    format!("arn:aws:controltower:{home}:{management}:enabledbaseline/{}", world.ids.upper(16))
}

/// Is AWSControlTowerBaseline on the unit, and was it successful at least once.
pub(super) fn is_registered(world: &World, unit: &str) -> bool {
    let state = &world.control_tower;
    state.ever_registered.contains(unit) && state.on_unit(unit, REGISTERING).is_some()
}

/// Every unit that is registered now.
pub(super) fn registered_units(world: &World) -> Vec<String> {
    let state = &world.control_tower;
    state.ever_registered.iter().filter(|unit| state.on_unit(unit, REGISTERING).is_some()).cloned().collect()
}

/// The accounts a baseline on this unit is for: active members directly in it, never the management account
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/types-of-baselines.html>), and in the Security unit, where
/// only BackupBaseline can be, the shared accounts too.
pub(super) fn accounts(world: &World, unit: &str) -> Vec<String> {
    estate::accounts_in(world, unit)
        .into_iter()
        .filter(|member| member.active && !member.management)
        .map(|member| member.id)
        .collect()
}

/// Shows the accounts of the unit as being worked on: their enabled baselines appear as children at once.
pub(super) fn start(world: &mut World, arn: &str, operation: &str) {
    let Some(parent) = world.control_tower.enabled_baselines.get(arn).cloned() else {
        return;
    };
    let present = accounts(world, &parent.target_id)
        .into_iter()
        .map(|account| (account, Enablement::UnderChange))
        .collect();
    put_children(world, &parent, present, Some(operation));
}

/// Gives accounts the baseline of their unit, each with its status: the enabled baseline an account has already, from
/// whichever unit, becomes the child of this one.
pub(super) fn put_children(
    world: &mut World,
    parent: &EnabledBaseline,
    accounts: Vec<(String, Enablement)>,
    operation: Option<&str>,
) {
    let Some((home, management)) =
        world.control_tower.zone.as_ref().map(|zone| (zone.home.clone(), zone.account.clone()))
    else {
        return;
    };
    let existing: BTreeMap<String, String> = world
        .control_tower
        .enabled_baselines
        .values()
        .filter(|enabled| enabled.parent.is_some() && enabled.baseline == parent.baseline)
        .map(|child| (child.target_id.clone(), child.arn.clone()))
        .collect();
    for (account, status) in accounts {
        let Some(target) = estate::account_arn(world, &account) else {
            continue;
        };
        let known = existing.get(&account);
        let before = known.and_then(|arn| world.control_tower.enabled_baselines.get(arn));
        let last_operation =
            operation.map(str::to_owned).or_else(|| before.and_then(|child| child.last_operation.clone()));
        let arn = match known {
            Some(arn) => arn.clone(),
            None => new_arn(world, &home, &management),
        };
        let child = EnabledBaseline {
            arn: arn.clone(),
            target,
            target_id: account,
            parent: Some(parent.arn.clone()),
            status,
            last_operation,
            ..parent.clone()
        };
        world.control_tower.enabled_baselines.insert(arn, child);
    }
}

/// The end of enabling, updating or resetting.
pub(super) fn apply(world: &mut World, operation: &Operation, now: Timestamp) -> Result<(), String> {
    let revision = world.control_tower.zone.as_ref().map_or(0, |zone| zone.revision);
    let Some(parent) = world.control_tower.enabled_baselines.get_mut(&operation.subject) else {
        return Err("The enabled baseline is gone.".to_owned());
    };
    if let Some(version) = &operation.wanted.version {
        parent.version.clone_from(version);
    }
    if let Some(parameters) = &operation.wanted.parameters {
        parent.parameters.clone_from(parameters);
    }
    parent.revision = revision;
    let parent = parent.clone();
    let unit = parent.target_id.clone();
    if estate::unit(world, &unit).is_none() {
        return Err(format!("AWS Control Tower could not find the organizational unit {unit}."));
    }
    let zone = world.control_tower.zone.clone();
    let present: Vec<(String, Enablement)> = accounts(world, &unit)
        .into_iter()
        .map(|account| {
            let status = zone
                .as_ref()
                .map_or(Enablement::Succeeded, |zone| obstacles::enrolment_of(world, zone, &account));
            (account, status)
        })
        .collect();
    if recording::by(&parent.baseline) {
        recording::cover(world, &present, now);
    }
    let known = world.control_tower.operations.contains_key(&operation.id);
    put_children(world, &parent, present, known.then_some(operation.id.as_str()));
    if parent.baseline == backups::BASELINE {
        for account in accounts(world, &unit) {
            backups::cover(world, &account, now);
        }
    }
    // An account that left the unit meanwhile is not worked on any more; its child stays behind as an orphan.
    if parent.baseline != backups::BASELINE {
        world.control_tower.ever_registered.insert(unit.clone());
    }
    if parent.baseline == REGISTERING {
        let management =
            world.control_tower.zone.as_ref().map(|zone| zone.account.clone()).unwrap_or_default();
        // Registering also prepares the accounts of units nested below
        // (https://docs.aws.amazon.com/controltower/latest/userguide/nested-ous.html).
        for account in estate::accounts_under(world, &unit) {
            acts::ensure_execution_role(world, &account, &management, now);
        }
        for account in accounts(world, &unit) {
            access::enrol(world, &account, now);
        }
        guardrails::refresh(world, &unit, now)?;
    }
    control_effects::cover(world, &unit);
    Ok(())
}

/// The end of disabling: the enabled baseline and its children are gone.
pub(super) fn remove(world: &mut World, arn: &str, now: Timestamp) {
    let state = &mut *world.control_tower;
    let Some(gone) = state.enabled_baselines.remove(arn) else {
        return;
    };
    let child = |enabled: &EnabledBaseline| enabled.parent.as_deref() == Some(arn);
    let left: Vec<String> = state
        .enabled_baselines
        .values()
        .filter(|enabled| child(enabled))
        .map(|enabled| enabled.target_id.clone())
        .collect();
    let covered: Vec<String> = state
        .enabled_baselines
        .values()
        .filter(|enabled| enabled.baseline == backups::BASELINE && child(enabled))
        .map(|enabled| enabled.target_id.clone())
        .collect();
    state.enabled_baselines.retain(|_, enabled| !child(enabled));
    let kept = &state.enabled_baselines;
    let zone = state.zone.as_ref().map(|zone| zone.arn.clone());
    let controls = &state.enabled_controls;
    state.tags.retain(|tagged, _| {
        kept.contains_key(tagged) || controls.contains_key(tagged) || zone.as_ref() == Some(tagged)
    });
    recording::release(world, &left);
    for account in covered {
        backups::uncover(world, &account);
    }
    if gone.baseline == REGISTERING && gone.parent.is_none() {
        // A failure to write the policy would be a failure of the simulated Organizations; the unit is empty by now.
        let _ = guardrails::refresh(world, &gone.target_id, now);
    }
}

/// Children still shown as under change get the end of their parent's operation.
pub(super) fn conclude_children(state: &mut State, parent: &str, status: Enablement) {
    for child in state.enabled_baselines.values_mut() {
        if child.parent.as_deref() == Some(parent) && child.status == Enablement::UnderChange {
            child.status = status;
        }
    }
}
