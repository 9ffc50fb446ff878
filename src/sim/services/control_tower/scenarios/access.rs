//! Scenarios of Control Tower's part in IAM Identity Center.

use serde_json::{Value, json};

use super::{MANAGEMENT, Stage};
use crate::sim::services::identity_store::Source;
use crate::sim::services::sso_admin;

async fn instances(stage: &Stage) -> Value {
    stage.must("sso-admin", "ListInstances", json!({})).await["Instances"].clone()
}

/// The names of the permission sets that an account has, in order.
async fn sets(stage: &Stage, account: &str) -> Vec<String> {
    let instance = instances(stage).await[0]["InstanceArn"].clone();
    let asked = json!({"InstanceArn": instance, "AccountId": account});
    let listed = stage.must("sso-admin", "ListPermissionSetsProvisionedToAccount", asked).await;
    let mut names = Vec::new();
    for set in listed["PermissionSets"].as_array().expect("a list") {
        let asked = json!({"InstanceArn": instance, "PermissionSetArn": set});
        let shown = stage.must("sso-admin", "DescribePermissionSet", asked).await;
        names.push(shown["PermissionSet"]["Name"].as_str().expect("a name").to_owned());
    }
    names.sort();
    names
}

#[tokio::test(start_paused = true)]
async fn a_landing_zone_brings_identity_center_with_groups_and_access_to_its_own_accounts() {
    let stage = Stage::prepared().await;
    assert_eq!(instances(&stage).await, json!([]));
    drop(stage);
    let mut stage = Stage::governed(false).await;
    let found = instances(&stage).await;
    assert_eq!(found[0]["OwnerAccountId"], MANAGEMENT);
    let asked = json!({"IdentityStoreId": found[0]["IdentityStoreId"]});
    let groups = stage.must("identitystore", "ListGroups", asked).await;
    assert_eq!(groups["Groups"].as_array().map(Vec::len), Some(8));
    let three = ["AWSAdministratorAccess", "AWSPowerUserAccess", "AWSReadOnlyAccess"];
    assert_eq!(sets(&stage, &stage.accounts["log"]).await, three);
    assert_eq!(sets(&stage, &stage.accounts["audit"]).await, three);
    assert_eq!(sets(&stage, MANAGEMENT).await.len(), 5);
    stage.account("app", Some("Workloads")).await;
    assert!(sets(&stage, &stage.accounts["app"]).await.is_empty());
    stage.register("Workloads").await;
    let member = ["AWSOrganizationsFullAccess", "AWSPowerUserAccess", "AWSReadOnlyAccess"];
    assert_eq!(sets(&stage, &stage.accounts["app"]).await, member);
}

#[tokio::test(start_paused = true)]
async fn without_access_management_there_is_no_identity_center() {
    let stage = Stage::prepared().await;
    let mut manifest = stage.manifest();
    manifest["accessManagement"] = json!({"enabled": false});
    let input = json!({"version": "4.0", "manifest": manifest});
    stage.must("controltower", "CreateLandingZone", input).await;
    stage.pass(1800);
    assert_eq!(stage.zone().await["status"], "ACTIVE");
    assert_eq!(instances(&stage).await, json!([]));
}

#[tokio::test(start_paused = true)]
async fn an_identity_center_of_another_region_keeps_the_landing_zone_away() {
    let stage = Stage::prepared().await;
    stage.sim.change(|world| {
        let now = world.time;
        sso_admin::enable(world, MANAGEMENT, "eu-west-1", now);
    });
    let input = json!({"version": "4.0", "manifest": stage.manifest()});
    assert_eq!(stage.refused("CreateLandingZone", input).await.0, "ValidationException");
}

#[tokio::test(start_paused = true)]
async fn with_active_directory_nothing_is_put_into_the_directory_or_assigned() {
    let stage = Stage::prepared().await;
    stage.sim.change(|world| {
        let now = world.time;
        sso_admin::enable(world, MANAGEMENT, "us-east-1", now);
        for store in world.identity_store.stores.values_mut() {
            store.source = Source::ActiveDirectory;
        }
    });
    let input = json!({"version": "4.0", "manifest": stage.manifest()});
    stage.must("controltower", "CreateLandingZone", input).await;
    stage.pass(1800);
    assert_eq!(stage.zone().await["status"], "ACTIVE");
    let asked = json!({"IdentityStoreId": instances(&stage).await[0]["IdentityStoreId"]});
    assert_eq!(stage.must("identitystore", "ListGroups", asked).await["Groups"], json!([]));
    assert!(sets(&stage, MANAGEMENT).await.is_empty());
}
