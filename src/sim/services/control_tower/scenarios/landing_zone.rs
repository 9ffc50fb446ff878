//! The life of a landing zone: creation and what stops it, updates, resets, decommission.
//!
//! In: a stage. Out: what the wire shows. Absent: baselines of units and controls.

use serde_json::{Value, json};

use super::{MANAGEMENT, Stage};
use crate::sim::testing::ask_as;

fn creating(stage: &Stage) -> Value {
    json!({"version": "4.0", "manifest": stage.manifest()})
}

#[tokio::test(start_paused = true)]
async fn a_landing_zone_takes_half_an_hour_and_keeps_its_manifest_as_sent() {
    let stage = Stage::prepared().await;
    let begun = stage.must("controltower", "CreateLandingZone", creating(&stage)).await;
    stage.pass(1799);
    assert_eq!(stage.zone().await["status"], "PROCESSING");
    stage.pass(1);
    let zone = stage.zone().await;
    assert_eq!((&zone["status"], &zone["driftStatus"]["status"]), (&json!("ACTIVE"), &json!("IN_SYNC")));
    assert_eq!(zone["manifest"], stage.manifest());
    assert_eq!(zone["latestAvailableVersion"], "4.0");
    assert_eq!(stage.zone_operation(&begun["operationIdentifier"]).await["status"], "SUCCEEDED");
    let world = stage.sim.world();
    let tree = world.organizations.of(MANAGEMENT).expect("an organization");
    for principal in ["controltower", "config", "cloudtrail", "sso"] {
        assert!(tree.has_service_access(&format!("{principal}.amazonaws.com")), "{principal}");
    }
    assert!(!tree.has_service_access("backup.amazonaws.com"));
    assert!(tree.delegated[&stage.accounts["audit"]].contains_key("config.amazonaws.com"));
    assert!(stage.has_execution_role("log") && stage.has_execution_role("audit"));
    let enabled = stage.must("controltower", "ListEnabledBaselines", json!({})).await;
    assert_eq!(enabled["enabledBaselines"].as_array().map(Vec::len), Some(4));
}

#[tokio::test(start_paused = true)]
async fn the_service_roles_must_exist_and_be_a_minute_old() {
    let stage = Stage::organization().await;
    let (code, words) = stage.refused("CreateLandingZone", creating(&stage)).await;
    assert_eq!(code, "ValidationException");
    assert!(
        words.contains("the IAM role AWSControlTowerAdmin does not exist or have sufficient permissions"),
        "{words}"
    );
    stage.roles();
    stage.pass(59);
    let (_, words) = stage.refused("CreateLandingZone", creating(&stage)).await;
    assert!(words.contains("CUSTOMER_ASSUME_ROLE_FAILED"), "{words}");
    stage.pass(1);
    stage.must("controltower", "CreateLandingZone", creating(&stage)).await;
}

#[tokio::test(start_paused = true)]
async fn only_the_latest_version_can_be_created_and_only_once() {
    let stage = Stage::prepared().await;
    let old = json!({"version": "3.3", "manifest": stage.manifest()});
    assert_eq!(stage.refused("CreateLandingZone", old).await.0, "ValidationException");
    stage.must("controltower", "CreateLandingZone", creating(&stage)).await;
    let (code, words) = stage.refused("CreateLandingZone", creating(&stage)).await;
    assert_eq!(code, "ConflictException");
    assert!(words.contains("another execution is in progress"), "{words}");
    stage.pass(1800);
    assert_eq!(stage.refused("CreateLandingZone", creating(&stage)).await.0, "ConflictException");
}

#[tokio::test(start_paused = true)]
async fn the_integration_accounts_share_one_unit_directly_under_the_root() {
    let mut stage = Stage::prepared().await;
    stage.move_account("log", Some("Security"), Some("Workloads")).await;
    let (code, words) = stage.refused("CreateLandingZone", creating(&stage)).await;
    assert_eq!(code, "ValidationException");
    assert!(words.contains("same organizational unit"), "{words}");
    stage.unit("Deep", Some("Workloads")).await;
    stage.move_account("log", Some("Workloads"), Some("Deep")).await;
    stage.move_account("audit", Some("Security"), Some("Deep")).await;
    assert!(stage.refused("CreateLandingZone", creating(&stage)).await.1.contains("directly under the root"));
}

#[tokio::test(start_paused = true)]
async fn a_closed_or_foreign_integration_account_is_refused_by_its_path() {
    let stage = Stage::prepared().await;
    let mut foreign = creating(&stage);
    foreign["manifest"]["centralizedLogging"]["accountId"] = json!("999988887777");
    assert!(stage.refused("CreateLandingZone", foreign).await.1.contains("centralizedLogging.accountId"));
    stage.close("audit");
    assert!(stage.refused("CreateLandingZone", creating(&stage)).await.1.contains("config.accountId"));
}

#[tokio::test(start_paused = true)]
async fn trusted_access_for_config_must_be_off_before_the_first_setup() {
    let stage = Stage::prepared().await;
    let principal = json!({"ServicePrincipal": "config.amazonaws.com"});
    stage.must("organizations", "EnableAWSServiceAccess", principal.clone()).await;
    assert!(stage.refused("CreateLandingZone", creating(&stage)).await.1.contains("config.amazonaws.com"));
    stage.must("organizations", "DisableAWSServiceAccess", principal).await;
    stage.must("controltower", "CreateLandingZone", creating(&stage)).await;
}

#[tokio::test(start_paused = true)]
async fn a_member_account_is_denied() {
    let stage = Stage::prepared().await;
    let answer =
        ask_as(&stage.sim, &stage.accounts["log"], None, "controltower", "ListLandingZones", json!({})).await;
    assert_eq!((answer.status, answer.code().as_deref()), (403, Some("AccessDeniedException")));
}

#[tokio::test(start_paused = true)]
async fn an_account_closed_meanwhile_fails_the_creation_and_reset_repairs_it() {
    let stage = Stage::prepared().await;
    let begun = stage.must("controltower", "CreateLandingZone", creating(&stage)).await;
    stage.close("log");
    stage.pass(1800);
    let operation = stage.zone_operation(&begun["operationIdentifier"]).await;
    assert_eq!(operation["status"], "FAILED");
    assert!(operation["statusMessage"].as_str().is_some_and(|words| words.contains("centralizedLogging")));
    assert_eq!(stage.zone().await["status"], "FAILED");
    let id = stage.accounts["log"].clone();
    stage.sim.change(|world| {
        let tree = world.organizations.of_mut(MANAGEMENT).expect("an organization");
        tree.accounts.get_mut(&id).expect("the account").state = Default::default();
    });
    stage
        .must("controltower", "ResetLandingZone", json!({"landingZoneIdentifier": stage.zone_arn().await}))
        .await;
    stage.pass(1200);
    assert_eq!(stage.zone().await["status"], "ACTIVE");
}

#[tokio::test(start_paused = true)]
async fn a_decommission_takes_two_hours_and_leaves_nothing_to_get() {
    let stage = Stage::governed(false).await;
    stage.register("Workloads").await;
    let arn = stage.zone_arn().await;
    let input = json!({"landingZoneIdentifier": arn});
    let begun = stage.must("controltower", "DeleteLandingZone", input.clone()).await;
    let again = stage.must("controltower", "DeleteLandingZone", input.clone()).await;
    assert_eq!(begun, again);
    stage.pass(7200);
    assert_eq!(stage.zone_operation(&begun["operationIdentifier"]).await["status"], "SUCCEEDED");
    assert_eq!(stage.refused("GetLandingZone", input).await.0, "ResourceNotFoundException");
    stage.must("controltower", "CreateLandingZone", creating(&stage)).await;
}

#[tokio::test(start_paused = true)]
async fn operations_are_listed_latest_first_and_forgotten_after_ninety_days() {
    let stage = Stage::governed(false).await;
    let reset = json!({"landingZoneIdentifier": stage.zone_arn().await});
    stage.must("controltower", "ResetLandingZone", reset).await;
    let listed = stage.must("controltower", "ListLandingZoneOperations", json!({})).await;
    let kinds: Vec<&Value> = listed["landingZoneOperations"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["operationType"])
        .collect();
    assert_eq!(kinds, ["RESET", "CREATE"]);
    let filter = json!({"filter": {"statuses": ["SUCCEEDED"]}});
    let listed = stage.must("controltower", "ListLandingZoneOperations", filter).await;
    assert_eq!(listed["landingZoneOperations"].as_array().map(Vec::len), Some(1));
    stage.pass(91 * 86_400);
    let listed = stage.must("controltower", "ListLandingZoneOperations", json!({})).await;
    assert_eq!(listed["landingZoneOperations"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn tags_given_at_creation_are_kept_and_others_are_added() {
    let stage = Stage::prepared().await;
    let mut input = creating(&stage);
    input["tags"] = json!({"team": "cloud"});
    let arn = stage.must("controltower", "CreateLandingZone", input).await["arn"].clone();
    stage.must("controltower", "TagResource", json!({"resourceArn": arn, "tags": {"cost": "7"}})).await;
    let tags = stage.must("controltower", "ListTagsForResource", json!({"resourceArn": arn})).await;
    assert_eq!(tags["tags"], json!({"team": "cloud", "cost": "7"}));
}

#[tokio::test(start_paused = true)]
async fn another_region_than_home_knows_nothing_of_the_landing_zone() {
    let stage = Stage::governed(false).await;
    let arn = stage.zone_arn().await;
    stage.sim.change(|world| {
        if let Some(zone) = &mut world.control_tower.zone {
            zone.home = "eu-west-1".to_owned();
        }
    });
    let listed = stage.must("controltower", "ListLandingZones", json!({})).await;
    assert_eq!(listed["landingZones"], json!([]));
    let input = json!({ "landingZoneIdentifier": arn });
    assert_eq!(stage.refused("GetLandingZone", input).await.0, "ResourceNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn a_world_saved_in_the_middle_of_an_operation_goes_on_from_there() {
    let stage = Stage::prepared().await;
    let begun = stage.must("controltower", "CreateLandingZone", creating(&stage)).await;
    stage.pass(900);
    let saved = serde_json::to_string(&stage.sim.world()).expect("JSON");
    let world = serde_json::from_str(&saved).expect("a world");
    let again = crate::sim::Simulator::from_world(world, crate::sim::testing::quiet());
    again.advance(std::time::Duration::from_secs(900));
    let input = json!({"operationIdentifier": begun["operationIdentifier"]});
    let answer = crate::sim::testing::ask(&again, "controltower", "GetLandingZoneOperation", input).await;
    assert_eq!(answer.json()["operationDetails"]["status"], "SUCCEEDED");
}
