//! What happens by itself: operations end, queued controls begin, moved accounts are followed up.
//!
//! In: the world at an instant. Out: the next instant something is due, and the world after it. Absent: the effects
//! themselves (`zone_effects`, `registration`, `controls`, `enrolment`).

use jiff::Timestamp;

use crate::sim::world::World;

use super::state::{Enablement, Family, Operation, OperationKind, OperationStatus, ZoneStatus};
use super::{control_effects, enrolment, registration, zone_effects};

/// When the next event is due.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    let state = &world.control_tower;
    let operations = state
        .operations
        .values()
        .filter(|operation| operation.status == OperationStatus::InProgress)
        .filter_map(|operation| operation.due);
    let enrolments = state.enrolments.values().map(|enrolment| enrolment.due);
    let news = enrolment::has_news(world).then_some(world.time);
    operations.chain(enrolments).chain(news).min()
}

/// Lets everything happen that is due at `now`, operations in the order they were asked for.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    let mut ending: Vec<Operation> = world
        .control_tower
        .operations
        .values()
        .filter(|operation| operation.status == OperationStatus::InProgress)
        .filter(|operation| operation.due.is_some_and(|due| due <= now))
        .cloned()
        .collect();
    ending.sort_by_key(|operation| operation.serial);
    for operation in ending {
        let result = match &operation.doomed {
            Some(reason) => Err(reason.clone()),
            None => carry_out(world, &operation, now),
        };
        conclude(world, &operation, result, now);
    }
    enrolment::settle(world, now);
}

fn carry_out(world: &mut World, operation: &Operation, now: Timestamp) -> Result<(), String> {
    match operation.kind {
        OperationKind::Create | OperationKind::Update | OperationKind::Reset => {
            zone_effects::apply(world, operation, now)
        }
        OperationKind::Delete => {
            zone_effects::decommission(world);
            Ok(())
        }
        OperationKind::EnableBaseline
        | OperationKind::ResetEnabledBaseline
        | OperationKind::UpdateEnabledBaseline => registration::apply(world, operation, now),
        OperationKind::DisableBaseline => {
            registration::remove(world, &operation.subject, now);
            Ok(())
        }
        OperationKind::EnableControl
        | OperationKind::UpdateEnabledControl
        | OperationKind::ResetEnabledControl => control_effects::apply(world, operation, now),
        OperationKind::DisableControl => {
            control_effects::remove(world, &operation.subject, now);
            Ok(())
        }
    }
}

/// Writes the end of an operation down, and what its subject looks like now.
fn conclude(world: &mut World, operation: &Operation, result: Result<(), String>, now: Timestamp) {
    let succeeded = result.is_ok();
    if let Some(kept) = world.control_tower.operations.get_mut(&operation.id) {
        kept.status = if succeeded { OperationStatus::Succeeded } else { OperationStatus::Failed };
        kept.ended = Some(now);
        kept.due = None;
        kept.message = result.err();
    }
    let enablement = if succeeded { Enablement::Succeeded } else { Enablement::Failed };
    let state = &mut world.control_tower;
    match operation.kind.family() {
        Family::Zone => {
            if let Some(zone) = &mut state.zone {
                zone.status = if succeeded { ZoneStatus::Active } else { ZoneStatus::Failed };
            }
        }
        Family::Baseline => {
            if let Some(enabled) = state.enabled_baselines.get_mut(&operation.subject) {
                enabled.status = enablement;
            }
            registration::conclude_children(state, &operation.subject, enablement);
        }
        Family::Control => {
            if let Some(enabled) = state.enabled_controls.get_mut(&operation.subject) {
                enabled.status = enablement;
            }
            control_effects::start_next(world, now);
        }
    }
}
