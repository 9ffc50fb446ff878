//! Controls on units: who takes which, queueing, drift, and what a move leaves behind.
//!
//! In: a stage. Out: what the wire shows. Absent: the catalogue's own lists.

use serde_json::{Value, json};

use super::Stage;

const DETECTIVE: &str = "AWS-GR_EC2_VOLUME_INUSE_CHECK";
const PREVENTIVE: &str = "AWS-GR_RESTRICT_ROOT_USER";

/// CT.CODEBUILD.PR.3 in us-east-1.
const PROACTIVE: &str = "YEHYWYAUIQHZ";

fn control(id: &str) -> String {
    format!("arn:aws:controltower:us-east-1::control/{id}")
}

/// The Region deny control of a unit, by its global identifier.
fn region_deny(stage: &Stage, unit: &str) -> Value {
    json!({
        "controlIdentifier": "arn:aws:controlcatalog:::control/ka8e3pkqefnjsxuyc26ji580",
        "targetIdentifier": stage.unit_arn(unit),
    })
}

fn enabling(stage: &Stage, id: &str, unit: &str) -> Value {
    json!({"controlIdentifier": control(id), "targetIdentifier": stage.unit_arn(unit)})
}

async fn operation(stage: &Stage, id: &Value) -> Value {
    let input = json!({"operationIdentifier": id});
    stage.must("controltower", "GetControlOperation", input).await["controlOperation"].clone()
}

#[tokio::test(start_paused = true)]
async fn a_detective_control_needs_a_registered_unit_and_reaches_its_accounts() {
    let mut stage = Stage::governed(false).await;
    stage.account("app", Some("Workloads")).await;
    let (code, words) = stage.refused("EnableControl", enabling(&stage, DETECTIVE, "Workloads")).await;
    assert_eq!(code, "ResourceNotFoundException");
    assert!(words.contains("is not registered with AWS Control Tower"), "{words}");
    stage.register("Workloads").await;
    let begun = stage.must("controltower", "EnableControl", enabling(&stage, DETECTIVE, "Workloads")).await;
    stage.pass(100);
    assert_eq!(operation(&stage, &begun["operationIdentifier"]).await["status"], "SUCCEEDED");
    let (code, words) = stage.refused("EnableControl", enabling(&stage, DETECTIVE, "Workloads")).await;
    assert_eq!(code, "ValidationException");
    assert!(words.contains("already enabled on organizational unit"), "{words}");
    let list = json!({"targetIdentifier": stage.unit_arn("Workloads"), "includeChildren": true});
    let listed = stage.must("controltower", "ListEnabledControls", list).await;
    assert_eq!(listed["enabledControls"].as_array().map(Vec::len), Some(2));
    let pair = enabling(&stage, DETECTIVE, "Workloads");
    stage.must("controltower", "DisableControl", pair.clone()).await;
    stage.pass(90);
    assert_eq!(stage.refused("DisableControl", pair).await.0, "ResourceNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn a_preventive_control_goes_on_any_unit_of_4_0_and_packs_a_policy() {
    let stage = Stage::governed(false).await;
    let begun = stage.must("controltower", "EnableControl", enabling(&stage, PREVENTIVE, "Workloads")).await;
    stage.pass(90);
    let details = json!({"enabledControlIdentifier": begun["arn"]});
    let enabled = stage.must("controltower", "GetEnabledControl", details.clone()).await;
    assert_eq!(enabled["enabledControlDetails"]["driftStatusSummary"]["driftStatus"], "IN_SYNC");
    let list = json!({"TargetId": stage.units["Workloads"], "Filter": "SERVICE_CONTROL_POLICY"});
    let policies = stage.must("organizations", "ListPoliciesForTarget", list).await;
    let packed = policies["Policies"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|policy| policy["Name"].as_str().is_some_and(|name| name.starts_with("aws-guardrails-")))
        .expect("a guardrail policy");
    let detach = json!({"PolicyId": packed["Id"], "TargetId": stage.units["Workloads"]});
    stage.must("organizations", "DetachPolicy", detach).await;
    let enabled = stage.must("controltower", "GetEnabledControl", details.clone()).await;
    assert_eq!(enabled["enabledControlDetails"]["driftStatusSummary"]["driftStatus"], "DRIFTED");
    let (_, words) = stage.refused("ResetEnabledControl", details.clone()).await;
    assert!(words.contains("service control policies"), "{words}");
    stage.must("controltower", "DisableControl", details).await;
    stage.pass(90);
    assert_eq!(stage.zone().await["driftStatus"]["status"], "IN_SYNC");
}

#[tokio::test(start_paused = true)]
async fn mandatory_controls_and_unknown_forms_are_refused() {
    let stage = Stage::governed(false).await;
    let (_, words) =
        stage.refused("EnableControl", enabling(&stage, "AWS-GR_REGION_DENY", "Workloads")).await;
    assert!(words.contains("cannot be changed with the AWS Control Tower APIs"), "{words}");
    let mut elsewhere = enabling(&stage, PREVENTIVE, "Workloads");
    elsewhere["controlIdentifier"] =
        json!("arn:aws:controltower:eu-west-1::control/AWS-GR_RESTRICT_ROOT_USER");
    assert_eq!(stage.refused("EnableControl", elsewhere).await.0, "ValidationException");
    let (_, words) = stage.refused("EnableControl", region_deny(&stage, "Workloads")).await;
    assert!(words.contains("AllowedRegions"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn ten_operations_run_ninety_wait_and_one_more_exceeds_the_quota() {
    let mut stage = Stage::governed(false).await;
    let filter = json!({"Filter": {"Implementations": {
        "Types": ["AWS::Organizations::Policy::SERVICE_CONTROL_POLICY"]}}});
    let preventive = stage.must("controlcatalog", "ListControls", filter).await;
    let changeable =
        |control: &&Value| control["Severity"] == "MEDIUM" && control["CreateTime"] != Value::Null;
    let preventive: Vec<&Value> =
        preventive["Controls"].as_array().expect("a list").iter().filter(changeable).collect();
    let mut ids = Vec::new();
    for number in 0..20 {
        let unit = format!("Unit{number}");
        stage.unit(&unit, None).await;
        for control in
            preventive.iter().filter(|control| control["ParameterRequirementSummary"] == "OPTIONAL").take(5)
        {
            let input =
                json!({"controlIdentifier": control["Arn"], "targetIdentifier": stage.unit_arn(&unit)});
            ids.push(stage.must("controltower", "EnableControl", input).await["operationIdentifier"].clone());
        }
    }
    assert_eq!(ids.len(), 100);
    let answer = stage.call("controltower", "EnableControl", enabling(&stage, PREVENTIVE, "Workloads")).await;
    assert_eq!((answer.status, answer.code().as_deref()), (402, Some("ServiceQuotaExceededException")));
    stage.pass(90);
    assert_eq!(operation(&stage, &ids[9]).await["status"], "SUCCEEDED");
    assert_eq!(operation(&stage, &ids[10]).await["status"], "IN_PROGRESS");
    stage.pass(90);
    assert_eq!(operation(&stage, &ids[19]).await["status"], "SUCCEEDED");
    let filter = json!({"filter": {"statuses": ["IN_PROGRESS"]}});
    let listed = stage.must("controltower", "ListControlOperations", filter).await;
    assert_eq!(listed["controlOperations"].as_array().map(Vec::len), Some(80));
}

#[tokio::test(start_paused = true)]
async fn other_parameters_are_an_update_and_the_same_are_refused() {
    let stage = Stage::governed(false).await;
    let mut input = region_deny(&stage, "Workloads");
    input["parameters"] = json!([{"key": "AllowedRegions", "value": ["us-east-1"]}]);
    let arn = stage.must("controltower", "EnableControl", input.clone()).await["arn"].clone();
    let mut update = json!({"enabledControlIdentifier": arn, "parameters": input["parameters"]});
    assert_eq!(stage.refused("UpdateEnabledControl", update.clone()).await.0, "ConflictException");
    stage.pass(90);
    assert!(stage.refused("UpdateEnabledControl", update.clone()).await.1.contains("the same"));
    update["parameters"][0]["value"] = json!(["us-east-1", "eu-west-1"]);
    stage.must("controltower", "UpdateEnabledControl", update.clone()).await;
    stage.pass(90);
    let details = json!({"enabledControlIdentifier": arn});
    let enabled = stage.must("controltower", "GetEnabledControl", details).await;
    assert_eq!(enabled["enabledControlDetails"]["parameters"], update["parameters"]);
}

#[tokio::test(start_paused = true)]
async fn a_closed_account_fails_a_regional_control_and_leaves_it_behind() {
    let mut stage = Stage::governed(false).await;
    stage.account("app", Some("Workloads")).await;
    stage.register("Workloads").await;
    stage.close("app");
    let begun = stage.must("controltower", "EnableControl", enabling(&stage, DETECTIVE, "Workloads")).await;
    stage.pass(120);
    assert_eq!(operation(&stage, &begun["operationIdentifier"]).await["status"], "FAILED");
    let details = json!({"enabledControlIdentifier": begun["arn"]});
    let enabled = stage.must("controltower", "GetEnabledControl", details).await;
    assert_eq!(enabled["enabledControlDetails"]["statusSummary"]["status"], "FAILED");
}

#[tokio::test(start_paused = true)]
async fn a_move_leaves_a_detective_control_behind_that_goes_only_by_its_own_arn() {
    let mut stage = Stage::governed(false).await;
    stage.account("app", Some("Workloads")).await;
    stage.register("Workloads").await;
    stage.must("controltower", "EnableControl", enabling(&stage, DETECTIVE, "Workloads")).await;
    stage.pass(100);
    let account = stage
        .sim
        .world()
        .organizations
        .of(super::MANAGEMENT)
        .expect("one")
        .account_arn(&stage.accounts["app"]);
    let list = json!({"targetIdentifier": account});
    let listed = stage.must("controltower", "ListEnabledControls", list.clone()).await;
    let leftover = json!({"enabledControlIdentifier": listed["enabledControls"][0]["arn"]});
    assert!(stage.refused("DisableControl", leftover.clone()).await.1.contains("inherited"));
    stage.move_account("app", Some("Workloads"), None).await;
    let drifted = json!({"targetIdentifier": account, "filter": {"inheritanceDriftStatuses": ["DRIFTED"]}});
    let listed = stage.must("controltower", "ListEnabledControls", drifted).await;
    assert_eq!(listed["enabledControls"].as_array().map(Vec::len), Some(1));
    stage.must("controltower", "DisableControl", leftover).await;
    stage.pass(90);
    let listed = stage.must("controltower", "ListEnabledControls", list).await;
    assert_eq!(listed["enabledControls"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn up_to_3_3_the_security_unit_takes_no_proactive_control() {
    let stage = Stage::governed_by_3_3().await;
    let (code, words) = stage.refused("EnableControl", enabling(&stage, PROACTIVE, "Security")).await;
    assert_eq!(code, "ValidationException");
    assert!(words.contains("Security OU"), "{words}");
    stage.must("controltower", "EnableControl", enabling(&stage, DETECTIVE, "Security")).await;
    let refused = stage.refused("EnableControl", enabling(&stage, PREVENTIVE, "Workloads")).await;
    assert_eq!(refused.0, "ResourceNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn after_a_change_of_regions_a_detective_control_fails_until_the_unit_is_registered_again() {
    let stage = Stage::governed(false).await;
    let unit = stage.register("Workloads").await;
    let mut manifest = stage.manifest();
    manifest["governedRegions"] = json!(["us-east-1", "eu-west-1"]);
    let input =
        json!({"landingZoneIdentifier": stage.zone_arn().await, "version": "4.0", "manifest": manifest});
    stage.must("controltower", "UpdateLandingZone", input).await;
    stage.pass(1200);
    let begun = stage.must("controltower", "EnableControl", enabling(&stage, DETECTIVE, "Workloads")).await;
    stage.pass(120);
    let failed = operation(&stage, &begun["operationIdentifier"]).await;
    assert!(
        failed["statusMessage"].as_str().is_some_and(|words| words.contains("dependencies that are missing"))
    );
    stage.must("controltower", "ResetEnabledBaseline", json!({"enabledBaselineIdentifier": unit})).await;
    stage.pass(600);
    let reset = json!({"enabledControlIdentifier": begun["arn"]});
    let begun = stage.must("controltower", "ResetEnabledControl", reset).await;
    stage.pass(120);
    assert_eq!(operation(&stage, &begun["operationIdentifier"]).await["status"], "SUCCEEDED");
}
