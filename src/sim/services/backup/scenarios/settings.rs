//! What an organization and a Region switch on.

use serde_json::json;

use super::{MANAGEMENT, Stage};
use crate::sim::services::iam::queries;
use crate::sim::testing::{ask, quiet};

#[tokio::test(start_paused = true)]
async fn the_management_account_alone_switches_for_the_organization_and_every_member_sees_it() {
    let stage = Stage::new().await;
    let before = stage.must(&stage.app, "DescribeGlobalSettings", json!({})).await;
    assert_eq!(before["GlobalSettings"]["isCrossAccountBackupEnabled"], "false");
    let on = |switch: &str, value: &str| json!({"GlobalSettings": {switch: value}});
    let by_member = stage.refused(&stage.app, "UpdateGlobalSettings", on("isMpaEnabled", "true")).await;
    assert_eq!(by_member.0, "InvalidRequestException");
    for wrong in [on("isMpaEnabled", "yes"), on("isEverythingEnabled", "true")] {
        let refused = stage.refused(MANAGEMENT, "UpdateGlobalSettings", wrong).await;
        assert_eq!(refused.0, "InvalidParameterValueException");
    }
    let nothing = stage.refused(MANAGEMENT, "UpdateGlobalSettings", json!({})).await;
    assert_eq!(nothing.0, "MissingParameterValueException");
    stage.must(MANAGEMENT, "UpdateGlobalSettings", on("isCrossAccountBackupEnabled", "true")).await;
    stage.must(MANAGEMENT, "UpdateGlobalSettings", on("isDelegatedAdministratorEnabled", "true")).await;
    let after = stage.must(&stage.app, "DescribeGlobalSettings", json!({})).await;
    assert_eq!(
        after["GlobalSettings"],
        json!({"isCrossAccountBackupEnabled": "true", "isMpaEnabled": "false", "isDelegatedAdministratorEnabled": "true"})
    );
    assert!(queries::role(&stage.sim.world(), MANAGEMENT, "AWSServiceRoleForBackup").is_some());
}

#[tokio::test(start_paused = true)]
async fn an_account_outside_every_organization_has_no_global_settings() {
    let sim = crate::sim::Simulator::new(quiet());
    let answer = ask(&sim, "backup", "DescribeGlobalSettings", json!({})).await;
    assert_eq!(answer.code().as_deref(), Some("InvalidRequestException"));
    let told = answer.json();
    assert_eq!(
        told,
        json!({"Code": "ERROR_9601", "Message": "Your account is not a member of an organization."})
    );
}

#[tokio::test(start_paused = true)]
async fn a_region_keeps_what_a_request_does_not_name_and_refuses_types_it_does_not_know() {
    let stage = Stage::new().await;
    let before = stage.must(&stage.app, "DescribeRegionSettings", json!({})).await;
    assert_eq!(before["ResourceTypeOptInPreference"]["Storage Gateway"], true);
    assert_eq!(before["ResourceTypeManagementPreference"], json!({"DynamoDB": false, "EFS": true}));
    let wanted = json!({"ResourceTypeOptInPreference": {"S3": true, "Storage Gateway": false},
        "ResourceTypeManagementPreference": {"DynamoDB": true}});
    stage.must(&stage.app, "UpdateRegionSettings", wanted).await;
    let after = stage.must(&stage.app, "DescribeRegionSettings", json!({})).await;
    let opt_in = &after["ResourceTypeOptInPreference"];
    assert_eq!(
        (&opt_in["S3"], &opt_in["Storage Gateway"], &opt_in["EBS"]),
        (&json!(true), &json!(false), &json!(true))
    );
    assert_eq!(after["ResourceTypeManagementPreference"]["DynamoDB"], true);
    for wrong in [
        json!({"ResourceTypeOptInPreference": {"Floppy": true}}),
        json!({"ResourceTypeManagementPreference": {"EBS": true}}),
        json!({"ResourceTypeOptInIncremental": {"EBS": true}}),
    ] {
        let refused = stage.refused(&stage.app, "UpdateRegionSettings", wrong).await;
        assert_eq!(refused.0, "InvalidParameterValueException");
    }
    let nothing = stage.refused(&stage.app, "UpdateRegionSettings", json!({})).await;
    assert_eq!(nothing.0, "MissingParameterValueException");
    let types = stage.must(&stage.app, "GetSupportedResourceTypes", json!({})).await;
    assert!(types["ResourceTypes"].as_array().is_some_and(|types| types.contains(&json!("EBS"))));
}
