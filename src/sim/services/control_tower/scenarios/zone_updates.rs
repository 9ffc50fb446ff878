//! Updates of a landing zone: settings, integrations, the way from 3.3 to 4.0.
//!
//! In: a stage. Out: what the wire shows. Absent: creation (`landing_zone`) and what units need afterwards (`upgrades`).

use serde_json::json;

use super::{MANAGEMENT, Stage};
use crate::sim::services::iam::queries;

#[tokio::test(start_paused = true)]
async fn an_update_goes_forwards_and_alone() {
    let stage = Stage::governed(false).await;
    let arn = stage.zone_arn().await;
    let back = json!({"landingZoneIdentifier": arn, "version": "3.3", "manifest": stage.manifest()});
    assert_eq!(stage.refused("UpdateLandingZone", back).await.0, "ValidationException");
    let mut manifest = stage.manifest();
    manifest["governedRegions"] = json!(["us-east-1", "eu-west-1"]);
    let on = json!({"landingZoneIdentifier": arn, "version": "4.0", "manifest": manifest, "remediationTypes": ["INHERITANCE_DRIFT"]});
    stage.must("controltower", "UpdateLandingZone", on.clone()).await;
    assert_eq!(stage.refused("UpdateLandingZone", on).await.0, "ConflictException");
    assert_eq!(stage.zone().await["manifest"], stage.manifest());
    stage.pass(1200);
    let zone = stage.zone().await;
    assert_eq!((&zone["manifest"], &zone["remediationTypes"]), (&manifest, &json!(["INHERITANCE_DRIFT"])));
}

#[tokio::test(start_paused = true)]
async fn config_stays_on_while_a_unit_is_registered() {
    let stage = Stage::governed(false).await;
    stage.register("Workloads").await;
    let mut manifest = stage.manifest();
    for section in ["config", "securityRoles", "accessManagement"] {
        manifest[section] = json!({"enabled": false});
    }
    let input =
        json!({"landingZoneIdentifier": stage.zone_arn().await, "version": "4.0", "manifest": manifest});
    assert!(stage.refused("UpdateLandingZone", input).await.1.contains("config integration"));
}

#[tokio::test(start_paused = true)]
async fn the_way_from_3_3_to_4_0_needs_the_managed_trail_policy_and_keeps_the_baselines_apart() {
    let stage = Stage::governed_by_3_3().await;
    let arn = stage.zone_arn().await;
    let input = json!({"landingZoneIdentifier": arn, "version": "4.0", "manifest": stage.manifest()});
    let role = "AWSControlTowerCloudTrailRole";
    stage.sim.change(|world| queries::remove_role(world, MANAGEMENT, role));
    assert!(stage.refused("UpdateLandingZone", input.clone()).await.1.contains(role));
    stage.roles();
    stage.pass(60);
    let mut without = input.clone();
    for section in ["config", "securityRoles", "accessManagement"] {
        without["manifest"][section] = json!({"enabled": false});
    }
    assert!(stage.refused("UpdateLandingZone", without).await.1.contains("changes the landing zone version"));
    stage.must("controltower", "UpdateLandingZone", input).await;
    stage.pass(1200);
    assert_eq!(stage.zone().await["version"], "4.0");
    let enabled = stage.must("controltower", "ListEnabledBaselines", json!({})).await;
    let names: Vec<String> = enabled["enabledBaselines"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| super::super::catalogue::by_arn(one["baselineIdentifier"].as_str()?, "us-east-1"))
        .map(|baseline| baseline.name.clone())
        .collect();
    assert!(
        names.contains(&"CentralConfigBaseline".to_owned()) && !names.contains(&"AuditBaseline".to_owned())
    );
}
