//! Account assignments: asynchronous, limited in number, failing for reasons that are told later; and who may make them.

use serde_json::json;

use super::{MANAGEMENT, Stage};
use crate::sim::testing::done;
use crate::sim::{Fault, FaultPlan};

#[tokio::test(start_paused = true)]
async fn access_is_there_when_its_operation_ended_and_goes_with_its_role() {
    let stage = Stage::new().await;
    let set = stage.set("Developer").await;
    let begun = stage.must("CreateAccountAssignment", stage.assignment(&set, &stage.member)).await;
    let status = &begun["AccountAssignmentCreationStatus"];
    assert_eq!(status["Status"], "IN_PROGRESS");
    assert!(status.get("CreatedDate").is_none(), "{status}");
    let listing = json!({"PermissionSetArn": set, "AccountId": stage.member});
    let listed = stage.must("ListAccountAssignments", listing.clone()).await;
    assert_eq!(listed["AccountAssignments"], json!([]));
    let again = stage.refused("CreateAccountAssignment", stage.assignment(&set, &stage.member)).await;
    assert_eq!(again.0, "ConflictException");
    stage.pass(60);
    assert_eq!(stage.creation(&begun).await["Status"], "SUCCEEDED");
    let listed = stage.must("ListAccountAssignments", listing).await;
    assert_eq!(listed["AccountAssignments"][0]["PrincipalId"], json!(stage.group));
    let roles = stage.roles(&stage.member);
    assert!(roles[0].starts_with("AWSReservedSSO_Developer_"), "{roles:?}");
    assert_eq!(stage.assign(&set, &stage.member).await["Status"], "SUCCEEDED", "a repeat changes nothing");
    let begun = stage.must("DeleteAccountAssignment", stage.assignment(&set, &stage.member)).await;
    stage.pass(60);
    let id = &begun["AccountAssignmentDeletionStatus"]["RequestId"];
    let asked = json!({"AccountAssignmentDeletionRequestId": id});
    let ended = stage.must("DescribeAccountAssignmentDeletionStatus", asked).await;
    assert_eq!(ended["AccountAssignmentDeletionStatus"]["Status"], "SUCCEEDED");
    assert!(stage.roles(&stage.member).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_done_is_told_by_the_operation_and_not_by_the_request() {
    let stage = Stage::new().await;
    let set = stage.set("a").await;
    let mut nobody = stage.assignment(&set, &stage.member);
    nobody["PrincipalId"] = json!("00000000-0000-0000-0000-000000000000");
    let begun = stage.must("CreateAccountAssignment", nobody).await;
    let begun_far = stage.must("CreateAccountAssignment", stage.assignment(&set, "999900001111")).await;
    stage.pass(120);
    let failed = stage.creation(&begun).await;
    assert_eq!(failed["Status"], "FAILED");
    let reason = failed["FailureReason"].as_str().expect("a reason");
    assert!(
        reason.contains("the GROUP assignee 00000000-0000-0000-0000-000000000000 was not found"),
        "{reason}"
    );
    assert_eq!(stage.creation(&begun_far).await["Status"], "FAILED");
    let begun = stage.must("DeleteAccountAssignment", stage.assignment(&set, &stage.member)).await;
    stage.pass(60);
    let id = &begun["AccountAssignmentDeletionStatus"]["RequestId"];
    let failed = stage
        .must("DescribeAccountAssignmentDeletionStatus", json!({"AccountAssignmentDeletionRequestId": id}))
        .await;
    let failed = &failed["AccountAssignmentDeletionStatus"];
    assert!(failed["FailureReason"].as_str().is_some_and(|reason| reason.contains("404")), "{failed}");
    let failures = json!({"Filter": {"Status": "FAILED"}});
    let listed = stage.must("ListAccountAssignmentCreationStatus", failures).await;
    assert_eq!(listed["AccountAssignmentsCreationStatus"].as_array().map(Vec::len), Some(2));
}

#[tokio::test(start_paused = true)]
async fn fifteen_assignments_may_be_outstanding() {
    let stage = Stage::new().await;
    let mut sets = Vec::new();
    for number in 0..16 {
        sets.push(stage.set(&format!("s{number}")).await);
    }
    for set in &sets[..15] {
        stage.must("CreateAccountAssignment", stage.assignment(set, &stage.member)).await;
    }
    let beyond = stage.refused("CreateAccountAssignment", stage.assignment(&sets[15], &stage.member)).await;
    assert_eq!(beyond.0, "ThrottlingException");
    assert_eq!(beyond.1, "There are too many requests processing. Please try again later.");
    stage.pass(16);
    stage.must("CreateAccountAssignment", stage.assignment(&sets[15], &stage.member)).await;
    stage.pass(60);
    let open = json!({"Filter": {"Status": "IN_PROGRESS"}});
    let open = stage.must("ListAccountAssignmentCreationStatus", open).await;
    let left = open["AccountAssignmentsCreationStatus"].as_array().map(Vec::len);
    assert_eq!(left, Some(11), "an account's roles are worked on one after the other");
}

#[tokio::test(start_paused = true)]
async fn a_delegated_administrator_does_everything_but_what_concerns_the_management_account() {
    let stage = Stage::new().await;
    let set = stage.set("a").await;
    let denied = Some("AccessDeniedException");
    let as_member = stage.ask_as(&stage.member, "ListPermissionSets", json!({})).await;
    assert_eq!(as_member.code().as_deref(), denied);
    let delegate = json!({"AccountId": stage.member, "ServicePrincipal": "sso.amazonaws.com"});
    done(&stage.sim, "organizations", "RegisterDelegatedAdministrator", delegate).await;
    let own = stage.assignment(&set, &stage.member);
    assert_eq!(stage.ask_as(&stage.member, "CreateAccountAssignment", own).await.code(), None);
    let theirs = stage.assignment(&set, MANAGEMENT);
    let refused = stage.ask_as(&stage.member, "CreateAccountAssignment", theirs).await;
    assert_eq!(refused.code().as_deref(), denied);
    assert_eq!(stage.assign(&set, MANAGEMENT).await["Status"], "SUCCEEDED");
    let edit = json!({"PermissionSetArn": set, "Description": "other"});
    let refused = stage.ask_as(&stage.member, "UpdatePermissionSet", edit.clone()).await;
    assert_eq!(refused.code().as_deref(), denied, "the set is provisioned in the management account");
    stage.must("UpdatePermissionSet", edit).await;
    let deletion = stage.ask_as(&stage.member, "DeleteInstance", json!({})).await;
    assert_eq!(deletion.code().as_deref(), denied);
}

#[tokio::test(start_paused = true)]
async fn a_user_has_what_its_groups_have() {
    let stage = Stage::new().await;
    let set = stage.set("a").await;
    stage.assign(&set, &stage.member).await;
    let user = json!({"IdentityStoreId": stage.store, "UserName": "ana", "DisplayName": "ana",
        "Name": {"GivenName": "ana", "FamilyName": "Example"}});
    let user = done(&stage.sim, "identitystore", "CreateUser", user).await["UserId"].clone();
    let asked = json!({"PrincipalId": user, "PrincipalType": "USER"});
    let before = stage.must("ListAccountAssignmentsForPrincipal", asked.clone()).await;
    assert_eq!(before["AccountAssignments"], json!([]));
    let joining =
        json!({"IdentityStoreId": stage.store, "GroupId": stage.group, "MemberId": {"UserId": user}});
    done(&stage.sim, "identitystore", "CreateGroupMembership", joining).await;
    let after = stage.must("ListAccountAssignmentsForPrincipal", asked).await;
    assert_eq!(after["AccountAssignments"][0]["PrincipalType"], "GROUP");
    assert_eq!(after["AccountAssignments"][0]["AccountId"], json!(stage.member));
}

#[tokio::test(start_paused = true)]
async fn faults_make_an_assignment_fail_or_hang() {
    let stage = Stage::new().await;
    let set = stage.set("a").await;
    let reason = "Received a 409 status error: the quota of roles is reached.".to_owned();
    let fault = Fault::OperationFails { reason: reason.clone() };
    stage.sim.arm(FaultPlan::one("sso-admin:CreateAccountAssignment", 1, fault));
    assert_eq!(stage.assign(&set, &stage.member).await["FailureReason"], json!(reason));
    stage.sim.arm(FaultPlan::one("sso-admin:CreateAccountAssignment", 1, Fault::OperationHangs));
    let begun = stage.must("CreateAccountAssignment", stage.assignment(&set, &stage.member)).await;
    stage.pass(86_400);
    assert_eq!(stage.creation(&begun).await["Status"], "IN_PROGRESS");
    stage.sim.change(crate::sim::World::end_hanging);
    assert_eq!(stage.creation(&begun).await["Status"], "SUCCEEDED");
}

#[tokio::test(start_paused = true)]
async fn operations_go_on_in_a_world_that_was_saved() {
    let stage = Stage::new().await;
    let set = stage.set("a").await;
    let begun = stage.must("CreateAccountAssignment", stage.assignment(&set, &stage.member)).await;
    let text = serde_json::to_string(&stage.sim.world()).expect("a world as text");
    let world = serde_json::from_str(&text).expect("a world from text");
    let again = crate::sim::Simulator::from_world(world, crate::sim::testing::quiet());
    let stage = Stage { sim: again, ..stage };
    stage.pass(60);
    assert_eq!(stage.creation(&begun).await["Status"], "SUCCEEDED");
}
