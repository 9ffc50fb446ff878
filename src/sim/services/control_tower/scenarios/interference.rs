//! Operations that a test made fail or hang.
//!
//! In: a stage and an armed fault. Out: what the wire shows. Absent: faults of single requests.

use serde_json::json;

use super::Stage;
use crate::sim::{Fault, FaultPlan};

#[tokio::test(start_paused = true)]
async fn a_doomed_landing_zone_fails_at_its_usual_time_with_its_reason() {
    let stage = Stage::prepared().await;
    let reason = "The StackSet operation failed.".to_owned();
    stage.sim.arm(FaultPlan::one("mutation", 1, Fault::OperationFails { reason: reason.clone() }));
    let asked = json!({"version": "4.0", "manifest": stage.manifest()});
    let begun = stage.must("controltower", "CreateLandingZone", asked).await;
    stage.pass(1799);
    assert_eq!(stage.zone().await["status"], "PROCESSING");
    stage.pass(1);
    assert_eq!(stage.zone().await["status"], "FAILED");
    let operation = stage.zone_operation(&begun["operationIdentifier"]).await;
    assert_eq!((&operation["status"], &operation["statusMessage"]), (&json!("FAILED"), &json!(reason)));
    assert_eq!(stage.sim.struck(), [1]);
}

#[tokio::test(start_paused = true)]
async fn a_hanging_baseline_stays_in_progress_and_blocks_the_next() {
    let mut stage = Stage::governed(false).await;
    stage.unit("First", None).await;
    stage.unit("Second", None).await;
    stage.sim.arm(FaultPlan::one("controltower:EnableBaseline", 1, Fault::OperationHangs));
    let asked = stage.enabling("AWSControlTowerBaseline", "5.0", "First").await;
    let begun = stage.must("controltower", "EnableBaseline", asked).await;
    stage.pass(7 * 86_400);
    assert_eq!(stage.baseline_operation(&begun["operationIdentifier"]).await["status"], "IN_PROGRESS");
    let next = stage.enabling("AWSControlTowerBaseline", "5.0", "Second").await;
    assert_eq!(stage.refused("EnableBaseline", next).await.0, "ServiceQuotaExceededException");
    assert_eq!(stage.sim.struck(), [1]);
}
