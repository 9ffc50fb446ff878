//! Baselines on units: who may have which, in which order, how long, and what fails later.
//!
//! In: a stage. Out: what the wire shows. Absent: moves of accounts.

use serde_json::json;

use super::Stage;

const REGISTERING: &str = "AWSControlTowerBaseline";

#[tokio::test(start_paused = true)]
async fn registering_a_unit_gives_its_accounts_children_and_the_role() {
    let mut stage = Stage::governed(false).await;
    stage.unit("Nested", Some("Workloads")).await;
    for (name, unit) in [("app1", "Workloads"), ("app2", "Workloads"), ("deep", "Nested")] {
        stage.account(name, Some(unit)).await;
    }
    let input = stage.enabling(REGISTERING, "5.0", "Workloads").await;
    let begun = stage.must("controltower", "EnableBaseline", input).await;
    let (arn, id) = (&begun["arn"], &begun["operationIdentifier"]);
    assert_eq!(stage.enabled(arn).await["statusSummary"]["status"], "UNDER_CHANGE");
    assert!(stage.children(arn).await.iter().all(|child| child["statusSummary"]["status"] == "UNDER_CHANGE"));
    // Ten minutes, and two for each of the two accounts in the unit itself.
    stage.pass(839);
    assert_eq!(stage.baseline_operation(id).await["status"], "IN_PROGRESS");
    stage.pass(1);
    assert_eq!(stage.baseline_operation(id).await["status"], "SUCCEEDED");
    let children = stage.children(arn).await;
    assert_eq!(children.len(), 2);
    assert!(children.iter().all(|child| child["statusSummary"]["status"] == "SUCCEEDED"));
    assert!(stage.has_execution_role("app1") && stage.has_execution_role("deep"));
    let enabled = stage.enabled(arn).await;
    assert_eq!(enabled["driftStatusSummary"]["types"]["inheritance"]["status"], "IN_SYNC");
    assert_eq!(enabled["parameters"][0]["key"], "IdentityCenterEnabledBaselineArn");
}

#[tokio::test(start_paused = true)]
async fn the_identity_center_parameter_is_required_and_must_be_the_enabled_one() {
    let stage = Stage::governed(false).await;
    let good = stage.enabling(REGISTERING, "5.0", "Workloads").await;
    let mut without = good.clone();
    without.as_object_mut().expect("an object").remove("parameters");
    assert!(stage.refused("EnableBaseline", without).await.1.contains("is required"));
    let mut wrong = good.clone();
    wrong["parameters"][0]["value"] = json!("arn:aws:controltower:us-east-1::baseline/LN25R72TTG6IGPTQ");
    assert!(stage.refused("EnableBaseline", wrong).await.1.contains("must be"));
    let mut unknown = good;
    unknown["parameters"][0]["key"] = json!("Other");
    assert!(stage.refused("EnableBaseline", unknown).await.1.contains("not valid"));
}

#[tokio::test(start_paused = true)]
async fn the_security_unit_and_what_is_below_it_are_never_registered() {
    let mut stage = Stage::governed(false).await;
    stage.unit("Below", Some("Security")).await;
    let input = stage.enabling(REGISTERING, "5.0", "Security").await;
    let (code, words) = stage.refused("EnableBaseline", input).await;
    assert_eq!(code, "ValidationException");
    assert_eq!(words, "The baseline 'AWSControlTowerBaseline' cannot be enabled on the Security OU");
    let input = stage.enabling("ConfigBaseline", "1.0", "Below").await;
    assert!(stage.refused("EnableBaseline", input).await.1.contains("nested under the Security OU"));
}

#[tokio::test(start_paused = true)]
async fn a_new_unit_takes_the_newest_compatible_version_only() {
    let stage = Stage::governed(false).await;
    let input = stage.enabling(REGISTERING, "4.0", "Workloads").await;
    assert!(stage.refused("EnableBaseline", input).await.1.contains("the compatible version is 5.0"));
    let old = Stage::governed_by_3_3().await;
    let input = old.enabling(REGISTERING, "5.0", "Workloads").await;
    assert!(old.refused("EnableBaseline", input).await.1.contains("the compatible version is 4.0"));
    let input = old.enabling("ConfigBaseline", "1.0", "Workloads").await;
    assert_eq!(old.refused("EnableBaseline", input).await.0, "ValidationException");
}

#[tokio::test(start_paused = true)]
async fn one_unit_is_worked_on_at_a_time() {
    let mut stage = Stage::governed(false).await;
    stage.unit("Other", None).await;
    let input = stage.enabling(REGISTERING, "5.0", "Workloads").await;
    let begun = stage.must("controltower", "EnableBaseline", input).await;
    let other = stage.enabling(REGISTERING, "5.0", "Other").await;
    let answer = stage.call("controltower", "EnableBaseline", other.clone()).await;
    assert_eq!((answer.status, answer.code().as_deref()), (402, Some("ServiceQuotaExceededException")));
    let same = json!({"enabledBaselineIdentifier": begun["arn"]});
    assert_eq!(stage.refused("ResetEnabledBaseline", same).await.0, "ConflictException");
    let zone = json!({"landingZoneIdentifier": stage.zone_arn().await});
    assert_eq!(stage.refused("ResetLandingZone", zone).await.0, "ConflictException");
    stage.pass(600);
    stage.must("controltower", "EnableBaseline", other).await;
}

#[tokio::test(start_paused = true)]
async fn a_closed_account_fails_the_registration_which_then_counts_as_enabled() {
    let mut stage = Stage::governed(false).await;
    stage.account("app", Some("Workloads")).await;
    stage.close("app");
    let input = stage.enabling(REGISTERING, "5.0", "Workloads").await;
    let begun = stage.must("controltower", "EnableBaseline", input.clone()).await;
    stage.pass(600);
    let operation = stage.baseline_operation(&begun["operationIdentifier"]).await;
    assert_eq!(operation["status"], "FAILED");
    assert!(operation["statusMessage"].as_str().is_some_and(|words| words.contains("suspended")));
    let (code, words) = stage.refused("EnableBaseline", input).await;
    assert_eq!(
        (code.as_str(), words.as_str()),
        ("ValidationException", "This baseline is already enabled on this target")
    );
    stage.unit("Suspended", None).await;
    stage.move_account("app", Some("Workloads"), Some("Suspended")).await;
    let reset = json!({"enabledBaselineIdentifier": begun["arn"]});
    stage.must("controltower", "ResetEnabledBaseline", reset).await;
    stage.pass(600);
    assert_eq!(stage.enabled(&begun["arn"]).await["statusSummary"]["status"], "SUCCEEDED");
}

#[tokio::test(start_paused = true)]
async fn ten_policies_on_a_unit_leave_no_room_for_guardrails() {
    let stage = Stage::governed_by_3_3().await;
    for number in 0..9 {
        let content = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]});
        let input = json!({"Name": format!("own{number}"), "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": content.to_string()});
        let made = stage.must("organizations", "CreatePolicy", input).await;
        let attach =
            json!({"PolicyId": made["Policy"]["PolicySummary"]["Id"], "TargetId": stage.units["Workloads"]});
        stage.must("organizations", "AttachPolicy", attach).await;
    }
    let input = stage.enabling(REGISTERING, "4.0", "Workloads").await;
    let begun = stage.must("controltower", "EnableBaseline", input).await;
    stage.pass(3600);
    assert_eq!(stage.baseline_operation(&begun["operationIdentifier"]).await["status"], "FAILED");
}

#[tokio::test(start_paused = true)]
async fn the_two_recording_baselines_exclude_each_other_and_backup_needs_the_larger() {
    let stage = Stage::governed(false).await;
    let small = stage.enabling("ConfigBaseline", "1.0", "Workloads").await;
    let begun = stage.must("controltower", "EnableBaseline", small).await;
    stage.pass(3600);
    assert!(stage.enabled(&begun["arn"]).await["driftStatusSummary"].is_null());
    let large = stage.enabling(REGISTERING, "5.0", "Workloads").await;
    assert!(stage.refused("EnableBaseline", large.clone()).await.1.contains("'ConfigBaseline' is enabled"));
    let backup = stage.enabling("BackupBaseline", "1.0", "Workloads").await;
    assert!(stage.refused("EnableBaseline", backup).await.1.contains("backup integration"));
    stage.must("controltower", "DisableBaseline", json!({"enabledBaselineIdentifier": begun["arn"]})).await;
    stage.pass(3600);
    stage.must("controltower", "EnableBaseline", large).await;
}

#[tokio::test(start_paused = true)]
async fn writes_on_a_child_or_on_a_landing_zone_baseline_are_refused() {
    let mut stage = Stage::governed(false).await;
    stage.account("app", Some("Workloads")).await;
    let parent = stage.register("Workloads").await;
    let child = stage.children(&parent).await[0]["arn"].clone();
    for operation in ["ResetEnabledBaseline", "DisableBaseline"] {
        let (code, words) = stage.refused(operation, json!({"enabledBaselineIdentifier": child})).await;
        assert_eq!(code, "ValidationException");
        assert!(words.contains("child enabled baseline"), "{words}");
    }
    let listed = stage.must("controltower", "ListEnabledBaselines", json!({})).await;
    let of_zone = listed["enabledBaselines"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["arn"] != parent)
        .expect("one of the landing zone")["arn"]
        .clone();
    let refused = stage.refused("DisableBaseline", json!({"enabledBaselineIdentifier": of_zone})).await;
    assert!(refused.1.contains("only with the landing zone"), "{}", refused.1);
}

#[tokio::test(start_paused = true)]
async fn the_pages_of_a_list_are_disjoint_and_complete() {
    let mut stage = Stage::governed(false).await;
    for number in 0..4 {
        stage.account(&format!("app{number}"), Some("Workloads")).await;
    }
    stage.register("Workloads").await;
    let whole = stage.must("controltower", "ListEnabledBaselines", json!({"includeChildren": true})).await;
    let whole = whole["enabledBaselines"].as_array().expect("a list").clone();
    assert_eq!(whole.len(), 9);
    let first = stage
        .must("controltower", "ListEnabledBaselines", json!({"includeChildren": true, "maxResults": 5}))
        .await;
    let rest = json!({"includeChildren": true, "maxResults": 5, "nextToken": first["nextToken"]});
    let second = stage.must("controltower", "ListEnabledBaselines", rest.clone()).await;
    assert!(second["nextToken"].is_null());
    let joined: Vec<_> = [&first, &second]
        .iter()
        .flat_map(|page| page["enabledBaselines"].as_array().expect("a list").clone())
        .collect();
    assert_eq!(joined, whole);
    let foreign = json!({"nextToken": first["nextToken"]});
    assert_eq!(stage.refused("ListBaselines", foreign).await.0, "ValidationException");
    assert_eq!(
        stage.refused("ListEnabledBaselines", json!({"maxResults": 4})).await.0,
        "ValidationException"
    );
}
