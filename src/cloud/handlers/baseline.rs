//! Baselines on units: enable, update, reset, disable.
//!
//! An operation on a unit can succeed although single accounts failed (Control
//! Tower User Guide, importing existing units), so the children are checked
//! before a step counts as done.

use aws_sdk_controltower::types::EnabledBaselineParameter;
use jiff::Timestamp;

use super::timing::may_be_ours;
use super::{after_effect, known, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::baselines::{self, Which};
use crate::cloud::inventory::document::from_json;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const ENABLE: &str = "controltower:EnableBaseline";
const UPDATE: &str = "controltower:UpdateEnabledBaseline";
const RESET: &str = "controltower:ResetEnabledBaseline";
const DISABLE: &str = "controltower:DisableBaseline";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.home();
    let client = site.clients.controltower();
    match task.verb.as_str() {
        "create" => {
            let baseline = identifier(connection, task).await?;
            let (target, version) = (task.text("target")?, task.text("version")?);
            let parameters = parameters(task, ENABLE)?;
            let request = || {
                let request = client.enable_baseline().baseline_identifier(&baseline);
                let request = request.target_identifier(target).baseline_version(version);
                request.set_parameters(parameters.clone())
            };
            let answer = site.call(ENABLE, || request().send()).await?;
            Ok(Progress::Running {
                operation: answer.operation_identifier().to_owned(),
                attributes: known([("arn", answer.arn())]),
            })
        }
        "update" => {
            let (arn, version) = (task.own("arn")?, task.text("version")?);
            let parameters = parameters(task, UPDATE)?;
            let request = || {
                let request = client.update_enabled_baseline().enabled_baseline_identifier(arn);
                request.baseline_version(version).set_parameters(parameters.clone())
            };
            let answer = site.call(UPDATE, || request().send()).await?;
            Ok(running(answer.operation_identifier(), arn))
        }
        "reset" => {
            let arn = task.own("arn")?;
            let request = || client.reset_enabled_baseline().enabled_baseline_identifier(arn);
            let answer = site.call(RESET, || request().send()).await?;
            Ok(running(answer.operation_identifier(), arn))
        }
        "delete" => {
            let arn = task.own("arn")?;
            let request = || client.disable_baseline().enabled_baseline_identifier(arn);
            let answer = site.call(DISABLE, || request().send()).await?;
            Ok(running(answer.operation_identifier(), arn))
        }
        _ => Err(unknown_verb(task)),
    }
}

pub(super) async fn poll(connection: &Connection, task: &Task, id: &str) -> Result<Progress, CallError> {
    let operation = operation_of(task)?.0;
    let state = baselines::operation(connection, id).await?;
    match state.status.as_str() {
        "SUCCEEDED" if task.verb == "delete" => Ok(Progress::Done(Attributes::new())),
        "SUCCEEDED" => {
            let arn = match task.own("arn") {
                Ok(arn) => arn.to_owned(),
                Err(_) => find(connection, task).await.map_err(|e| after_effect(operation, e))?.arn,
            };
            members(connection, operation, id, &arn).await
        }
        "FAILED" => {
            let message = state.message.unwrap_or_else(|| "Control Tower gives no reason".to_owned());
            Err(CallError::operation_failed(operation, message))
        }
        _ => Ok(Progress::Running { operation: id.to_owned(), attributes: Attributes::new() }),
    }
}

/// There is no list of baseline operations; the enabled baseline names its last one.
pub(super) async fn look_up(
    connection: &Connection,
    task: &Task,
    since: Timestamp,
) -> Result<Found, CallError> {
    let (operation, kind) = operation_of(task)?;
    if task.verb == "create" {
        return match find(connection, task).await {
            Err(error) if error.is_missing() => Ok(Found::Nothing),
            Err(error) => Err(error),
            Ok(enabled) => match (enabled.status.as_str(), enabled.last_operation) {
                ("SUCCEEDED", last) => {
                    let id = last.unwrap_or_default();
                    members(connection, operation, &id, &enabled.arn).await.map(Found::Effect)
                }
                ("UNDER_CHANGE", Some(id)) => Ok(Found::Effect(running(&id, &enabled.arn))),
                (status, _) => {
                    let message =
                        format!("it is enabled on the unit already, but is {status}; it needs a reset");
                    Err(CallError::operation_failed(operation, message))
                }
            },
        };
    }
    let arn = task.own("arn")?;
    let details = match baselines::details(connection, arn).await {
        // What was to be disabled is not enabled any more.
        Err(error) if task.verb == "delete" && error.is_missing() => {
            return Ok(Found::Effect(Progress::Done(Attributes::new())));
        }
        other => other?,
    };
    let Some(id) = details.last_operation else {
        return Ok(Found::Nothing);
    };
    let state = baselines::operation(connection, &id).await?;
    if state.kind == kind && may_be_ours(state.started, since) {
        return poll(connection, task, &id).await.map(Found::Effect);
    }
    Ok(Found::Nothing)
}

/// The operation that a verb stands for, and Control Tower's word for its kind.
fn operation_of(task: &Task) -> Result<(&'static str, &'static str), CallError> {
    match task.verb.as_str() {
        "create" => Ok((ENABLE, "ENABLE_BASELINE")),
        "update" => Ok((UPDATE, "UPDATE_ENABLED_BASELINE")),
        "reset" => Ok((RESET, "RESET_ENABLED_BASELINE")),
        "delete" => Ok((DISABLE, "DISABLE_BASELINE")),
        _ => Err(unknown_verb(task)),
    }
}

/// Done when no child is under change or failed; a failed child fails the step
/// and is named.
async fn members(
    connection: &Connection,
    operation: &str,
    id: &str,
    arn: &str,
) -> Result<Progress, CallError> {
    let children = baselines::enabled(connection, Which::Below(arn)).await;
    let children = children.map_err(|error| after_effect(operation, error))?;
    let of = |status: &str| -> Vec<String> {
        let with =
            children.iter().filter(|child| child.parent.as_deref() == Some(arn) && child.status == status);
        with.map(|child| child.target.rsplit('/').next().unwrap_or_default().to_owned()).collect()
    };
    let failed = of("FAILED");
    if !failed.is_empty() {
        let message = format!("the unit was done, but not its accounts {}", failed.join(", "));
        return Err(CallError::operation_failed(operation, message));
    }
    if !of("UNDER_CHANGE").is_empty() {
        return Ok(running(id, arn));
    }
    Ok(Progress::Done(known([("arn", arn)])))
}

/// The ARN of the baseline that the task names.
async fn identifier(connection: &Connection, task: &Task) -> Result<String, CallError> {
    let name = task.key("baseline").unwrap_or_default();
    let offered = baselines::offered(connection).await?;
    offered.get(name).cloned().ok_or_else(|| {
        let message = format!("Control Tower offers no baseline named `{name}`");
        CallError::ours("controltower:ListBaselines", code::UNSENDABLE, message, Verdict::Rejected)
    })
}

/// The baseline as it is enabled on the task's unit.
async fn find(connection: &Connection, task: &Task) -> Result<baselines::Enabled, CallError> {
    let (baseline, target) = (identifier(connection, task).await?, task.text("target")?);
    let on = baselines::enabled(connection, Which::On(target)).await?;
    on.into_iter().find(|enabled| enabled.baseline == baseline && enabled.target == target).ok_or_else(|| {
        let message = format!("no such baseline on {target}");
        CallError::ours("controltower:ListEnabledBaselines", code::UNREADABLE, message, Verdict::Missing)
    })
}

fn running(operation: &str, arn: &str) -> Progress {
    Progress::Running { operation: operation.to_owned(), attributes: known([("arn", arn)]) }
}

/// The task's parameters for the SDK; none when there are none.
fn parameters(task: &Task, operation: &str) -> Result<Option<Vec<EnabledBaselineParameter>>, CallError> {
    let parameter = |(key, value): (&str, &serde_json::Value)| {
        let parameter = EnabledBaselineParameter::builder().key(key).value(from_json(value)).build();
        parameter.map_err(|_| CallError::unreadable(operation, "parameter"))
    };
    let all: Vec<_> = task.leaves("parameters").map(parameter).collect::<Result<_, _>>()?;
    Ok((!all.is_empty()).then_some(all))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::cloud::doubles::{Double, ok, task};
    use crate::cloud::task::Performer as _;

    fn at(verb: &str, own: &[(&str, &str)]) -> Task {
        let inputs = json!({ "target": "arn:unit", "version": "5.0", "parameters.K": "V" });
        task(
            ["baseline.W:control_tower", verb, ""],
            inputs,
            json!({ "baseline": "AWSControlTowerBaseline" }),
            own,
        )
    }

    fn since() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn enabled(arn: &str, target: &str, parent: Option<&str>, status: &str) -> Value {
        json!({ "arn": arn, "baselineIdentifier": "arn:baseline", "targetIdentifier": target,
            "parentIdentifier": parent,
            "statusSummary": { "status": status, "lastOperationIdentifier": "op-1" } })
    }

    fn list(entries: &[Value]) -> crate::cloud::doubles::Answer {
        ok(json!({ "enabledBaselines": entries }))
    }

    fn operation(status: &str, kind: &str, started: &str) -> crate::cloud::doubles::Answer {
        ok(json!({ "baselineOperation": { "operationIdentifier": "op-1", "operationType": kind,
            "status": status, "startTime": started, "statusMessage": "why not" } }))
    }

    fn offering() -> Double {
        let offered = json!({ "baselines": [{ "arn": "arn:baseline", "name": "AWSControlTowerBaseline" }] });
        Double::new().on("/list-baselines", ok(offered))
    }

    #[tokio::test(start_paused = true)]
    async fn a_baseline_is_named_by_its_identifier_and_carries_parameters() {
        let double =
            offering().on("/enable-baseline", ok(json!({ "arn": "arn:e", "operationIdentifier": "op-1" })));
        let progress = double.connection().await.begin(&at("create", &[])).await.unwrap();
        assert_eq!(progress, running("op-1", "arn:e"));
        let sent = &double.bodies("/enable-baseline")[0];
        assert_eq!(sent["baselineIdentifier"], "arn:baseline");
        assert_eq!(sent["parameters"], json!([{ "key": "K", "value": "V" }]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_unit_is_not_done_while_its_accounts_are_not() {
        let child = |id: &str, status| enabled(id, &format!("arn:account/o-1/{id}"), Some("arn:e"), status);
        let elsewhere = enabled("x", "arn:account/o-1/444444444444", Some("arn:other"), "FAILED");
        let double = Double::new()
            .on(
                "/get-baseline-operation",
                operation("SUCCEEDED", "RESET_ENABLED_BASELINE", "2026-11-23T12:00:00Z"),
            )
            .on("/list-enabled-baselines", list(&[child("222222222222", "UNDER_CHANGE")]))
            .on(
                "/list-enabled-baselines",
                list(&[child("222222222222", "FAILED"), child("333333333333", "SUCCEEDED")]),
            )
            .on("/list-enabled-baselines", list(&[child("222222222222", "SUCCEEDED"), elsewhere]));
        let connection = double.connection().await;
        let task = at("reset", &[("arn", "arn:e")]);
        let poll = || connection.poll(&task, "op-1");
        assert_eq!(poll().await.unwrap(), running("op-1", "arn:e"));
        let failed = poll().await.unwrap_err();
        assert_eq!((failed.code.as_str(), failed.verdict), (code::OPERATION_FAILED, Verdict::Rejected));
        assert!(failed.message.contains("222222222222") && !failed.message.contains("333333333333"));
        assert_eq!(poll().await.unwrap(), Progress::Done(known([("arn", "arn:e")])));
    }

    #[tokio::test(start_paused = true)]
    async fn a_baseline_that_is_there_already_is_adopted_unless_it_failed() {
        let on = |status| list(&[enabled("arn:e", "arn:unit", None, status)]);
        let double = offering()
            .on("/list-enabled-baselines", on("UNDER_CHANGE"))
            .on("/list-enabled-baselines", on("FAILED"))
            .on("/list-enabled-baselines", list(&[]));
        let connection = double.connection().await;
        let task = at("create", &[]);
        let look = || connection.look_up(&task, since());
        assert_eq!(look().await.unwrap(), Found::Effect(running("op-1", "arn:e")));
        assert!(look().await.unwrap_err().message.contains("reset"));
        assert_eq!(look().await.unwrap(), Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn a_baseline_is_disabled_by_its_own_arn_and_gone_when_aws_does_not_know_it() {
        let double = Double::new()
            .on("/disable-baseline", ok(json!({ "operationIdentifier": "op-1" })))
            .on("/get-baseline-operation", operation("SUCCEEDED", "DISABLE_BASELINE", "2026-11-23T12:00:00Z"))
            .on(
                "/get-enabled-baseline",
                crate::cloud::doubles::error(404, "ResourceNotFoundException", "no such baseline"),
            );
        let connection = double.connection().await;
        let task = at("delete", &[("arn", "arn:e")]);
        assert_eq!(connection.begin(&task).await.unwrap(), running("op-1", "arn:e"));
        assert_eq!(double.bodies("/disable-baseline"), [json!({ "enabledBaselineIdentifier": "arn:e" })]);
        let gone = Progress::Done(Attributes::new());
        assert_eq!(connection.poll(&task, "op-1").await.unwrap(), gone);
        assert_eq!(connection.look_up(&task, since()).await.unwrap(), Found::Effect(gone));
    }

    #[tokio::test(start_paused = true)]
    async fn an_unproven_reset_is_the_last_operation_if_it_is_one_since_the_intent() {
        let details = json!({ "enabledBaselineDetails": { "arn": "arn:e", "baselineIdentifier": "arn:baseline",
            "targetIdentifier": "arn:unit", "statusSummary": { "lastOperationIdentifier": "op-1" } } });
        let kind = "RESET_ENABLED_BASELINE";
        let double = Double::new()
            .on("/get-enabled-baseline", ok(details))
            .on("/get-baseline-operation", operation("IN_PROGRESS", kind, "2026-11-23T12:00:00Z"))
            .on("/get-baseline-operation", operation("IN_PROGRESS", kind, "2026-11-23T12:00:00Z"))
            .on("/get-baseline-operation", operation("IN_PROGRESS", kind, "2026-11-23T09:00:00Z"))
            .on(
                "/get-baseline-operation",
                operation("IN_PROGRESS", "ENABLE_BASELINE", "2026-11-23T12:00:00Z"),
            );
        let connection = double.connection().await;
        let task = at("reset", &[("arn", "arn:e")]);
        let look = || async { connection.look_up(&task, since()).await.unwrap() };
        assert!(matches!(look().await, Found::Effect(Progress::Running { .. })));
        assert_eq!(look().await, Found::Nothing);
        assert_eq!(look().await, Found::Nothing);
    }
}
