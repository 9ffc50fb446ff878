//! GetEnabledBaseline and ListEnabledBaselines.
//!
//! In: requests. Out: enabled baselines with their status and drift. Absent: changes.

use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::operations::chosen;
use super::state::EnabledBaseline;
use super::{catalogue, drift, enabled_baselines, gate, paging};

/// GetEnabledBaseline.
pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::management(world, request)?;
    let enabled = enabled_baselines::named(world, request)?;
    let mut out = summary(world, &enabled);
    if !enabled.parameters.is_empty() {
        out.insert("parameters".to_owned(), json!(enabled.parameters));
    }
    Ok(json!({ "enabledBaselineDetails": out }))
}

/// ListEnabledBaselines: those of units and of the landing zone; those of accounts only with `includeChildren`, or when
/// a parent is asked for (UNSOURCED; a filter by parent can mean nothing else).
pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::management(world, request)?;
    let filter = request.input.get("filter");
    let by_parent = filter.is_some_and(|filter| filter.get("parentIdentifiers").is_some());
    let children = request.boolean("includeChildren").unwrap_or(false) || by_parent;
    let wants_drift = |member: &str| filter.is_some_and(|filter| filter.get(member).is_some());
    let (inheritance, source) = (wants_drift("inheritanceDriftStatuses"), wants_drift("sourceDriftStatuses"));
    let items = world
        .control_tower
        .enabled_baselines
        .values()
        .filter(|enabled| gate::is_here(&enabled.arn, request))
        .filter(|enabled| children || enabled.parent.is_none())
        .filter(|enabled| {
            chosen(request, "targetIdentifiers", &enabled.target)
                && chosen(request, "baselineIdentifiers", &baseline_arn(world, enabled))
                && chosen(request, "parentIdentifiers", enabled.parent.as_deref().unwrap_or_default())
                && chosen(request, "statuses", enabled.status.text())
        })
        .filter(|enabled| {
            !inheritance
                || chosen(request, "inheritanceDriftStatuses", word(drift::inheritance(world, enabled)))
        })
        .filter(|enabled| {
            !source || chosen(request, "sourceDriftStatuses", word(drift::source(world, enabled)))
        })
        .collect();
    paging::answer(request, "enabledBaselines", items, 100, |enabled| Value::Object(summary(world, enabled)))
}

fn word(drifted: Option<bool>) -> &'static str {
    match drifted {
        Some(true) => "DRIFTED",
        Some(false) => "IN_SYNC",
        None => "",
    }
}

fn baseline_arn(world: &World, enabled: &EnabledBaseline) -> String {
    let home = world.control_tower.zone.as_ref().map(|zone| zone.home.as_str()).unwrap_or_default();
    catalogue::named(&enabled.baseline).map(|baseline| baseline.arn(home)).unwrap_or_default()
}

fn summary(world: &World, enabled: &EnabledBaseline) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("arn".to_owned(), json!(enabled.arn));
    out.insert("baselineIdentifier".to_owned(), json!(baseline_arn(world, enabled)));
    out.insert("baselineVersion".to_owned(), json!(enabled.version));
    out.insert("targetIdentifier".to_owned(), json!(enabled.target));
    if let Some(parent) = &enabled.parent {
        out.insert("parentIdentifier".to_owned(), json!(parent));
    }
    let mut status = json!({ "status": enabled.status.text() });
    if let Some(operation) = &enabled.last_operation {
        status["lastOperationIdentifier"] = json!(operation);
    }
    out.insert("statusSummary".to_owned(), status);
    let mut types = Map::new();
    if let Some(drifted) = drift::inheritance(world, enabled) {
        types.insert("inheritance".to_owned(), json!({ "status": word(Some(drifted)) }));
    }
    if let Some(drifted) = drift::source(world, enabled) {
        types.insert("source".to_owned(), json!({ "status": word(Some(drifted)) }));
    }
    if !types.is_empty() {
        out.insert("driftStatusSummary".to_owned(), json!({ "types": types }));
    }
    out
}
