//! The trail of a landing zone.
//!
//! In: a stage. Out: what the wire shows. Absent: CloudTrail's own rules.

use serde_json::{Value, json};

use super::Stage;

async fn trail(stage: &Stage) -> Value {
    stage.must("cloudtrail", "DescribeTrails", json!({})).await["trailList"][0].clone()
}

#[tokio::test(start_paused = true)]
async fn a_landing_zone_logs_every_account_by_one_trail_and_takes_it_away_with_the_integration() {
    let stage = Stage::governed(false).await;
    let made = trail(&stage).await;
    assert_eq!(made["Name"], "aws-controltower-BaselineCloudTrail");
    assert_eq!((&made["IsOrganizationTrail"], &made["IsMultiRegionTrail"]), (&json!(true), &json!(true)));
    let mut manifest = stage.manifest();
    manifest["centralizedLogging"] = json!({"enabled": false});
    let zone = stage.zone_arn().await;
    let input = json!({"version": "4.0", "landingZoneIdentifier": zone, "manifest": manifest});
    stage.must("controltower", "UpdateLandingZone", input).await;
    stage.pass(3600);
    assert_eq!(trail(&stage).await, Value::Null);
}

#[tokio::test(start_paused = true)]
async fn a_landing_zone_of_3_3_delivers_where_an_upgrade_leaves_it() {
    let stage = Stage::governed_by_3_3().await;
    let before = trail(&stage).await["S3BucketName"].clone();
    assert_eq!(before, json!(format!("aws-controltower-logs-{}-us-east-1", stage.accounts["log"])));
    let zone = stage.zone_arn().await;
    let input = json!({"version": "4.0", "landingZoneIdentifier": zone, "manifest": stage.manifest()});
    stage.must("controltower", "UpdateLandingZone", input).await;
    stage.pass(3600);
    assert_eq!(trail(&stage).await["S3BucketName"], before);
}
