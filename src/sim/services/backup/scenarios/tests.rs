//! Restore tests: their plans, their selections, and what their runs find.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Stage, volume};

fn plan(more: &Value) -> Value {
    let mut plan = json!({
        "RestoreTestingPlanName": "weekly",
        "ScheduleExpression": "cron(0 3 ? * SUN *)",
        "RecoveryPointSelection": {
            "Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"],
        },
    });
    plan.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    json!({ "RestoreTestingPlan": plan, "RestoreTestingPlanName": "weekly" })
}

fn selection(role: &str, more: &Value) -> Value {
    let mut selection = json!({
        "RestoreTestingSelectionName": "volumes",
        "IamRoleArn": role,
        "ProtectedResourceType": "EBS",
        "ProtectedResourceArns": ["*"],
    });
    selection.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    json!({ "RestoreTestingPlanName": "weekly", "RestoreTestingSelectionName": "volumes", "RestoreTestingSelection": selection })
}

#[tokio::test(start_paused = true)]
async fn a_plan_and_its_selections_come_change_and_go_within_their_bounds() {
    let stage = Stage::new().await;
    let wrong = [
        json!({"RestoreTestingPlanName": "with-dash"}),
        json!({"ScheduleExpression": "rate(1 day)"}),
        json!({"StartWindowHours": 169}),
        json!({"RecoveryPointSelection": {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": [], "RecoveryPointTypes": ["SNAPSHOT"]}}),
        json!({"RecoveryPointSelection": {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["central"], "RecoveryPointTypes": ["SNAPSHOT"]}}),
        json!({"RecoveryPointSelection": {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": []}}),
        json!({"RecoveryPointSelection": {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"], "SelectionWindowDays": 366}}),
    ];
    for more in &wrong {
        let refused = stage.refused(&stage.central, "CreateRestoreTestingPlan", plan(more)).await;
        assert_eq!(refused.0, "InvalidParameterValueException", "{more}");
    }
    let made = stage.must(&stage.central, "CreateRestoreTestingPlan", plan(&json!({}))).await;
    let again = stage.refused(&stage.central, "CreateRestoreTestingPlan", plan(&json!({}))).await;
    assert_eq!(again.0, "AlreadyExistsException");
    let of = json!({"RestoreTestingPlanName": "weekly"});
    let shown =
        stage.must(&stage.central, "GetRestoreTestingPlan", of.clone()).await["RestoreTestingPlan"].clone();
    assert_eq!(
        (&shown["StartWindowHours"], &shown["RecoveryPointSelection"]["SelectionWindowDays"]),
        (&json!(24), &json!(30))
    );
    let later = json!({"ScheduleExpression": "cron(0 4 ? * SUN *)", "StartWindowHours": 8});
    stage.must(&stage.central, "UpdateRestoreTestingPlan", plan(&later)).await;
    let refused = stage.refused(&stage.central, "UpdateRestoreTestingPlan", plan(&wrong[2])).await;
    assert_eq!(refused.0, "InvalidParameterValueException");
    let role = stage.role(&stage.central).await;
    let bad = [
        json!({"RestoreTestingSelectionName": ""}),
        json!({"ProtectedResourceType": "Timestream"}),
        json!({"IamRoleArn": "nobody"}),
        json!({"ValidationWindowHours": 169}),
        json!({"ProtectedResourceArns": []}),
        json!({"ProtectedResourceArns": ["*", "arn:x"]}),
        json!({"ProtectedResourceArns": ["arn:x"], "ProtectedResourceConditions": {"StringEquals": [{"Key": "a", "Value": "b"}]}}),
    ];
    for more in &bad {
        let refused =
            stage.refused(&stage.central, "CreateRestoreTestingSelection", selection(&role, more)).await;
        assert_eq!(refused.0, "InvalidParameterValueException", "{more}");
    }
    let fine = selection(&role, &json!({}));
    stage.must(&stage.central, "CreateRestoreTestingSelection", fine.clone()).await;
    let again = stage.refused(&stage.central, "CreateRestoreTestingSelection", fine.clone()).await;
    assert_eq!(again.0, "AlreadyExistsException");
    let longer = selection(&role, &json!({"ValidationWindowHours": 8}));
    stage.must(&stage.central, "UpdateRestoreTestingSelection", longer).await;
    let shown = stage.must(&stage.central, "GetRestoreTestingSelection", fine.clone()).await;
    assert_eq!(shown["RestoreTestingSelection"]["ValidationWindowHours"], 8);
    let listed = stage.must(&stage.central, "ListRestoreTestingSelections", of.clone()).await;
    assert_eq!(listed["RestoreTestingSelections"].as_array().map(Vec::len), Some(1));
    let listed = stage.must(&stage.central, "ListRestoreTestingPlans", json!({})).await;
    assert_eq!(listed["RestoreTestingPlans"][0]["RestoreTestingPlanArn"], made["RestoreTestingPlanArn"]);
    let refused = stage.refused(&stage.central, "DeleteRestoreTestingPlan", of.clone()).await;
    assert_eq!(refused.0, "InvalidRequestException");
    stage.must(&stage.central, "DeleteRestoreTestingSelection", fine.clone()).await;
    let refused = stage.refused(&stage.central, "DeleteRestoreTestingSelection", fine).await;
    assert_eq!(refused.0, "ResourceNotFoundException");
    stage.must(&stage.central, "DeleteRestoreTestingPlan", of.clone()).await;
    stage.must(&stage.central, "DeleteRestoreTestingPlan", of.clone()).await;
    assert_eq!(
        stage.refused(&stage.central, "GetRestoreTestingPlan", of).await.0,
        "ResourceNotFoundException"
    );
    assert!(stage.sim.world().backup.testing.is_empty());
}

async fn tested() -> Stage {
    let stage = Stage::new().await;
    let role = stage.role(&stage.central).await;
    stage.vault(&stage.central, "local").await;
    stage.seed(&stage.central, &volume(&stage.central), &[]);
    let job = stage.back_up(&stage.central, "local", &volume(&stage.central), 60).await;
    assert_eq!(job["State"], "COMPLETED");
    let every_day = json!({"ScheduleExpression": "cron(0 3 ? * * *)"});
    stage.must(&stage.central, "CreateRestoreTestingPlan", plan(&every_day)).await;
    stage.must(&stage.central, "CreateRestoreTestingSelection", selection(&role, &json!({}))).await;
    stage
}

async fn restores(stage: &Stage) -> Vec<Value> {
    let listed = stage.must(&stage.central, "ListRestoreJobs", json!({})).await;
    listed["RestoreJobs"].as_array().expect("jobs").clone()
}

#[tokio::test(start_paused = true)]
async fn a_test_restores_the_latest_point_waits_for_a_validation_and_deletes_its_data() {
    let stage = tested().await;
    stage.sim.advance(Duration::from_secs(20 * 3_600));
    let jobs = restores(&stage).await;
    assert_eq!(jobs.len(), 1);
    let plan = stage
        .must(&stage.central, "GetRestoreTestingPlan", json!({"RestoreTestingPlanName": "weekly"}))
        .await;
    let arn = &plan["RestoreTestingPlan"]["RestoreTestingPlanArn"];
    assert_eq!(&jobs[0]["CreatedBy"]["RestoreTestingPlanArn"], arn);
    assert_eq!(
        (&jobs[0]["Status"], &jobs[0]["ValidationStatus"], &jobs[0]["DeletionStatus"]),
        (&json!("COMPLETED"), &json!("TIMED_OUT"), &json!("SUCCESSFUL"))
    );
    let by_plan = stage.must(&stage.central, "ListRestoreJobs", json!({"restoreTestingPlanArn": arn})).await;
    assert_eq!(by_plan["RestoreJobs"].as_array().map(Vec::len), Some(1));
    // The next run, seen between its end and the end of its window.
    for _ in 0..(24 * 4) {
        stage.sim.advance(Duration::from_secs(900));
        if restores(&stage).await[0]["ValidationStatus"] == "VALIDATING" {
            break;
        }
    }
    let id = restores(&stage).await[0]["RestoreJobId"].clone();
    let result =
        json!({"restoreJobId": id, "ValidationStatus": "SUCCESSFUL", "ValidationStatusMessage": "all there"});
    stage.must(&stage.central, "PutRestoreValidationResult", result.clone()).await;
    let told = restores(&stage).await[0].clone();
    assert_eq!(
        (&told["ValidationStatus"], &told["ValidationStatusMessage"], &told["DeletionStatus"]),
        (&json!("SUCCESSFUL"), &json!("all there"), &json!("SUCCESSFUL"))
    );
    let again = stage.refused(&stage.central, "PutRestoreValidationResult", result).await;
    assert_eq!(again.0, "InvalidRequestException");
}

#[tokio::test(start_paused = true)]
async fn a_test_finds_only_what_its_window_its_vaults_and_its_conditions_mean() {
    let stage = tested().await;
    let narrow = |selection: Value| json!({"RestoreTestingPlanName": "weekly", "RestoreTestingPlan": {"RecoveryPointSelection": selection}});
    let points = |vaults: &[&str], days: i64| {
        json!({"Algorithm": "RANDOM_WITHIN_WINDOW", "IncludeVaults": ["*"], "ExcludeVaults": vaults,
        "RecoveryPointTypes": ["SNAPSHOT"], "SelectionWindowDays": days})
    };
    let excluded = points(&["arn:aws:backup:*:*:backup-vault:loc*"], 30);
    stage.must(&stage.central, "UpdateRestoreTestingPlan", narrow(excluded)).await;
    stage.pass_days(2);
    assert_eq!(restores(&stage).await.len(), 0);
    stage.must(&stage.central, "UpdateRestoreTestingPlan", narrow(points(&[], 1))).await;
    stage.pass_days(2);
    assert_eq!(restores(&stage).await.len(), 0, "it is older than a day");
    stage.must(&stage.central, "UpdateRestoreTestingPlan", narrow(points(&[], 30))).await;
    stage.pass_days(1);
    assert_eq!(restores(&stage).await.len(), 1);
    let role = stage.role(&stage.central).await;
    let tagged = json!({"ProtectedResourceConditions": {"StringEquals": [{"Key": "aws:ResourceTag/a", "Value": "b"}]}});
    stage.must(&stage.central, "UpdateRestoreTestingSelection", selection(&role, &tagged)).await;
    stage.pass_days(2);
    assert_eq!(restores(&stage).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_test_whose_role_is_gone_fails() {
    let stage = tested().await;
    stage.sim.change(|world| world.iam.account_mut(&stage.central).roles.remove("Backup"));
    stage.sim.advance(Duration::from_secs(27 * 3_600));
    let jobs = restores(&stage).await;
    assert_eq!(jobs[0]["Status"], "FAILED");
    assert!(
        jobs[0]["StatusMessage"]
            .as_str()
            .is_some_and(|words| words.ends_with("cannot be assumed by AWS Backup"))
    );
}
