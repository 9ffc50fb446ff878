//! The landing zone: create, update, reset. Each takes half an hour or so.

use aws_sdk_controltower::types::RemediationType;
use jiff::Timestamp;
use serde_json::Value;

use super::timing::may_be_ours;
use super::{after_effect, known, unit, unknown_verb};
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::baselines::{self, Which};
use crate::cloud::inventory::document::from_json;
use crate::cloud::inventory::landing_zone::{self, Operation};
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const CREATE: &str = "controltower:CreateLandingZone";
const UPDATE: &str = "controltower:UpdateLandingZone";
const RESET: &str = "controltower:ResetLandingZone";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.home();
    let client = site.clients.controltower();
    let types = remediation_types(task);
    match task.verb.as_str() {
        "create" => {
            let (version, manifest) = (task.text("version")?, from_json(task.value("manifest")?));
            let request = || {
                let request = client.create_landing_zone().version(version).manifest(manifest.clone());
                request.set_remediation_types(types.clone())
            };
            let answer = site.call(CREATE, || request().send()).await?;
            Ok(Progress::Running {
                operation: answer.operation_identifier().to_owned(),
                attributes: known([("arn", answer.arn())]),
            })
        }
        "update" => {
            let (version, manifest) = (task.text("version")?, from_json(task.value("manifest")?));
            let arn = task.own("arn")?;
            let request = || {
                let request = client.update_landing_zone().landing_zone_identifier(arn).version(version);
                request.manifest(manifest.clone()).set_remediation_types(types.clone())
            };
            let answer = site.call(UPDATE, || request().send()).await?;
            Ok(running(answer.operation_identifier()))
        }
        "reset" => {
            let arn = task.own("arn")?;
            let request = || client.reset_landing_zone().landing_zone_identifier(arn);
            let answer = site.call(RESET, || request().send()).await?;
            Ok(running(answer.operation_identifier()))
        }
        "rename_unit" => {
            let (id, name) = (task.own("security_unit")?, task.text("security_unit_name")?);
            unit::rename(connection, id, name).await
        }
        _ => Err(unknown_verb(task)),
    }
}

pub(super) async fn poll(
    connection: &Connection,
    task: &Task,
    operation: &str,
) -> Result<Progress, CallError> {
    let state = landing_zone::operation(connection, operation).await?;
    follow(connection, task, operation, &state).await
}

/// The newest operation of our kind that can be ours, running or ended.
pub(super) async fn look_up(
    connection: &Connection,
    task: &Task,
    since: Timestamp,
) -> Result<Found, CallError> {
    if task.verb == "rename_unit" {
        let (id, name) = (task.own("security_unit")?, task.text("security_unit_name")?);
        return unit::renamed(connection, id, name).await;
    }
    let kind = task.verb.to_ascii_uppercase();
    // The list is newest first and gives no dates, so the newest one of our kind
    // is asked for its own.
    let all = landing_zone::operations(connection, false).await?;
    if let Some((id, _)) = all.iter().find(|(_, found)| *found == kind) {
        let state = landing_zone::operation(connection, id).await?;
        if may_be_ours(state.started, since) {
            return follow(connection, task, id, &state).await.map(Found::Effect);
        }
    }
    // A landing zone without an operation of ours was made by somebody else.
    if task.verb == "create" && landing_zone::get(connection).await?.is_some() {
        return done(connection).await.map(Found::Effect);
    }
    Ok(Found::Nothing)
}

async fn follow(
    connection: &Connection,
    task: &Task,
    id: &str,
    state: &Operation,
) -> Result<Progress, CallError> {
    let operation = operation_of(task)?;
    match state.status.as_str() {
        "SUCCEEDED" => done(connection).await.map_err(|error| after_effect(operation, error)),
        "FAILED" => {
            let message = state.message.clone().unwrap_or_else(|| "Control Tower gives no reason".to_owned());
            Err(CallError::operation_failed(operation, message))
        }
        _ => Ok(running(id)),
    }
}

/// The operation that a verb stands for.
fn operation_of(task: &Task) -> Result<&'static str, CallError> {
    match task.verb.as_str() {
        "create" => Ok(CREATE),
        "update" => Ok(UPDATE),
        "reset" => Ok(RESET),
        _ => Err(unknown_verb(task)),
    }
}

/// What others refer to: the landing zone, and the enabled baseline of Identity
/// Center when access management is on.
async fn done(connection: &Connection) -> Result<Progress, CallError> {
    let mut attributes = Attributes::new();
    if let Some(zone) = landing_zone::get(connection).await? {
        attributes.insert("arn".to_owned(), zone.arn);
    }
    let offered = baselines::offered(connection).await?;
    if let Some(identity_center) = offered.get(baselines::IDENTITY_CENTER) {
        let enabled = baselines::enabled(connection, Which::All).await?;
        let found = enabled.into_iter().find(|e| e.baseline == *identity_center && e.parent.is_none());
        attributes.extend(found.map(|enabled| ("identity_center_baseline".to_owned(), enabled.arn)));
    }
    Ok(Progress::Done(attributes))
}

fn running(operation: &str) -> Progress {
    Progress::Running { operation: operation.to_owned(), attributes: Attributes::new() }
}

/// The remediation types; none when the task does not speak of them, which leaves
/// the decision to AWS (what omission means on an update is UNSOURCED), and none when
/// there shall be none: AWS takes no empty list (`RemediationTypes` has one member at least).
fn remediation_types(task: &Task) -> Option<Vec<RemediationType>> {
    let list = task.inputs.get("remediation_types")?.as_array().filter(|list| !list.is_empty())?;
    Some(list.iter().filter_map(Value::as_str).map(RemediationType::from).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::operations::Verdict;
    use crate::cloud::doubles::{Double, error, ok, task};
    use crate::cloud::task::Performer as _;

    fn at(verb: &str) -> Task {
        let inputs = json!({ "version": "4.0", "manifest": { "days": 365 }, "remediation_types": ["INHERITANCE_DRIFT"] });
        task(["landing_zone", verb, ""], inputs, json!({}), &[("arn", "arn:zone")])
    }

    fn since() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn state(status: &str, started: &str) -> Value {
        json!({ "operationDetails": { "operationType": "UPDATE", "operationIdentifier": "op-1", "status": status,
            "startTime": started, "statusMessage": "why not" } })
    }

    /// A landing zone with Identity Center, for what follows a success.
    fn with_zone(double: Double) -> Double {
        let zone = json!({ "landingZone": { "arn": "arn:zone", "version": "4.0", "manifest": {} } });
        double
            .on("/list-landingzones", ok(json!({ "landingZones": [{ "arn": "arn:zone" }] })))
            .on("/get-landingzone", ok(zone))
            .on(
                "/list-baselines",
                ok(json!({ "baselines": [{ "arn": "arn:idc", "name": "IdentityCenterBaseline" }] })),
            )
            .on(
                "/list-enabled-baselines",
                ok(json!({ "enabledBaselines": [{ "arn": "arn:enabled-idc", "baselineIdentifier": "arn:idc",
                    "targetIdentifier": "arn:account", "statusSummary": { "status": "SUCCEEDED" } }] })),
            )
    }

    fn done() -> Progress {
        Progress::Done(known([("arn", "arn:zone"), ("identity_center_baseline", "arn:enabled-idc")]))
    }

    #[tokio::test(start_paused = true)]
    async fn an_update_runs_and_ends_with_what_others_refer_to() {
        let double = with_zone(Double::new())
            .on("/update-landingzone", ok(json!({ "operationIdentifier": "op-1" })))
            .on("/get-landingzone-operation", ok(state("IN_PROGRESS", "2026-11-23T12:00:01Z")))
            .on("/get-landingzone-operation", ok(state("SUCCEEDED", "2026-11-23T12:00:01Z")));
        let connection = double.connection().await;
        assert_eq!(connection.begin(&at("update")).await.unwrap(), running("op-1"));
        assert_eq!(connection.poll(&at("update"), "op-1").await.unwrap(), running("op-1"));
        assert_eq!(connection.poll(&at("update"), "op-1").await.unwrap(), done());
        let sent = &double.bodies("/update-landingzone")[0];
        assert_eq!(sent["manifest"], json!({ "days": 365 }));
        assert_eq!(sent["remediationTypes"], json!(["INHERITANCE_DRIFT"]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_operation_says_why_and_is_not_open() {
        let double =
            Double::new().on("/get-landingzone-operation", ok(state("FAILED", "2026-11-23T12:00:01Z")));
        let error = double.connection().await.poll(&at("update"), "op-1").await.unwrap_err();
        assert_eq!((error.message.as_str(), error.verdict), ("why not", Verdict::Rejected));
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_that_fails_after_a_success_leaves_the_step_open() {
        let double = Double::new()
            .on("/get-landingzone-operation", ok(state("SUCCEEDED", "2026-11-23T12:00:01Z")))
            .on("/list-landingzones", error(403, "AccessDeniedException", "no"));
        let error = double.connection().await.poll(&at("update"), "op-1").await.unwrap_err();
        assert_eq!((error.operation.as_str(), error.verdict), (UPDATE, Verdict::Unknown));
    }

    #[tokio::test(start_paused = true)]
    async fn an_unproven_update_is_the_newest_one_since_the_intent_or_was_never_made() {
        let operations = json!({ "landingZoneOperations": [
            { "operationIdentifier": "op-2", "operationType": "RESET", "status": "SUCCEEDED" },
            { "operationIdentifier": "op-1", "operationType": "UPDATE", "status": "IN_PROGRESS" } ] });
        let double = Double::new()
            .on("/list-landingzone-operations", ok(operations))
            .on("/get-landingzone-operation", ok(state("IN_PROGRESS", "2026-11-23T11:59:00Z")))
            .on("/get-landingzone-operation", ok(state("IN_PROGRESS", "2026-11-23T10:00:00Z")));
        let connection = double.connection().await;
        let look = || async { connection.look_up(&at("update"), since()).await.unwrap() };
        assert_eq!(look().await, Found::Effect(running("op-1")));
        assert_eq!(look().await, Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn a_landing_zone_that_somebody_else_made_is_found() {
        let double = with_zone(Double::new())
            .on("/list-landingzone-operations", ok(json!({ "landingZoneOperations": [] })));
        let found = double.connection().await.look_up(&at("create"), since()).await.unwrap();
        assert_eq!(found, Found::Effect(done()));
    }
}
