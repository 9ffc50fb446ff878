//! The asynchronous operations: how one begins, who can read it, and for how long.
//!
//! In: a kind, a subject and what is wanted. Out: operation ids, the three Get readers and the two lists.
//! Absent: what happens when one ends (`completion`).

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::catalogue;
use super::gate;
use super::paging;
use super::refusal::not_found;
use super::state::{Family, Operation, OperationKind, OperationStatus, Wanted};

/// Operation details are kept for 90 days
/// (<https://docs.aws.amazon.com/controltower/latest/APIReference/API_GetLandingZoneOperation.html>).
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What an operation begins with.
pub(super) struct Beginning {
    pub(super) kind: OperationKind,
    pub(super) subject: String,
    pub(super) wanted: Wanted,
    /// Accounts it touches, for how long it takes.
    pub(super) accounts: usize,
    /// Why it will fail, if a check before the work already says so.
    pub(super) doomed: Option<String>,
    /// It waits in the queue and has no end yet.
    pub(super) queued: bool,
}

impl Beginning {
    pub(super) fn new(kind: OperationKind, subject: impl Into<String>) -> Self {
        Self {
            kind,
            subject: subject.into(),
            wanted: Wanted::default(),
            accounts: 0,
            doomed: None,
            queued: false,
        }
    }
}

/// Records an operation and says its id.
pub(super) fn begin(world: &mut World, now: Timestamp, beginning: Beginning) -> String {
    let id = world.ids.uuid();
    let doomed = beginning.doomed.or_else(|| world.control_tower.failures.remove(beginning.kind.text()));
    let usual = usual(beginning.kind, beginning.accounts, doomed.is_some());
    let due = (!beginning.queued).then(|| world.end_of(now, usual));
    let serial = world.control_tower.next_serial();
    let operation = Operation {
        id: id.clone(),
        serial,
        kind: beginning.kind,
        status: OperationStatus::InProgress,
        started: now,
        due,
        ended: None,
        message: None,
        doomed,
        subject: beginning.subject,
        wanted: beginning.wanted,
    };
    world.control_tower.operations.insert(id.clone(), operation);
    id
}

/// How long an operation usually takes; one that fails its checks ends sooner.
pub(super) fn usual(kind: OperationKind, accounts: usize, doomed: bool) -> Duration {
    if doomed { catalogue::usual("PRECHECK", 0) } else { catalogue::usual(kind.text(), accounts) }
}

/// GetLandingZoneOperation.
pub(super) fn get_zone_operation(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    Ok(json!({ "operationDetails": details(find(world, request, Family::Zone)?) }))
}

/// GetBaselineOperation.
pub(super) fn get_baseline_operation(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    Ok(json!({ "baselineOperation": details(find(world, request, Family::Baseline)?) }))
}

/// GetControlOperation.
pub(super) fn get_control_operation(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    Ok(json!({ "controlOperation": control_details(find(world, request, Family::Control)?) }))
}

/// ListLandingZoneOperations: most recent first.
pub(super) fn list_zone_operations(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::management(world, request)?;
    let items = recent(world, request, Family::Zone)
        .into_iter()
        .filter(|operation| chosen(request, "types", operation.kind.text()))
        .filter(|operation| chosen(request, "statuses", operation.status.text()))
        .collect();
    paging::answer(request, "landingZoneOperations", items, 100, |operation| {
        json!({
            "operationIdentifier": operation.id,
            "operationType": operation.kind.text(),
            "status": operation.status.text(),
        })
    })
}

/// ListControlOperations: those in progress or queued, and the recent past, most recent first.
pub(super) fn list_control_operations(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::management(world, request)?;
    let items = recent(world, request, Family::Control)
        .into_iter()
        .filter(|operation| {
            let (control, target) = operation.wanted.control.clone().unwrap_or_default();
            chosen(request, "controlIdentifiers", &control)
                && chosen(request, "targetIdentifiers", &target)
                && chosen(request, "enabledControlIdentifiers", &operation.subject)
                && chosen(request, "controlOperationTypes", operation.kind.text())
                && chosen(request, "statuses", operation.status.text())
        })
        .collect();
    paging::answer(request, "controlOperations", items, 100, control_details)
}

/// Is `value` admitted by a filter member: yes if the filter does not name that member.
pub(super) fn chosen(request: &Request, member: &str, value: &str) -> bool {
    let wanted = request.input.get("filter").and_then(|filter| filter.get(member)).and_then(Value::as_array);
    wanted.is_none_or(|wanted| wanted.iter().any(|one| one.as_str() == Some(value)))
}

fn recent<'w>(world: &'w World, request: &Request, family: Family) -> Vec<&'w Operation> {
    let mut found: Vec<_> = world
        .control_tower
        .operations
        .values()
        .filter(|operation| readable(operation, request, family))
        .collect();
    found.sort_by_key(|operation| std::cmp::Reverse(operation.serial));
    found
}

fn readable(operation: &Operation, request: &Request, family: Family) -> bool {
    operation.kind.family() == family
        && gate::is_here(&operation.subject, request)
        && operation.ended.is_none_or(|ended| request.now.duration_since(ended) <= KEPT)
}

fn find<'w>(world: &'w World, request: &Request, family: Family) -> Result<&'w Operation, AwsError> {
    gate::management(world, request)?;
    let id = request.required("operationIdentifier");
    world
        .control_tower
        .operations
        .get(id)
        .filter(|operation| readable(operation, request, family))
        .ok_or_else(|| not_found(format!("AWS Control Tower could not find the operation {id}.")))
}

fn details(operation: &Operation) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("operationType".to_owned(), json!(operation.kind.text()));
    out.insert("operationIdentifier".to_owned(), json!(operation.id));
    out.insert("status".to_owned(), json!(operation.status.text()));
    out.insert("startTime".to_owned(), json!(epoch(operation.started)));
    if let Some(ended) = operation.ended {
        out.insert("endTime".to_owned(), json!(epoch(ended)));
    }
    if let Some(message) = &operation.message {
        out.insert("statusMessage".to_owned(), json!(message));
    }
    out
}

fn control_details(operation: &Operation) -> Value {
    let mut out = details(operation);
    if let Some((control, target)) = &operation.wanted.control {
        out.insert("controlIdentifier".to_owned(), json!(control));
        out.insert("targetIdentifier".to_owned(), json!(target));
    }
    out.insert("enabledControlIdentifier".to_owned(), json!(operation.subject));
    Value::Object(out)
}
