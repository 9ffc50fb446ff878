//! What rehearsals can make fail although nothing is wrong.
//!
//! In: a stage and the switches of the state. Out: what the wire shows. Absent: failures with a cause in the world.

use serde_json::json;

use super::Stage;

#[tokio::test(start_paused = true)]
async fn an_operation_told_to_fail_ends_with_the_words_given_and_the_next_one_works() {
    let stage = Stage::governed(false).await;
    stage.sim.change(|world| world.control_tower.fail_next("RESET", "Rate exceeded"));
    let input = json!({"landingZoneIdentifier": stage.zone_arn().await});
    let begun = stage.must("controltower", "ResetLandingZone", input.clone()).await;
    stage.pass(1200);
    let operation = stage.zone_operation(&begun["operationIdentifier"]).await;
    assert_eq!(
        (&operation["status"], &operation["statusMessage"]),
        (&json!("FAILED"), &json!("Rate exceeded"))
    );
    assert_eq!(stage.zone().await["status"], "FAILED");
    let unit = stage.enabling("AWSControlTowerBaseline", "5.0", "Workloads").await;
    assert_eq!(stage.refused("EnableBaseline", unit).await.0, "ValidationException");
    stage.must("controltower", "ResetLandingZone", input).await;
    stage.pass(1200);
    assert_eq!(stage.zone().await["status"], "ACTIVE");
}

#[tokio::test(start_paused = true)]
async fn a_unit_can_succeed_while_one_of_its_accounts_fails() {
    let mut stage = Stage::governed(false).await;
    stage.account("good", Some("Workloads")).await;
    stage.account("bad", Some("Workloads")).await;
    let bad = stage.accounts["bad"].clone();
    stage.sim.change(|world| world.control_tower.fail_enrolment(&bad, true));
    let unit = stage.register("Workloads").await;
    let statuses: Vec<_> =
        stage.children(&unit).await.iter().map(|child| child["statusSummary"]["status"].clone()).collect();
    assert!(statuses.contains(&json!("FAILED")) && statuses.contains(&json!("SUCCEEDED")));
    let enabled = stage.enabled(&unit).await;
    assert_eq!(enabled["statusSummary"]["status"], "SUCCEEDED");
    assert_eq!(enabled["driftStatusSummary"]["types"]["inheritance"]["status"], "DRIFTED");
    stage.sim.change(|world| world.control_tower.fail_enrolment(&bad, false));
    stage.must("controltower", "ResetEnabledBaseline", json!({"enabledBaselineIdentifier": unit})).await;
    stage.pass(3600);
    assert!(stage.children(&unit).await.iter().all(|child| child["statusSummary"]["status"] == "SUCCEEDED"));
}
