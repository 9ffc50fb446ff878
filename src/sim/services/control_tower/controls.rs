//! EnableControl, UpdateEnabledControl, ResetEnabledControl, DisableControl: what is checked before each begins.
//!
//! In: requests. Out: operation ids, and an enabled control `UNDER_CHANGE`. Absent: the effects (`control_effects`) and
//! the readers (`control_reads`); refusals of controls that exclude each other: AWS says that one of them fails in what it is
//! for, not that the API refuses the second.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::control_table::{self, Implementation};
use super::estate::{self, Unit};
use super::operations::{self, Beginning};
use super::refusal::{conflict, not_found, quota, validation};
use super::state::{EnabledControl, Enablement, Family, LandingZone, OperationKind, Wanted};
use super::{control_effects, drift, enabled_baselines, gate, guardrails, manifest, registration, tags};

/// Running and queued together (<https://docs.aws.amazon.com/controltower/latest/userguide/limits.html>).
const MOST_OPERATIONS: usize = 100;
/// Of them, proactive ones (the same page).
const MOST_PROACTIVE: usize = 20;

/// EnableControl.
pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let zone = gate::active_zone(world, request)?.clone();
    let control = request.required("controlIdentifier").to_owned();
    changeable(&control, &request.region)?;
    if control_table::row(&control).is_none() {
        // UNSOURCED: which exception and words.
        return Err(not_found(format!("AWS Control Tower could not find the control {control}.")));
    }
    let unit = enabled_baselines::unit_target(world, request.required("targetIdentifier"))?;
    if let Some(existing) = on_unit(world, &unit.id, &control) {
        if existing.status == Enablement::UnderChange {
            return Err(under_change(&existing));
        }
        // The phrase AWS's own handler looks for: EnabledControl CreateHandler.java of
        // https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-controltower.
        return Err(validation(format!(
            "Control {} is already enabled on organizational unit {}",
            control_table::name(&control),
            unit.id
        )));
    }
    gate::unit_at_rest(world, &unit.id)?;
    let implementation = control_table::implementation(&control);
    governed_enough(world, &zone, &unit, implementation)?;
    let parameters = request.list("parameters").to_vec();
    fitting(&control, &parameters)?;
    room(world, implementation)?;

    let arn = control_effects::new_arn(world, &zone.home, &zone.account);
    let enabled = EnabledControl {
        arn: arn.clone(),
        control,
        target: unit.arn,
        target_id: unit.id,
        parent: None,
        status: Enablement::UnderChange,
        last_operation: None,
        parameters: parameters.clone(),
        deployed: false,
        ineffective: false,
    };
    world.control_tower.enabled_controls.insert(arn.clone(), enabled);
    tags::put(world, &arn, request.input.get("tags"));
    let operation = proceed(world, request, OperationKind::EnableControl, &arn, Some(parameters));
    Ok(json!({ "operationIdentifier": operation, "arn": arn }))
}

/// UpdateEnabledControl
/// (<https://docs.aws.amazon.com/controltower/latest/APIReference/API_UpdateEnabledControl.html>).
pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::active_zone(world, request)?;
    let enabled = of_unit(world, request)?;
    let parameters = request.list("parameters").to_vec();
    if drift::of_control(world, &enabled)[0] == "DRIFTED" {
        return Err(validation(
            "The enabled control is in drift and cannot be updated. Reset it, or disable and enable it.",
        ));
    }
    if enabled.status == Enablement::Succeeded && enabled.parameters == parameters {
        return Err(validation("The parameters are the same as those of the enabled control."));
    }
    fitting(&enabled.control, &parameters)?;
    room(world, control_table::implementation(&enabled.control))?;
    let operation =
        proceed(world, request, OperationKind::UpdateEnabledControl, &enabled.arn, Some(parameters));
    Ok(json!({ "operationIdentifier": operation }))
}

/// ResetEnabledControl: not for controls implemented with SCPs
/// (<https://docs.aws.amazon.com/controltower/latest/APIReference/API_ResetEnabledControl.html>).
pub(super) fn reset(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::active_zone(world, request)?;
    let enabled = of_unit(world, request)?;
    let implementation = control_table::implementation(&enabled.control);
    if implementation == Implementation::Scp {
        return Err(validation(
            "ResetEnabledControl does not work for controls implemented with service control policies.",
        ));
    }
    room(world, implementation)?;
    let operation = proceed(world, request, OperationKind::ResetEnabledControl, &enabled.arn, None);
    Ok(json!({ "operationIdentifier": operation }))
}

/// DisableControl: by the ARN of the enabled control, or by control and target.
pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::active_zone(world, request)?;
    let enabled = match (
        request.text("enabledControlIdentifier"),
        request.text("controlIdentifier"),
        request.text("targetIdentifier"),
    ) {
        (Some(_), None, None) => named(world, request)?,
        (None, Some(control), Some(target)) => of_pair(world, control, target)?,
        _ => {
            return Err(validation(
                "Provide either enabledControlIdentifier, or both controlIdentifier and targetIdentifier.",
            ));
        }
    };
    if enabled.status == Enablement::UnderChange {
        return Err(under_change(&enabled));
    }
    // A control an account has from its unit goes with the unit's; one left behind by a move goes only this way
    // (https://docs.aws.amazon.com/controltower/latest/userguide/governance-drift.html).
    if enabled.parent.is_some() && drift::of_control(world, &enabled)[1] != "DRIFTED" {
        return Err(validation("The control is inherited from the organizational unit. Disable it there."));
    }
    room(world, control_table::implementation(&enabled.control))?;
    let operation = proceed(world, request, OperationKind::DisableControl, &enabled.arn, None);
    Ok(json!({ "operationIdentifier": operation }))
}

/// Somebody disables a control at the console, and it is gone at once. False: it is not enabled there, or is being
/// worked on.
pub(crate) fn disable_at_once(world: &mut World, control: &str, unit: &str, now: Timestamp) -> bool {
    let Some(enabled) = on_unit(world, unit, control) else { return false };
    if enabled.status == Enablement::UnderChange {
        return false;
    }
    control_effects::remove(world, &enabled.arn, now);
    true
}

/// Somebody takes away what carries a control out, such as its resource control policy or its control of Security Hub.
/// False: it is not enabled there, or is carried out otherwise.
pub(crate) fn disturb(world: &mut World, control: &str, unit: &str) -> bool {
    let Some(enabled) = on_unit(world, unit, control) else { return false };
    let disturbed = match control_table::implementation(&enabled.control) {
        Implementation::Rcp | Implementation::Declarative | Implementation::SecurityHub => true,
        Implementation::Scp | Implementation::ConfigRule | Implementation::Hook | Implementation::Unknown => {
            false
        }
    };
    if let Some(enabled) = world.control_tower.enabled_controls.get_mut(&enabled.arn).filter(|_| disturbed) {
        enabled.ineffective = true;
    }
    disturbed
}

fn proceed(
    world: &mut World,
    request: &Request,
    kind: OperationKind,
    arn: &str,
    parameters: Option<Vec<Value>>,
) -> String {
    let Some(enabled) = world.control_tower.enabled_controls.get(arn).cloned() else {
        return String::new();
    };
    let doomed = if kind == OperationKind::DisableControl { None } else { hindrance(world, &enabled) };
    let beginning = Beginning {
        wanted: Wanted {
            parameters,
            control: Some((enabled.control.clone(), enabled.target.clone())),
            ..Wanted::default()
        },
        accounts: registration::accounts(world, &enabled.target_id).len(),
        doomed,
        queued: control_effects::must_wait(world),
        ..Beginning::new(kind, arn)
    };
    let operation = operations::begin(world, request.now, beginning);
    if let Some(enabled) = world.control_tower.enabled_controls.get_mut(arn) {
        enabled.status = Enablement::UnderChange;
        enabled.last_operation = Some(operation.clone());
    }
    operation
}

/// Why the operation will fail. A failed EnableControl leaves its enabled control behind
/// (<https://docs.aws.amazon.com/controltower/latest/controlreference/control-api-examples-short.html>). UNSOURCED words.
fn hindrance(world: &World, enabled: &EnabledControl) -> Option<String> {
    let implementation = control_table::implementation(&enabled.control);
    let unit = &enabled.target_id;
    // https://docs.aws.amazon.com/controltower/latest/userguide/delete-account.html
    if implementation.is_regional()
        && let Some(suspended) = estate::accounts_in(world, unit).iter().find(|member| !member.active)
    {
        return Some(format!(
            "The control cannot be changed on the organizational unit {unit} because the account {} in it is suspended.",
            suspended.id
        ));
    }
    // After an update of the landing zone, e.g. of its Regions, the accounts of a unit must be updated before a new
    // detective control: https://docs.aws.amazon.com/controltower/latest/userguide/troubleshooting.html.
    let outdated = world
        .control_tower
        .on_unit(unit, registration::REGISTERING)
        .is_some_and(|baseline| drift::source(world, baseline) == Some(true));
    if implementation.is_detective() && outdated {
        return Some(format!(
            "The control cannot be enabled on the organizational unit {unit}: child accounts have dependencies that are missing."
        ));
    }
    if implementation == Implementation::Scp && guardrails::is_full(world, unit) {
        return Some(format!(
            "The control cannot be enabled because the limit of service control policies attached to {unit} is reached."
        ));
    }
    None
}

/// UNSOURCED words; the list of what no API changes is
/// <https://docs.aws.amazon.com/controltower/latest/controlreference/cannot-change-with-gr-api.html>.
fn changeable(control: &str, region: &str) -> Result<(), AwsError> {
    if !control_table::is_control_arn(control, region) {
        return Err(validation(format!("{control} is not the ARN of a control in this Region.")));
    }
    if control_table::is_unchangeable(control) {
        return Err(validation(format!(
            "The control {} cannot be changed with the AWS Control Tower APIs.",
            control_table::name(control)
        )));
    }
    Ok(())
}

fn governed_enough(
    world: &World,
    zone: &LandingZone,
    unit: &Unit,
    implementation: Implementation,
) -> Result<(), AwsError> {
    // Words quoted in https://github.com/aws-solutions/aws-control-tower-customizations/issues/167.
    let unregistered =
        || not_found(format!("Organizational unit {} is not registered with AWS Control Tower.", unit.id));
    let security = zone.security_unit.as_ref() == Some(&unit.id);
    let state = &world.control_tower;
    if manifest::release_order(&zone.version) < manifest::release_order("4.0") {
        if security {
            return security_unit_takes(implementation);
        }
        return if registration::is_registered(world, &unit.id) { Ok(()) } else { Err(unregistered()) };
    }
    // From 4.0 on any unit takes preventive and proactive controls; detective ones need AWS Config in the accounts
    // (https://docs.aws.amazon.com/controltower/latest/controlreference/control-considerations.html). The Security unit
    // has it from the landing zone.
    let records = security
        || ["ConfigBaseline", registration::REGISTERING]
            .iter()
            .any(|name| state.on_unit(&unit.id, name).is_some());
    if implementation.is_detective() && !records { Err(unregistered()) } else { Ok(()) }
}

/// Up to 3.3 the Security unit takes Config rules and a fixed list of service control policies
/// (<https://docs.aws.amazon.com/controltower/latest/controlreference/exception-to-controls-security-ou.html>).
fn security_unit_takes(implementation: Implementation) -> Result<(), AwsError> {
    match implementation {
        Implementation::ConfigRule | Implementation::Scp | Implementation::Unknown => Ok(()),
        Implementation::Rcp
        | Implementation::Declarative
        | Implementation::SecurityHub
        | Implementation::Hook => Err(validation("This control cannot be enabled on the Security OU.")),
    }
}

/// A control takes the parameters that the catalogue lists for it, all that are required among them
/// (<https://docs.aws.amazon.com/controlcatalog/latest/APIReference/API_ControlParameter.html>). UNSOURCED words.
fn fitting(control: &str, parameters: &[Value]) -> Result<(), AwsError> {
    let Some(row) = control_table::row(control) else {
        return Ok(());
    };
    let given: Vec<&str> = parameters.iter().filter_map(|parameter| parameter["key"].as_str()).collect();
    if let Some((missing, _)) = row.parameters().find(|(name, required)| *required && !given.contains(name)) {
        return Err(validation(format!("The parameter {missing} is required.")));
    }
    if let Some(foreign) = given.iter().find(|name| !row.parameters().any(|(known, _)| known == **name)) {
        return Err(validation(format!("The control {} takes no parameter {foreign}.", row.alias)));
    }
    // It accepts no other value: omitting it is the way to say false.
    let assumed = parameters.iter().find(|parameter| parameter["key"] == "ExemptAssumeRoot");
    if assumed.is_some_and(|parameter| parameter["value"] != true) {
        return Err(validation("The parameter ExemptAssumeRoot accepts only true."));
    }
    Ok(())
}

fn room(world: &World, implementation: Implementation) -> Result<(), AwsError> {
    let state = &world.control_tower;
    let all = state.in_progress(Family::Control).count();
    let proactive = state
        .in_progress(Family::Control)
        .filter(|operation| {
            let control = operation.wanted.control.as_ref();
            control.is_some_and(|(control, _)| control_table::implementation(control) == Implementation::Hook)
        })
        .count();
    if all >= MOST_OPERATIONS || (implementation == Implementation::Hook && proactive >= MOST_PROACTIVE) {
        return Err(quota("The request would exceed the quota of concurrent control operations."));
    }
    Ok(())
}

fn under_change(enabled: &EnabledControl) -> AwsError {
    conflict(format!("Another operation is in progress on the enabled control {}.", enabled.arn))
}

fn on_unit(world: &World, unit: &str, control: &str) -> Option<EnabledControl> {
    let wanted = control_table::name(control);
    world
        .control_tower
        .enabled_controls
        .values()
        .find(|enabled| {
            enabled.parent.is_none()
                && enabled.target_id == unit
                && control_table::name(&enabled.control) == wanted
        })
        .cloned()
}

fn of_pair(world: &World, control: &str, target: &str) -> Result<EnabledControl, AwsError> {
    world
        .control_tower
        .enabled_controls
        .values()
        .find(|enabled| {
            enabled.target == target && control_table::name(&enabled.control) == control_table::name(control)
        })
        .cloned()
        .ok_or_else(|| not_found(format!("The control {control} is not enabled on {target}.")))
}

pub(super) fn named(world: &World, request: &Request) -> Result<EnabledControl, AwsError> {
    let arn = request.required("enabledControlIdentifier");
    world
        .control_tower
        .enabled_controls
        .get(arn)
        .filter(|_| gate::is_here(arn, request))
        .cloned()
        .ok_or_else(|| not_found(format!("AWS Control Tower could not find the enabled control {arn}.")))
}

/// The enabled control a write names: a unit's, and not one that is being worked on.
fn of_unit(world: &World, request: &Request) -> Result<EnabledControl, AwsError> {
    let enabled = named(world, request)?;
    if enabled.parent.is_some() {
        return Err(validation("The control is inherited from the organizational unit. Change it there."));
    }
    if enabled.status == Enablement::UnderChange {
        return Err(under_change(&enabled));
    }
    Ok(enabled)
}
