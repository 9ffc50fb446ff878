//! EnableBaseline, UpdateEnabledBaseline, ResetEnabledBaseline, DisableBaseline: what is checked before each begins.
//!
//! In: requests. Out: operation ids, and an enabled baseline `UNDER_CHANGE`. Absent: the effects (`registration`) and
//! the readers (`enabled_baseline_reads`). Refusals whose words are not quoted from a source say the rule in our own.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::catalogue::{self, Baseline, Scope};
use super::estate::{self, Unit};
use super::operations::{self, Beginning};
use super::refusal::{not_found, validation};
use super::registration;
use super::state::{EnabledBaseline, Enablement, OperationKind, OperationStatus, Wanted};
use super::{baseline_rules, drift, gate, prechecks, tags};

/// EnableBaseline.
pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let zone = gate::active_zone(world, request)?.clone();
    let baseline = offered(request)?;
    let unit = unit_target(world, request.required("targetIdentifier"))?;
    baseline_rules::available(&zone, baseline)?;
    baseline_rules::newest_version(&zone, baseline, request.required("baselineVersion"))?;
    let parameters = request.list("parameters").to_vec();
    baseline_rules::check_parameters(world, baseline, &parameters)?;
    baseline_rules::outside_security_unit(world, &zone, baseline, &unit)?;
    if world.control_tower.on_unit(&unit.id, &baseline.name).is_some() {
        // Words quoted in https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/651, also for a unit whose
        // registration failed.
        return Err(validation("This baseline is already enabled on this target"));
    }
    baseline_rules::compatible(world, &zone, baseline, &unit)?;
    gate::unit_idle(world, &unit.id)?;

    let arn = registration::new_arn(world, &zone.home, &zone.account);
    let enabled = EnabledBaseline {
        arn: arn.clone(),
        baseline: baseline.name.clone(),
        version: request.required("baselineVersion").to_owned(),
        target: unit.arn,
        target_id: unit.id,
        parent: None,
        status: Enablement::UnderChange,
        last_operation: None,
        parameters: parameters.clone(),
        revision: zone.revision,
    };
    world.control_tower.enabled_baselines.insert(arn.clone(), enabled);
    tags::put(world, &arn, request.input.get("tags"));
    let wanted = Wanted { parameters: Some(parameters), ..Wanted::default() };
    let operation = proceed(world, request, OperationKind::EnableBaseline, &arn, wanted);
    Ok(json!({ "arn": arn, "operationIdentifier": operation }))
}

/// UpdateEnabledBaseline: another version or other parameters; never back, parents first
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/table-of-baselines.html>).
pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let zone = gate::active_zone(world, request)?.clone();
    let enabled = of_unit(world, request)?;
    let baseline = row(&enabled)?;
    let version = request.required("baselineVersion");
    baseline_rules::newest_version(&zone, baseline, version)?;
    if baseline.release_order(version) < baseline.release_order(&enabled.version) {
        return Err(validation(format!(
            "The baseline version cannot be changed from {} to {version}.",
            enabled.version
        )));
    }
    let parameters = match request.input.get("parameters") {
        Some(_) => request.list("parameters").to_vec(),
        None => enabled.parameters.clone(),
    };
    baseline_rules::check_parameters(world, baseline, &parameters)?;
    baseline_rules::parent_is_current(world, baseline, &enabled, version)?;
    gate::unit_idle(world, &enabled.target_id)?;
    let wanted =
        Wanted { version: Some(version.to_owned()), parameters: Some(parameters), ..Wanted::default() };
    let operation = proceed(world, request, OperationKind::UpdateEnabledBaseline, &enabled.arn, wanted);
    Ok(json!({ "operationIdentifier": operation }))
}

/// ResetEnabledBaseline: registers the unit again as it is.
pub(super) fn reset(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::active_zone(world, request)?;
    let enabled = of_unit(world, request)?;
    row(&enabled)?;
    gate::unit_idle(world, &enabled.target_id)?;
    let operation =
        proceed(world, request, OperationKind::ResetEnabledBaseline, &enabled.arn, Wanted::default());
    Ok(json!({ "operationIdentifier": operation }))
}

/// DisableBaseline. The model marks it idempotent: a repeat while it runs answers with the same operation.
pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::active_zone(world, request)?;
    let enabled = named(world, request)?;
    if let Some(running) = running_disable(world, &enabled) {
        return Ok(json!({ "operationIdentifier": running }));
    }
    match &enabled.parent {
        // "A drifted, orphaned child may be disabled"
        // (https://docs.aws.amazon.com/controltower/latest/userguide/types-of-baselines.html).
        Some(parent) if !drift::is_orphan(world, &enabled, parent) => return Err(child_refused()),
        Some(_) => {}
        None => {
            row(&enabled)?;
        }
    }
    gate::unit_idle(world, &enabled.target_id)?;
    let doomed = match enabled.parent {
        Some(_) => None,
        None => prechecks::disable(world, &enabled),
    };
    let accounts = registration::accounts(world, &enabled.target_id).len();
    let beginning = Beginning {
        doomed,
        accounts,
        ..Beginning::new(OperationKind::DisableBaseline, enabled.arn.as_str())
    };
    Ok(json!({ "operationIdentifier": under_change(world, request, beginning) }))
}

fn proceed(world: &mut World, request: &Request, kind: OperationKind, arn: &str, wanted: Wanted) -> String {
    let unit = world
        .control_tower
        .enabled_baselines
        .get(arn)
        .map(|enabled| enabled.target_id.clone())
        .unwrap_or_default();
    let doomed = prechecks::register(world, &unit);
    let accounts = registration::accounts(world, &unit).len();
    let works = doomed.is_none();
    let beginning = Beginning { wanted, doomed, accounts, ..Beginning::new(kind, arn) };
    let operation = under_change(world, request, beginning);
    if works {
        registration::start(world, arn, &operation);
    }
    operation
}

fn under_change(world: &mut World, request: &Request, beginning: Beginning) -> String {
    let arn = beginning.subject.clone();
    let operation = operations::begin(world, request.now, beginning);
    if let Some(enabled) = world.control_tower.enabled_baselines.get_mut(&arn) {
        enabled.status = Enablement::UnderChange;
        enabled.last_operation = Some(operation.clone());
    }
    operation
}

fn running_disable(world: &World, enabled: &EnabledBaseline) -> Option<String> {
    let operation = world.control_tower.operations.get(enabled.last_operation.as_ref()?)?;
    let running =
        operation.kind == OperationKind::DisableBaseline && operation.status == OperationStatus::InProgress;
    running.then(|| operation.id.clone())
}

fn offered(request: &Request) -> Result<&'static Baseline, AwsError> {
    let arn = request.required("baselineIdentifier");
    let baseline = catalogue::by_arn(arn, &request.region)
        .ok_or_else(|| not_found(format!("AWS Control Tower could not find the baseline {arn}.")))?;
    if baseline.scope == Scope::Zone {
        return Err(validation(format!(
            "The baseline '{}' cannot be enabled with EnableBaseline.",
            baseline.name
        )));
    }
    Ok(baseline)
}

/// "Only OUs are supported as targets" (<https://docs.aws.amazon.com/controltower/latest/APIReference/API_EnableBaseline.html>).
pub(super) fn unit_target(world: &World, arn: &str) -> Result<Unit, AwsError> {
    if !arn.contains(":ou/") {
        return Err(validation(format!("The target {arn} is not an organizational unit.")));
    }
    estate::unit_by_arn(world, arn)
        .ok_or_else(|| not_found(format!("AWS Control Tower could not find the organizational unit {arn}.")))
}

pub(super) fn named(world: &World, request: &Request) -> Result<EnabledBaseline, AwsError> {
    let arn = request.required("enabledBaselineIdentifier");
    world
        .control_tower
        .enabled_baselines
        .get(arn)
        .filter(|_| gate::is_here(arn, request))
        .cloned()
        .ok_or_else(|| not_found(format!("AWS Control Tower could not find the enabled baseline {arn}.")))
}

/// The enabled baseline a write names: a unit's, never an account's.
fn of_unit(world: &World, request: &Request) -> Result<EnabledBaseline, AwsError> {
    let enabled = named(world, request)?;
    if enabled.parent.is_some() { Err(child_refused()) } else { Ok(enabled) }
}

/// No write API takes a child (<https://docs.aws.amazon.com/controltower/latest/userguide/types-of-baselines.html>).
fn child_refused() -> AwsError {
    validation(
        "You cannot perform this operation on a child enabled baseline. Call it on the parent enabled baseline.",
    )
}

/// The row of an enabled baseline, which must be one of units: those of the landing zone follow its manifest.
fn row(enabled: &EnabledBaseline) -> Result<&'static Baseline, AwsError> {
    catalogue::named(&enabled.baseline).filter(|baseline| baseline.scope == Scope::Unit).ok_or_else(|| {
        validation(format!("The baseline '{}' can be changed only with the landing zone.", enabled.baseline))
    })
}
