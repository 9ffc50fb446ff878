//! Units over time: new versions after an upgrade, drift after an update, leaving in the right order.
//!
//! In: a stage. Out: what the wire shows. Absent: how a unit is first registered (`baselines`).

use serde_json::json;

use super::Stage;

const REGISTERING: &str = "AWSControlTowerBaseline";

#[tokio::test(start_paused = true)]
async fn parents_are_registered_before_their_children_and_left_after_them() {
    let mut stage = Stage::governed(false).await;
    stage.unit("Nested", Some("Workloads")).await;
    let input = stage.enabling(REGISTERING, "5.0", "Nested").await;
    assert!(stage.refused("EnableBaseline", input).await.1.contains("is not registered"));
    let parent = stage.register("Workloads").await;
    let child = stage.register("Nested").await;
    for (arn, status) in [(&parent, "FAILED"), (&child, "SUCCEEDED"), (&parent, "SUCCEEDED")] {
        let begun =
            stage.must("controltower", "DisableBaseline", json!({"enabledBaselineIdentifier": arn})).await;
        stage.pass(3600);
        let operation = stage.baseline_operation(&begun["operationIdentifier"]).await;
        assert_eq!(operation["status"], status);
        if status == "FAILED" {
            assert_eq!(
                operation["statusMessage"],
                "Can't perform DisableBaseline on a parent target with governed child OUs"
            );
        }
    }
    let gone = json!({"enabledBaselineIdentifier": parent});
    assert_eq!(stage.refused("GetEnabledBaseline", gone).await.0, "ResourceNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn deregistering_wants_an_empty_unit() {
    let mut stage = Stage::governed(false).await;
    stage.account("app", Some("Workloads")).await;
    let parent = stage.register("Workloads").await;
    let input = json!({"enabledBaselineIdentifier": parent});
    let begun = stage.must("controltower", "DisableBaseline", input.clone()).await;
    stage.pass(3600);
    let operation = stage.baseline_operation(&begun["operationIdentifier"]).await;
    assert!(
        operation["statusMessage"].as_str().is_some_and(|words| words.contains("still contains accounts"))
    );
    stage.move_account("app", Some("Workloads"), None).await;
    let begun = stage.must("controltower", "DisableBaseline", input).await;
    stage.pass(3600);
    assert_eq!(stage.baseline_operation(&begun["operationIdentifier"]).await["status"], "SUCCEEDED");
}

#[tokio::test(start_paused = true)]
async fn an_update_of_the_landing_zone_leaves_units_in_source_drift_until_they_are_reset() {
    let stage = Stage::governed(false).await;
    let unit = stage.register("Workloads").await;
    let mut manifest = stage.manifest();
    manifest["governedRegions"] = json!(["us-east-1", "eu-west-1"]);
    let input =
        json!({"landingZoneIdentifier": stage.zone_arn().await, "version": "4.0", "manifest": manifest});
    stage.must("controltower", "UpdateLandingZone", input).await;
    stage.pass(1200);
    assert_eq!(stage.enabled(&unit).await["driftStatusSummary"]["types"]["source"]["status"], "DRIFTED");
    stage.must("controltower", "ResetEnabledBaseline", json!({"enabledBaselineIdentifier": unit})).await;
    stage.pass(600);
    assert_eq!(stage.enabled(&unit).await["driftStatusSummary"]["types"]["source"]["status"], "IN_SYNC");
}

#[tokio::test(start_paused = true)]
async fn after_an_upgrade_units_are_updated_parents_first() {
    let mut stage = Stage::governed_by_3_3().await;
    stage.unit("Nested", Some("Workloads")).await;
    stage.account("app", Some("Nested")).await;
    let parent = stage.register("Workloads").await;
    let nested = stage.register("Nested").await;
    let input = json!({"landingZoneIdentifier": stage.zone_arn().await, "version": "4.0", "manifest": stage.manifest()});
    stage.must("controltower", "UpdateLandingZone", input).await;
    stage.pass(1200);
    assert_eq!(stage.enabled(&nested).await["baselineVersion"], "4.0");
    let parameters = stage.enabling(REGISTERING, "5.0", "Nested").await["parameters"].clone();
    let update = |arn: &serde_json::Value, version: &str| json!({"enabledBaselineIdentifier": arn, "baselineVersion": version, "parameters": parameters});
    assert!(
        stage
            .refused("UpdateEnabledBaseline", update(&parent, "4.0"))
            .await
            .1
            .contains("compatible version is 5.0")
    );
    assert!(
        stage
            .refused("UpdateEnabledBaseline", update(&nested, "5.0"))
            .await
            .1
            .contains("parent organizational unit")
    );
    for arn in [&parent, &nested] {
        stage.must("controltower", "UpdateEnabledBaseline", update(arn, "5.0")).await;
        stage.pass(3600);
        let enabled = stage.enabled(arn).await;
        assert_eq!(enabled["baselineVersion"], "5.0");
        assert_eq!(enabled["driftStatusSummary"]["types"]["source"]["status"], "IN_SYNC");
    }
    assert_eq!(stage.children(&nested).await[0]["baselineVersion"], "5.0");
}
