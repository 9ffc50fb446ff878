//! Controls on units: enable, reset, update, disable.
//!
//! A failed EnableControl leaves its enabled control behind (Control Tower Controls
//! Reference Guide, control API examples), so what is there is not yet in force:
//! only an operation that succeeded, or a status that says so, ends a step.

use aws_sdk_controltower::types::EnabledControlParameter;
use jiff::Timestamp;
use serde_json::Value;

use super::timing::may_be_ours;
use super::{after_effect, known, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::controls;
use crate::cloud::inventory::document::from_json;
use crate::cloud::inventory::landing_zone::Operation;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const ENABLE: &str = "controltower:EnableControl";
const RESET: &str = "controltower:ResetEnabledControl";
const UPDATE: &str = "controltower:UpdateEnabledControl";
pub(super) const DISABLE: &str = "controltower:DisableControl";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.home();
    let client = site.clients.controltower();
    match task.verb.as_str() {
        "create" | "enable_again" => {
            let (control, target) = (identifier(task)?, task.text("target")?);
            let parameters = parameters(task, ENABLE)?;
            let request = || {
                let request = client.enable_control().control_identifier(control);
                request.target_identifier(target).set_parameters(parameters.clone())
            };
            let answer = site.call(ENABLE, || request().send()).await?;
            Ok(Progress::Running {
                operation: answer.operation_identifier().to_owned(),
                attributes: answer.arn().map(|arn| known([("arn", arn)])).unwrap_or_default(),
            })
        }
        "reset" => {
            let arn = task.own("arn")?;
            let request = || client.reset_enabled_control().enabled_control_identifier(arn);
            let answer = site.call(RESET, || request().send()).await?;
            Ok(running(answer.operation_identifier(), arn))
        }
        "update" => {
            let arn = task.own("arn")?;
            let parameters = parameters(task, UPDATE)?;
            let request = || {
                let request = client.update_enabled_control().enabled_control_identifier(arn);
                request.set_parameters(parameters.clone())
            };
            let answer = site.call(UPDATE, || request().send()).await?;
            Ok(running(answer.operation_identifier(), arn))
        }
        "disable" | "delete" => {
            let arn = task.own("arn")?;
            Ok(running(&disable(connection, arn).await?, arn))
        }
        _ => Err(unknown_verb(task)),
    }
}

pub(super) async fn poll(connection: &Connection, task: &Task, id: &str) -> Result<Progress, CallError> {
    let operation = operation_of(task)?.0;
    let state = controls::operation(connection, id).await?;
    match state.status.as_str() {
        "SUCCEEDED" if operation == ENABLE => {
            // The arn is optional in the answer, and what is enabled again has a new one.
            let found = find(connection, task).await.map_err(|error| after_effect(operation, error))?;
            Ok(Progress::Done(known([("arn", &found.arn)])))
        }
        _ => how_it_is(operation, id, state),
    }
}

/// Disables an enabled control. Comes back with the operation.
pub(super) async fn disable(connection: &Connection, arn: &str) -> Result<String, CallError> {
    let site = connection.home();
    let client = site.clients.controltower();
    let request = || client.disable_control().enabled_control_identifier(arn);
    let answer = site.call(DISABLE, || request().send()).await?;
    Ok(answer.operation_identifier().to_owned())
}

/// How an operation is that gives nothing new.
pub(super) async fn ended(connection: &Connection, operation: &str, id: &str) -> Result<Progress, CallError> {
    how_it_is(operation, id, controls::operation(connection, id).await?)
}

fn how_it_is(operation: &str, id: &str, state: Operation) -> Result<Progress, CallError> {
    match state.status.as_str() {
        "SUCCEEDED" => Ok(Progress::Done(Attributes::new())),
        "FAILED" => {
            let message = state.message.unwrap_or_else(|| "Control Tower gives no reason".to_owned());
            Err(CallError::operation_failed(operation, message))
        }
        _ => Ok(Progress::Running { operation: id.to_owned(), attributes: Attributes::new() }),
    }
}

pub(super) async fn look_up(
    connection: &Connection,
    task: &Task,
    since: Timestamp,
) -> Result<Found, CallError> {
    let (operation, kind) = operation_of(task)?;
    if operation == ENABLE {
        return match find(connection, task).await {
            Err(error) if error.is_missing() => Ok(Found::Nothing),
            Err(error) => Err(error),
            Ok(enabled) => match (enabled.status.as_str(), enabled.last_operation) {
                ("SUCCEEDED", _) => Ok(Found::Effect(Progress::Done(known([("arn", &enabled.arn)])))),
                ("UNDER_CHANGE", Some(id)) => Ok(Found::Effect(running(&id, &enabled.arn))),
                (status, _) => {
                    let message =
                        format!("it is enabled on the unit already, but is {status}; the next plan mends it");
                    Err(CallError::operation_failed(operation, message))
                }
            },
        };
    }
    let arn = task.own("arn")?;
    let details = match controls::details(connection, arn).await {
        // What was to be disabled is not enabled any more.
        Err(error) if operation == DISABLE && error.is_missing() => {
            return Ok(Found::Effect(Progress::Done(Attributes::new())));
        }
        other => other?,
    };
    let Some(id) = details.last_operation else {
        return Ok(Found::Nothing);
    };
    let state = controls::operation(connection, &id).await?;
    if state.kind == kind && may_be_ours(state.started, since) {
        return poll(connection, task, &id).await.map(Found::Effect);
    }
    Ok(Found::Nothing)
}

/// The operation that a verb stands for, and Control Tower's word for its kind.
fn operation_of(task: &Task) -> Result<(&'static str, &'static str), CallError> {
    match task.verb.as_str() {
        "create" | "enable_again" => Ok((ENABLE, "ENABLE_CONTROL")),
        "reset" => Ok((RESET, "RESET_ENABLED_CONTROL")),
        "update" => Ok((UPDATE, "UPDATE_ENABLED_CONTROL")),
        "disable" | "delete" => Ok((DISABLE, "DISABLE_CONTROL")),
        _ => Err(unknown_verb(task)),
    }
}

/// The control's ARN, which the plan took from the catalogue.
fn identifier(task: &Task) -> Result<&str, CallError> {
    task.key("identifier").ok_or_else(|| {
        let message = format!("the step {}:{} does not know its control's ARN", task.address, task.verb);
        CallError::ours(ENABLE, code::UNSENDABLE, message, Verdict::Rejected)
    })
}

/// The control as it is enabled on the task's unit. A control that was enabled by
/// its Regional ARN is listed by it: its last part is the name of the oldest ones.
async fn find(connection: &Connection, task: &Task) -> Result<controls::Enabled, CallError> {
    let (control, target) = (identifier(task)?, task.text("target")?);
    let name = task.key("name").unwrap_or_default();
    let same = |enabled: &controls::Enabled| {
        let legacy = enabled.control.contains(":controltower:");
        enabled.control == control || (legacy && enabled.control.rsplit('/').next() == Some(name))
    };
    let on = controls::enabled(connection, Some(target)).await?;
    on.into_iter().find(|enabled| enabled.target == target && same(enabled)).ok_or_else(|| {
        let message = format!("no such control on {target}");
        CallError::ours("controltower:ListEnabledControls", code::UNREADABLE, message, Verdict::Missing)
    })
}

fn running(operation: &str, arn: &str) -> Progress {
    Progress::Running { operation: operation.to_owned(), attributes: known([("arn", arn)]) }
}

/// The task's parameters for the SDK; none when there are none.
fn parameters(task: &Task, operation: &str) -> Result<Option<Vec<EnabledControlParameter>>, CallError> {
    let Some(Value::Object(all)) = task.inputs.get("parameters") else {
        return Ok(None);
    };
    let parameter = |(key, value): (&String, &Value)| {
        let parameter = EnabledControlParameter::builder().key(key).value(from_json(value)).build();
        parameter.map_err(|_| CallError::unreadable(operation, "parameter"))
    };
    all.iter().map(parameter).collect::<Result<Vec<_>, _>>().map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, error, ok, task};
    use crate::cloud::task::Performer as _;

    const CONTROL: &str = "arn:aws:controlcatalog:::control/abc";

    fn at(verb: &str, own: &[(&str, &str)]) -> Task {
        let inputs = json!({ "target": "arn:unit", "parameters": { "AllowedRegions": ["us-east-1"] } });
        let keys = json!({ "name": "CT.MULTISERVICE.PV.1", "identifier": CONTROL });
        task(["control.W:CT.MULTISERVICE.PV.1", verb, ""], inputs, keys, own)
    }

    fn since() -> Timestamp {
        "2026-11-25T12:00:00Z".parse().unwrap()
    }

    fn enabled(control: &str, status: &str) -> Value {
        json!({ "enabledControls": [{ "arn": "arn:e", "controlIdentifier": control, "targetIdentifier": "arn:unit",
            "statusSummary": { "status": status, "lastOperationIdentifier": "op-1" } }] })
    }

    fn operation(status: &str, kind: &str, started: &str) -> crate::cloud::doubles::Answer {
        ok(json!({ "controlOperation": { "operationType": kind, "status": status, "startTime": started,
            "statusMessage": "the words of AWS" } }))
    }

    #[tokio::test(start_paused = true)]
    async fn enabling_sends_arn_target_and_parameters_and_ends_with_the_arn_that_is_listed() {
        let double = Double::new()
            .on("/enable-control", ok(json!({ "operationIdentifier": "op-1" })))
            .on("/get-control-operation", operation("SUCCEEDED", "ENABLE_CONTROL", "2026-11-25T12:00:00Z"))
            .on("/list-enabled-controls", ok(enabled(CONTROL, "SUCCEEDED")));
        let connection = double.connection().await;
        let begun = connection.begin(&at("create", &[])).await.unwrap();
        assert_eq!(begun, Progress::Running { operation: "op-1".to_owned(), attributes: Attributes::new() });
        assert_eq!(
            double.bodies("/enable-control"),
            [json!({ "controlIdentifier": CONTROL, "targetIdentifier": "arn:unit",
                "parameters": [{ "key": "AllowedRegions", "value": ["us-east-1"] }] })]
        );
        let done = connection.poll(&at("create", &[]), "op-1").await.unwrap();
        assert_eq!(done, Progress::Done(known([("arn", "arn:e")])));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_control_that_is_present_is_not_taken_for_an_effect() {
        let double = Double::new()
            .on("/list-enabled-controls", ok(enabled(CONTROL, "FAILED")))
            .on("/list-enabled-controls", ok(enabled("arn:aws:controlcatalog:::control/other", "SUCCEEDED")));
        let connection = double.connection().await;
        let error = connection.look_up(&at("create", &[]), since()).await.unwrap_err();
        assert!(error.message.contains("FAILED"), "{error}");
        assert_eq!(connection.look_up(&at("create", &[]), since()).await.unwrap(), Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn an_operation_that_failed_fails_the_step_with_the_words_of_aws() {
        let failed = operation("FAILED", "RESET_ENABLED_CONTROL", "2026-11-25T12:00:00Z");
        let double = Double::new().on("/get-control-operation", failed);
        let task = at("reset", &[("arn", "arn:e")]);
        let error = double.connection().await.poll(&task, "op-1").await.unwrap_err();
        assert!(error.message.contains("the words of AWS"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_enabled_any_more_was_disabled_and_an_older_operation_proves_nothing() {
        let details = json!({ "enabledControlDetails": { "arn": "arn:e", "statusSummary": {
            "lastOperationIdentifier": "op-1" } } });
        let double = Double::new()
            .on("/get-enabled-control", error(404, "ResourceNotFoundException", "no such control"))
            .on("/get-enabled-control", ok(details))
            .on(
                "/get-control-operation",
                operation("SUCCEEDED", "UPDATE_ENABLED_CONTROL", "2026-11-25T09:00:00Z"),
            );
        let connection = double.connection().await;
        let gone = connection.look_up(&at("delete", &[("arn", "arn:e")]), since()).await.unwrap();
        assert_eq!(gone, Found::Effect(Progress::Done(Attributes::new())));
        let update = at("update", &[("arn", "arn:e")]);
        assert_eq!(connection.look_up(&update, since()).await.unwrap(), Found::Nothing);
    }
}
