//! Accounts that move, and other things an operator does in Organizations: drift, its repair, auto-enrolment.
//!
//! In: a stage. Out: what the wire shows. Absent: the checks of the operations themselves.

use serde_json::{Value, json};

use super::{MANAGEMENT, Stage};

async fn inheritance(stage: &Stage, arn: &Value) -> Value {
    stage.enabled(arn).await["driftStatusSummary"]["types"]["inheritance"]["status"].clone()
}

async fn two_registered_units(auto_enroll: bool) -> (Stage, Value, Value) {
    let mut stage = Stage::governed(auto_enroll).await;
    stage.unit("Sandbox", None).await;
    stage.account("app", Some("Workloads")).await;
    let workloads = stage.register("Workloads").await;
    let sandbox = stage.register("Sandbox").await;
    (stage, workloads, sandbox)
}

#[tokio::test(start_paused = true)]
async fn without_auto_enrolment_a_move_drifts_until_the_new_unit_is_reset() {
    let (stage, workloads, sandbox) = two_registered_units(false).await;
    let child = stage.children(&workloads).await[0]["arn"].clone();
    stage.move_account("app", Some("Workloads"), Some("Sandbox")).await;
    stage.pass(86_400);
    assert_eq!(inheritance(&stage, &child).await, "DRIFTED");
    assert_eq!(inheritance(&stage, &sandbox).await, "DRIFTED");
    assert_eq!(inheritance(&stage, &workloads).await, "IN_SYNC");
    let drifted = json!({"filter": {"inheritanceDriftStatuses": ["DRIFTED"]}, "includeChildren": true});
    let listed = stage.must("controltower", "ListEnabledBaselines", drifted).await;
    assert_eq!(listed["enabledBaselines"].as_array().map(Vec::len), Some(2));
    stage.must("controltower", "ResetEnabledBaseline", json!({"enabledBaselineIdentifier": sandbox})).await;
    stage.pass(720);
    assert_eq!(inheritance(&stage, &sandbox).await, "IN_SYNC");
    assert_eq!(inheritance(&stage, &child).await, "IN_SYNC");
    assert_eq!(stage.enabled(&child).await["parentIdentifier"], sandbox);
}

#[tokio::test(start_paused = true)]
async fn an_orphan_can_be_disabled_by_itself() {
    let (stage, workloads, _) = two_registered_units(false).await;
    let child = stage.children(&workloads).await[0]["arn"].clone();
    stage.move_account("app", Some("Workloads"), None).await;
    stage.must("controltower", "DisableBaseline", json!({"enabledBaselineIdentifier": child})).await;
    stage.pass(3600);
    let gone = json!({"enabledBaselineIdentifier": child});
    assert_eq!(stage.refused("GetEnabledBaseline", gone).await.0, "ResourceNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn auto_enrolment_follows_a_move_within_minutes() {
    let (stage, workloads, sandbox) = two_registered_units(true).await;
    stage.move_account("app", Some("Workloads"), Some("Sandbox")).await;
    stage.pass(60);
    let on_the_way = stage.children(&workloads).await;
    assert_eq!(on_the_way[0]["statusSummary"]["status"], "UNDER_CHANGE");
    stage.pass(300);
    let children = stage.children(&sandbox).await;
    assert_eq!((children.len(), &children[0]["statusSummary"]["status"]), (1, &json!("SUCCEEDED")));
    assert!(stage.children(&workloads).await.is_empty());
    assert_eq!(inheritance(&stage, &sandbox).await, "IN_SYNC");
}

#[tokio::test(start_paused = true)]
async fn auto_enrolment_takes_a_new_account_in_and_a_move_to_the_root_takes_it_out() {
    let (mut stage, workloads, _) = two_registered_units(true).await;
    stage.account("late", Some("Workloads")).await;
    stage.pass(300);
    assert_eq!(stage.children(&workloads).await.len(), 2);
    assert!(stage.has_execution_role("late"));
    stage.move_account("late", Some("Workloads"), None).await;
    stage.pass(300);
    assert_eq!(stage.children(&workloads).await.len(), 1);
    assert!(!stage.has_execution_role("late"));
}

#[tokio::test(start_paused = true)]
async fn a_second_move_into_a_busy_unit_is_not_followed_up() {
    let (mut stage, workloads, sandbox) = two_registered_units(true).await;
    stage.account("second", Some("Workloads")).await;
    stage.pass(300);
    stage.move_account("app", Some("Workloads"), Some("Sandbox")).await;
    stage.move_account("second", Some("Workloads"), Some("Sandbox")).await;
    stage.pass(3600);
    assert_eq!(stage.children(&sandbox).await.len(), 1);
    assert_eq!(stage.children(&workloads).await.len(), 1);
    assert_eq!(inheritance(&stage, &sandbox).await, "DRIFTED");
}

#[tokio::test(start_paused = true)]
async fn auto_enrolment_is_not_retroactive() {
    let (stage, _, sandbox) = two_registered_units(false).await;
    stage.move_account("app", Some("Workloads"), Some("Sandbox")).await;
    let input = json!({
        "landingZoneIdentifier": stage.zone_arn().await,
        "version": "4.0",
        "manifest": stage.manifest(),
        "remediationTypes": ["INHERITANCE_DRIFT"],
    });
    stage.must("controltower", "UpdateLandingZone", input).await;
    stage.pass(86_400);
    assert_eq!(inheritance(&stage, &sandbox).await, "DRIFTED");
    assert!(stage.children(&sandbox).await.is_empty());
}

async fn drift_of_zone(stage: &Stage) -> Value {
    stage.zone().await["driftStatus"]["status"].clone()
}

#[tokio::test(start_paused = true)]
async fn trusted_access_switched_off_and_on_again_is_drift_until_a_reset() {
    let stage = Stage::governed(false).await;
    let principal = json!({"ServicePrincipal": "controltower.amazonaws.com"});
    stage.must("organizations", "DisableAWSServiceAccess", principal.clone()).await;
    assert_eq!(drift_of_zone(&stage).await, "DRIFTED");
    stage.must("organizations", "EnableAWSServiceAccess", principal).await;
    assert_eq!(drift_of_zone(&stage).await, "DRIFTED");
    stage
        .must("controltower", "ResetLandingZone", json!({"landingZoneIdentifier": stage.zone_arn().await}))
        .await;
    stage.pass(1200);
    assert_eq!(drift_of_zone(&stage).await, "IN_SYNC");
}

#[tokio::test(start_paused = true)]
async fn a_shared_account_moved_away_is_drift() {
    let stage = Stage::governed(false).await;
    stage.move_account("log", Some("Security"), Some("Workloads")).await;
    assert_eq!(drift_of_zone(&stage).await, "DRIFTED");
    stage.move_account("log", Some("Workloads"), Some("Security")).await;
    assert_eq!(drift_of_zone(&stage).await, "IN_SYNC");
}

#[tokio::test(start_paused = true)]
async fn a_detached_guardrail_policy_is_drift_until_a_reset_attaches_it() {
    let stage = Stage::governed_by_3_3().await;
    let security = &stage.units["Security"];
    let world = stage.sim.world();
    let tree = world.organizations.of(MANAGEMENT).expect("an organization");
    let policies: Vec<&str> = tree
        .attached(security, "SERVICE_CONTROL_POLICY")
        .into_iter()
        .filter(|id| tree.policies.get(*id).is_some_and(|policy| policy.name.starts_with("aws-guardrails-")))
        .collect();
    assert_eq!(policies.len(), 1);
    let detach = json!({"PolicyId": policies[0], "TargetId": security});
    stage.must("organizations", "DetachPolicy", detach).await;
    assert_eq!(drift_of_zone(&stage).await, "DRIFTED");
    stage
        .must("controltower", "ResetLandingZone", json!({"landingZoneIdentifier": stage.zone_arn().await}))
        .await;
    stage.pass(1200);
    assert_eq!(drift_of_zone(&stage).await, "IN_SYNC");
}
