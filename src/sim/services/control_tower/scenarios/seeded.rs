//! A landing zone that was there before the simulator: it answers, drifts and is repaired like one made here.
//!
//! In: a stage and a seed. Out: what the wire shows. Absent: reading a live organization.

use serde_json::json;

use super::super::{Seed, SeededBaseline, SeededControl, seed};
use super::{MANAGEMENT, Stage};

#[tokio::test(start_paused = true)]
async fn a_seeded_landing_zone_keeps_its_arns_and_has_no_history() {
    let mut stage = Stage::prepared().await;
    stage.account("app", Some("Workloads")).await;
    let arn = |kind: &str| format!("arn:aws:controltower:us-east-1:{MANAGEMENT}:{kind}/ABCDEFGHIJKLMNOP");
    let wanted = Seed {
        arn: Some(arn("landingzone")),
        home: "us-east-1".to_owned(),
        version: "4.0".to_owned(),
        manifest: stage.manifest(),
        auto_enroll: true,
        baselines: vec![SeededBaseline {
            arn: Some(arn("enabledbaseline")),
            baseline: "AWSControlTowerBaseline".to_owned(),
            version: "5.0".to_owned(),
            unit: stage.units["Workloads"].clone(),
            parameters: Vec::new(),
        }],
        controls: vec![SeededControl {
            arn: Some(arn("enabledcontrol")),
            control: "arn:aws:controltower:us-east-1::control/AWS-GR_EC2_VOLUME_INUSE_CHECK".to_owned(),
            unit: stage.units["Workloads"].clone(),
            parameters: Vec::new(),
        }],
    };
    stage.sim.change(|world| seed(world, &wanted)).expect("a landing zone");
    let zone = stage.zone().await;
    assert_eq!((&zone["arn"], &zone["status"]), (&json!(arn("landingzone")), &json!("ACTIVE")));
    assert_eq!(zone["driftStatus"]["status"], "IN_SYNC");
    assert_eq!(stage.children(&json!(arn("enabledbaseline"))).await.len(), 1);
    let controls = stage.must("controltower", "ListEnabledControls", json!({"includeChildren": true})).await;
    assert_eq!(controls["enabledControls"].as_array().map(Vec::len), Some(2));
    let operations = stage.must("controltower", "ListLandingZoneOperations", json!({})).await;
    assert_eq!(operations["landingZoneOperations"], json!([]));
    stage.account("late", Some("Workloads")).await;
    stage.pass(300);
    assert_eq!(stage.children(&json!(arn("enabledbaseline"))).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_seed_that_does_not_fit_the_world_is_refused_and_leaves_no_landing_zone() {
    let stage = Stage::prepared().await;
    let mut manifest = stage.manifest();
    manifest["config"]["accountId"] = json!("999988887777");
    let wanted = Seed {
        arn: None,
        home: "us-east-1".to_owned(),
        version: "4.0".to_owned(),
        manifest,
        auto_enroll: false,
        baselines: Vec::new(),
        controls: Vec::new(),
    };
    let words = stage.sim.change(|world| seed(world, &wanted)).expect_err("an unknown account");
    assert!(words.contains("999988887777"), "{words}");
    let listed = stage.must("controltower", "ListLandingZones", json!({})).await;
    assert_eq!(listed["landingZones"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn a_deleted_foundational_unit_blocks_until_a_reset_makes_it_again() {
    let mut stage = Stage::governed_by_3_3().await;
    stage.move_account("log", Some("Security"), None).await;
    stage.move_account("audit", Some("Security"), None).await;
    let delete = json!({"OrganizationalUnitId": stage.units["Security"]});
    stage.must("organizations", "DeleteOrganizationalUnit", delete).await;
    assert_eq!(stage.zone().await["driftStatus"]["status"], "DRIFTED");
    let input = stage.enabling("AWSControlTowerBaseline", "4.0", "Workloads").await;
    assert!(stage.refused("EnableBaseline", input.clone()).await.1.contains("foundational"));
    stage
        .must("controltower", "ResetLandingZone", json!({"landingZoneIdentifier": stage.zone_arn().await}))
        .await;
    stage.pass(1200);
    assert_eq!(stage.zone().await["driftStatus"]["status"], "IN_SYNC");
    stage.account("app", Some("Workloads")).await;
    stage.must("controltower", "EnableBaseline", input).await;
}

#[tokio::test(start_paused = true)]
async fn a_service_role_taken_away_fails_the_next_registration() {
    let stage = Stage::governed(false).await;
    let role = "AWSControlTowerStackSetRole";
    stage.sim.change(|world| crate::sim::services::iam::queries::remove_role(world, MANAGEMENT, role));
    let input = stage.enabling("AWSControlTowerBaseline", "5.0", "Workloads").await;
    let begun = stage.must("controltower", "EnableBaseline", input).await;
    stage.pass(600);
    let operation = stage.baseline_operation(&begun["operationIdentifier"]).await;
    assert!(operation["statusMessage"].as_str().is_some_and(|words| words.contains(role)));
}
