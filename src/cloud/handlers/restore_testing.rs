//! Plans of restore tests and their selections. Each call sets all of either.

use aws_sdk_backup::types::{
    RestoreTestingPlanForCreate, RestoreTestingPlanForUpdate, RestoreTestingRecoveryPointSelection,
    RestoreTestingRecoveryPointSelectionAlgorithm, RestoreTestingRecoveryPointType,
    RestoreTestingSelectionForCreate, RestoreTestingSelectionForUpdate,
};
use serde_json::Value;

use super::{effect_if, known, place, says, unknown_verb};
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::restore_testing as inventory;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::{Attributes, Kind};

const CREATE_PLAN: &str = "backup:CreateRestoreTestingPlan";
const UPDATE_PLAN: &str = "backup:UpdateRestoreTestingPlan";
const CREATE_SELECTION: &str = "backup:CreateRestoreTestingSelection";
const UPDATE_SELECTION: &str = "backup:UpdateRestoreTestingSelection";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = place(connection, task).await?;
    match (task.address.kind, task.verb.as_str()) {
        (Kind::RestoreTestingPlan, "create") => create_plan(&site, task).await,
        (Kind::RestoreTestingPlan, "update") => update_plan(&site, task).await,
        (_, "create") => create_selection(&site, task).await,
        (_, "update") => update_selection(&site, task).await,
        _ => Err(unknown_verb(task)),
    }
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let site = place(connection, task).await?;
    let live = match task.address.kind {
        Kind::RestoreTestingPlan => inventory::plan(&site, name(task, "plan")).await?,
        _ => inventory::selection(&site, name(task, "plan"), name(task, "selection")).await?,
    };
    let Some(live) = live else { return Ok(Found::Nothing) };
    match task.verb.as_str() {
        "create" => Ok(Found::Effect(Progress::Done(live.attributes))),
        "update" => Ok(effect_if(says(&live.fields, task))),
        _ => Err(unknown_verb(task)),
    }
}

/// A name in AWS, from the keys.
fn name<'t>(task: &'t Task, key: &str) -> &'t str {
    task.key(key).unwrap_or(&task.address.name)
}

fn count(task: &Task, field: &str) -> Option<i32> {
    task.inputs.get(field).and_then(Value::as_i64).and_then(|count| i32::try_from(count).ok())
}

fn points(task: &Task) -> RestoreTestingRecoveryPointSelection {
    let algorithm = task.said("algorithm");
    let types = task.texts("point_types").unwrap_or_default();
    RestoreTestingRecoveryPointSelection::builder()
        .set_algorithm(algorithm.as_deref().map(RestoreTestingRecoveryPointSelectionAlgorithm::from))
        .set_include_vaults(task.texts("vaults"))
        .set_recovery_point_types(Some(
            types.iter().map(|sort| RestoreTestingRecoveryPointType::from(sort.as_str())).collect(),
        ))
        .set_selection_window_days(count(task, "window_days"))
        .build()
}

async fn create_plan(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let plan = RestoreTestingPlanForCreate::builder()
        .restore_testing_plan_name(name(task, "plan"))
        .set_schedule_expression(task.said("schedule"))
        .set_schedule_expression_timezone(task.said("timezone"))
        .set_start_window_hours(count(task, "start_window_hours"))
        .recovery_point_selection(points(task))
        .build()
        .map_err(|_| CallError::unreadable(CREATE_PLAN, "plan"))?;
    let client = site.clients.backup();
    let request = || {
        let request = client.create_restore_testing_plan().restore_testing_plan(plan.clone());
        request.creator_request_id(&task.token)
    };
    let answer = site.call(CREATE_PLAN, || request().send()).await?;
    Ok(Progress::Done(known([("arn", answer.restore_testing_plan_arn())])))
}

async fn update_plan(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let plan = RestoreTestingPlanForUpdate::builder()
        .set_schedule_expression(task.said("schedule"))
        .set_schedule_expression_timezone(task.said("timezone"))
        .set_start_window_hours(count(task, "start_window_hours"))
        .recovery_point_selection(points(task))
        .build();
    let client = site.clients.backup();
    let request = || {
        let request = client.update_restore_testing_plan().restore_testing_plan(plan.clone());
        request.restore_testing_plan_name(name(task, "plan"))
    };
    site.call(UPDATE_PLAN, || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

async fn create_selection(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let selection = RestoreTestingSelectionForCreate::builder()
        .restore_testing_selection_name(name(task, "selection"))
        .set_protected_resource_type(task.said("type"))
        .set_iam_role_arn(task.said("role"))
        .set_protected_resource_arns(task.texts("resources"))
        .set_validation_window_hours(count(task, "validation_hours"))
        .build()
        .map_err(|_| CallError::unreadable(CREATE_SELECTION, "selection"))?;
    let client = site.clients.backup();
    let request = || {
        let request = client.create_restore_testing_selection().restore_testing_selection(selection.clone());
        request.restore_testing_plan_name(name(task, "plan")).creator_request_id(&task.token)
    };
    site.call(CREATE_SELECTION, || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

async fn update_selection(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let selection = RestoreTestingSelectionForUpdate::builder()
        .set_iam_role_arn(task.said("role"))
        .set_protected_resource_arns(task.texts("resources"))
        .set_validation_window_hours(count(task, "validation_hours"))
        .build();
    let client = site.clients.backup();
    let request = || {
        let request = client.update_restore_testing_selection().restore_testing_selection(selection.clone());
        let request = request.restore_testing_plan_name(name(task, "plan"));
        request.restore_testing_selection_name(name(task, "selection"))
    };
    site.call(UPDATE_SELECTION, || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, error, ok, task};
    use crate::cloud::task::Performer as _;

    #[tokio::test(start_paused = true)]
    async fn a_plan_is_sent_whole_and_proven_by_what_it_says_whatever_the_order() {
        let path = "/restore-testing/plans/weekly";
        let inputs = json!({ "schedule": "cron(0 3 ? * SUN *)", "algorithm": "LATEST_WITHIN_WINDOW",
            "vaults": ["arn:b", "arn:a"], "point_types": ["SNAPSHOT"], "window_days": 7 });
        let keys = json!({ "region": "eu-west-1", "plan": "weekly" });
        let update = task(["restore_testing_plan.weekly/eu-west-1", "update", ""], inputs, keys, &[]);
        let live = |days: u32| {
            ok(json!({ "RestoreTestingPlan": {
                "RestoreTestingPlanArn": "arn:plan", "RestoreTestingPlanName": "weekly", "CreationTime": 1,
                "ScheduleExpression": "cron(0 3 ? * SUN *)", "StartWindowHours": 24,
                "RecoveryPointSelection": { "Algorithm": "LATEST_WITHIN_WINDOW", "SelectionWindowDays": days,
                    "IncludeVaults": ["arn:a", "arn:b"], "RecoveryPointTypes": ["SNAPSHOT"] } } }))
        };
        let done = json!({ "RestoreTestingPlanArn": "arn:plan", "RestoreTestingPlanName": "weekly",
            "CreationTime": 1, "UpdateTime": 1 });
        let double = Double::new()
            .on(path, ok(done))
            .on(path, error(400, "ResourceNotFoundException", "none"))
            .on(path, live(30))
            .on(path, live(7));
        let connection = double.connection().await;
        connection.begin(&update).await.unwrap();
        let sent = &double.bodies(path)[0]["RestoreTestingPlan"]["RecoveryPointSelection"];
        assert_eq!(sent["IncludeVaults"], json!(["arn:b", "arn:a"]));
        let look = || async { connection.look_up(&update, Timestamp::UNIX_EPOCH).await.unwrap() };
        assert_eq!((look().await, look().await), (Found::Nothing, Found::Nothing));
        assert_eq!(look().await, effect_if(true));
    }
}
