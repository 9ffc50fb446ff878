//! GetEnabledControl and ListEnabledControls.
//!
//! In: requests. Out: enabled controls with their status, drift and, in detail, parameters and Regions.
//! Absent: changes.

use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::manifest::Settings;
use super::operations::chosen;
use super::refusal::not_found;
use super::state::EnabledControl;
use super::{controls, drift, estate, gate, paging};

/// Members of the filter that make it necessary to look for drift.
const DRIFT_FILTERS: [&str; 3] = ["driftStatuses", "inheritanceDriftStatuses", "resourceDriftStatuses"];

/// GetEnabledControl.
pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::management(world, request)?;
    let enabled = controls::named(world, request)?;
    let mut out = summary(world, &enabled);
    out.insert("parameters".to_owned(), json!(enabled.parameters));
    let zone = world.control_tower.zone.as_ref();
    let regions = zone
        .and_then(|zone| Settings::read(&zone.version, Some(&zone.manifest)).ok())
        .map(|settings| settings.governed_regions())
        .unwrap_or_default();
    let regions: Vec<Value> = regions.iter().map(|name| json!({ "name": name })).collect();
    out.insert("targetRegions".to_owned(), Value::Array(regions));
    Ok(json!({ "enabledControlDetails": out }))
}

/// ListEnabledControls: of one unit or account, or of the whole landing zone; those of accounts only with
/// `includeChildren`, or when the account or a parent is asked for.
pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::management(world, request)?;
    let target = request.text("targetIdentifier");
    let filter = request.input.get("filter");
    let has = |member: &str| filter.is_some_and(|filter| filter.get(member).is_some());
    let of_account = target.is_some_and(|target| target.contains(":account/"));
    if let Some(target) = target
        && !exists(world, target)
    {
        return Err(not_found(format!("AWS Control Tower could not find the target {target}.")));
    }
    let children =
        request.boolean("includeChildren").unwrap_or(false) || of_account || has("parentIdentifiers");
    let items = world
        .control_tower
        .enabled_controls
        .values()
        .filter(|enabled| gate::is_here(&enabled.arn, request))
        .filter(|enabled| children || enabled.parent.is_none())
        .filter(|enabled| target.is_none_or(|target| belongs(world, enabled, target)))
        .filter(|enabled| {
            chosen(request, "controlIdentifiers", &enabled.control)
                && chosen(request, "parentIdentifiers", enabled.parent.as_deref().unwrap_or_default())
                && chosen(request, "statuses", enabled.status.text())
        })
        .filter(|enabled| {
            if !DRIFT_FILTERS.iter().any(|member| has(member)) {
                return true;
            }
            let [all, inheritance, resource] = drift::of_control(world, enabled);
            chosen(request, "driftStatuses", all)
                && chosen(request, "inheritanceDriftStatuses", inheritance)
                && chosen(request, "resourceDriftStatuses", resource)
        })
        .collect();
    paging::answer(request, "enabledControls", items, 200, |enabled| Value::Object(summary(world, enabled)))
}

/// A control belongs to its own target, and a child also to the unit it comes from.
fn belongs(world: &World, enabled: &EnabledControl, target: &str) -> bool {
    let parent = enabled.parent.as_ref().and_then(|parent| world.control_tower.enabled_controls.get(parent));
    enabled.target == target || parent.is_some_and(|parent| parent.target == target)
}

fn exists(world: &World, target: &str) -> bool {
    match target.rsplit('/').next().filter(|_| target.contains(":account/")) {
        Some(account) => estate::account_arn(world, account).as_deref() == Some(target),
        None => estate::unit_by_arn(world, target).is_some(),
    }
}

fn summary(world: &World, enabled: &EnabledControl) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("arn".to_owned(), json!(enabled.arn));
    out.insert("controlIdentifier".to_owned(), json!(enabled.control));
    out.insert("targetIdentifier".to_owned(), json!(enabled.target));
    if let Some(parent) = &enabled.parent {
        out.insert("parentIdentifier".to_owned(), json!(parent));
    }
    let mut status = json!({ "status": enabled.status.text() });
    if let Some(operation) = &enabled.last_operation {
        status["lastOperationIdentifier"] = json!(operation);
    }
    out.insert("statusSummary".to_owned(), status);
    let [all, inheritance, resource] = drift::of_control(world, enabled);
    out.insert(
        "driftStatusSummary".to_owned(),
        json!({
            "driftStatus": all,
            "types": { "inheritance": { "status": inheritance }, "resource": { "status": resource } },
        }),
    );
    out
}
