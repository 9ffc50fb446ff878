//! Report plans and frameworks.

use std::time::Duration;

use serde_json::{Value, json};

use super::{MANAGEMENT, Stage};

fn report(more: &Value) -> Value {
    let mut input = json!({
        "ReportPlanName": "jobs", "reportPlanName": "jobs",
        "ReportDeliveryChannel": {"S3BucketName": "reports"},
        "ReportSetting": {"ReportTemplate": "BACKUP_JOB_REPORT"},
        "IdempotencyToken": "t",
    });
    input.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    input
}

#[tokio::test(start_paused = true)]
async fn a_report_plan_is_deployed_for_a_while_and_reports_of_others_are_for_administrators() {
    let stage = Stage::new().await;
    let everybody = json!({"ReportSetting": {"ReportTemplate": "COPY_JOB_REPORT", "Accounts": ["ROOT"], "Regions": ["*"]}});
    for wrong in [json!({"ReportSetting": {"ReportTemplate": "WEATHER_REPORT"}}), everybody.clone()] {
        let refused = stage.refused(&stage.central, "CreateReportPlan", report(&wrong)).await;
        assert_eq!(refused.0, "InvalidParameterValueException");
    }
    stage.must(MANAGEMENT, "CreateReportPlan", report(&everybody)).await;
    let made = stage.must(&stage.central, "CreateReportPlan", report(&json!({}))).await;
    assert_eq!(stage.must(&stage.central, "CreateReportPlan", report(&json!({}))).await, made);
    let other = report(&json!({"IdempotencyToken": "u"}));
    assert_eq!(stage.refused(&stage.central, "CreateReportPlan", other).await.0, "AlreadyExistsException");
    let of = json!({"reportPlanName": "jobs"});
    let status = async || {
        stage.must(&stage.central, "DescribeReportPlan", of.clone()).await["ReportPlan"]["DeploymentStatus"]
            .clone()
    };
    assert_eq!(status().await, "CREATE_IN_PROGRESS");
    assert_eq!(stage.refused(&stage.central, "DeleteReportPlan", of.clone()).await.0, "ConflictException");
    stage.sim.advance(Duration::from_secs(180));
    assert_eq!(status().await, "COMPLETED");
    let changed =
        json!({"reportPlanName": "jobs", "ReportSetting": {"ReportTemplate": "RESTORE_JOB_REPORT"}});
    stage.must(&stage.central, "UpdateReportPlan", changed).await;
    assert_eq!(status().await, "UPDATE_IN_PROGRESS");
    stage.sim.advance(Duration::from_secs(180));
    let listed = stage.must(&stage.central, "ListReportPlans", json!({})).await;
    assert_eq!(listed["ReportPlans"][0]["ReportSetting"]["ReportTemplate"], "RESTORE_JOB_REPORT");
    let tags = json!({"resourceArn": made["ReportPlanArn"], "Tags": {"a": "b"}});
    stage.must(&stage.central, "TagResource", tags).await;
    stage.must(&stage.central, "DeleteReportPlan", of.clone()).await;
    assert_eq!(stage.refused(&stage.central, "DescribeReportPlan", of).await.0, "ResourceNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn a_framework_has_controls_that_exist() {
    let stage = Stage::new().await;
    let framework = |controls: Value| json!({"FrameworkName": "ransomware", "frameworkName": "ransomware", "FrameworkControls": controls});
    for wrong in [json!([]), json!([{"ControlName": "BACKUP_EVERYTHING"}])] {
        let refused = stage.refused(&stage.central, "CreateFramework", framework(wrong)).await;
        assert_eq!(refused.0, "InvalidParameterValueException");
    }
    let one = json!([{"ControlName": "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK"}]);
    stage.must(&stage.central, "CreateFramework", framework(one.clone())).await;
    let refused = stage.refused(&stage.central, "CreateFramework", framework(one)).await;
    assert_eq!(refused.0, "AlreadyExistsException");
    stage.sim.advance(Duration::from_secs(180));
    let two = json!([{"ControlName": "BACKUP_RECOVERY_POINT_ENCRYPTED"}, {"ControlName": "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET"}]);
    stage.must(&stage.central, "UpdateFramework", framework(two)).await;
    stage.sim.advance(Duration::from_secs(180));
    let of = json!({"frameworkName": "ransomware"});
    let shown = stage.must(&stage.central, "DescribeFramework", of.clone()).await;
    assert_eq!(
        (&shown["DeploymentStatus"], &shown["FrameworkStatus"]),
        (&json!("COMPLETED"), &json!("ACTIVE"))
    );
    let listed = stage.must(&stage.central, "ListFrameworks", json!({})).await;
    assert_eq!(listed["Frameworks"][0]["NumberOfControls"], 2);
    stage.must(&stage.central, "DeleteFramework", of.clone()).await;
    assert_eq!(stage.refused(&stage.central, "DescribeFramework", of).await.0, "ResourceNotFoundException");
}
