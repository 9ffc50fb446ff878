//! Policies of permission sets, and what an account gets of them and when.

use serde_json::{Value, json};

use super::Stage;
use crate::sim::services::iam::testing::READ_S3;
use crate::sim::testing::done;

const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const LATEST: &str = "LATEST_PERMISSION_SET_PROVISIONED";
const NOT_LATEST: &str = "LATEST_PERMISSION_SET_NOT_PROVISIONED";

async fn provision(stage: &Stage, set: &Value, target: Value) -> Value {
    let mut asked = target;
    asked["PermissionSetArn"] = set.clone();
    let begun = stage.must("ProvisionPermissionSet", asked).await;
    stage.pass(60);
    let id = &begun["PermissionSetProvisioningStatus"]["RequestId"];
    let asked = json!({"ProvisionPermissionSetRequestId": id});
    let status = stage.must("DescribePermissionSetProvisioningStatus", asked).await;
    status["PermissionSetProvisioningStatus"].clone()
}

#[tokio::test(start_paused = true)]
async fn an_edited_set_is_not_the_latest_in_an_account_until_it_is_provisioned() {
    let stage = Stage::new().await;
    let set = stage.set("a").await;
    stage.assign(&set, &stage.member).await;
    assert_eq!(stage.accounts(&set, LATEST).await, json!([stage.member]));
    let attach = json!({"PermissionSetArn": set, "ManagedPolicyArn": READ_ONLY});
    stage.must("AttachManagedPolicyToPermissionSet", attach.clone()).await;
    assert_eq!(stage.accounts(&set, LATEST).await, json!([]));
    assert_eq!(stage.accounts(&set, NOT_LATEST).await, json!([stage.member]));
    let role = stage.roles(&stage.member).remove(0);
    let attached = |stage: &Stage| {
        let world = stage.sim.world();
        let found = crate::sim::services::iam::queries::role(&world, &stage.member, &role);
        found.expect("the role").attached.contains(READ_ONLY)
    };
    assert!(!attached(&stage));
    let status = provision(&stage, &set, json!({"TargetType": "ALL_PROVISIONED_ACCOUNTS"})).await;
    assert_eq!(status["Status"], "SUCCEEDED");
    assert!(attached(&stage));
    assert_eq!(stage.accounts(&set, LATEST).await, json!([stage.member]));
    assert_eq!(
        stage.refused("AttachManagedPolicyToPermissionSet", attach.clone()).await.0,
        "ConflictException"
    );
    stage.must("DetachManagedPolicyFromPermissionSet", attach.clone()).await;
    let again = stage.refused("DetachManagedPolicyFromPermissionSet", attach).await;
    assert_eq!(again.0, "ResourceNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn a_customer_managed_policy_must_exist_in_the_account_that_is_given_the_set() {
    let stage = Stage::new().await;
    let set = stage.set("a").await;
    let reference = json!({"Name": "own", "Path": "/team/"});
    let attach = json!({"PermissionSetArn": set, "CustomerManagedPolicyReference": reference});
    stage.must("AttachCustomerManagedPolicyReferenceToPermissionSet", attach.clone()).await;
    let twice = stage.refused("AttachCustomerManagedPolicyReferenceToPermissionSet", attach).await;
    assert_eq!(twice.0, "ConflictException");
    let failed = stage.assign(&set, super::MANAGEMENT).await;
    assert_eq!(failed["Status"], "FAILED");
    let reason = failed["FailureReason"].as_str().expect("a reason");
    assert!(reason.starts_with("Received a 404 status error: Not supported policy"), "{reason}");
    assert!(reason.contains("policy/team/own"), "{reason}");
    let policy = json!({"PolicyName": "own", "Path": "/team/", "PolicyDocument": READ_S3});
    done(&stage.sim, "iam", "CreatePolicy", policy).await;
    assert_eq!(stage.assign(&set, super::MANAGEMENT).await["Status"], "SUCCEEDED");
}

#[tokio::test(start_paused = true)]
async fn an_inline_policy_is_checked_and_its_absence_is_an_empty_text() {
    let stage = Stage::new().await;
    let set = stage.set("a").await;
    let of_set = json!({"PermissionSetArn": set});
    let inline = |stage: &Stage| {
        let (sim, asked) =
            (stage.sim.clone(), json!({"PermissionSetArn": set, "InstanceArn": stage.instance}));
        async move {
            done(&sim, "sso-admin", "GetInlinePolicyForPermissionSet", asked).await["InlinePolicy"].clone()
        }
    };
    assert_eq!(inline(&stage).await, "");
    let wrong = json!({"PermissionSetArn": set, "InlinePolicy": "{"});
    assert_eq!(stage.refused("PutInlinePolicyToPermissionSet", wrong).await.0, "ValidationException");
    let long = format!("{}{}", READ_S3.trim_end_matches('}'), " ".repeat(12_000)) + "}";
    let spaced = json!({"PermissionSetArn": set, "InlinePolicy": long});
    stage.must("PutInlinePolicyToPermissionSet", spaced).await;
    stage
        .must("PutInlinePolicyToPermissionSet", json!({"PermissionSetArn": set, "InlinePolicy": READ_S3}))
        .await;
    assert_eq!(inline(&stage).await, READ_S3);
    stage.must("DeleteInlinePolicyFromPermissionSet", of_set).await;
    assert_eq!(inline(&stage).await, "");
}

#[tokio::test(start_paused = true)]
async fn a_boundary_is_one_policy_of_either_kind() {
    let stage = Stage::new().await;
    let set = stage.set("a").await;
    let of_set = json!({"PermissionSetArn": set});
    let none = stage.refused("GetPermissionsBoundaryForPermissionSet", of_set.clone()).await;
    assert_eq!(none.0, "ResourceNotFoundException");
    let both = json!({"ManagedPolicyArn": READ_ONLY, "CustomerManagedPolicyReference": {"Name": "own"}});
    for wrong in [json!({}), both] {
        let asked = json!({"PermissionSetArn": set, "PermissionsBoundary": wrong});
        assert_eq!(
            stage.refused("PutPermissionsBoundaryToPermissionSet", asked).await.0,
            "ValidationException"
        );
    }
    let asked = json!({"PermissionSetArn": set, "PermissionsBoundary": {"ManagedPolicyArn": READ_ONLY}});
    stage.must("PutPermissionsBoundaryToPermissionSet", asked).await;
    let shown = stage.must("GetPermissionsBoundaryForPermissionSet", of_set.clone()).await;
    assert_eq!(shown["PermissionsBoundary"], json!({"ManagedPolicyArn": READ_ONLY}));
    stage.must("DeletePermissionsBoundaryFromPermissionSet", of_set).await;
}

#[tokio::test(start_paused = true)]
async fn a_set_has_twenty_five_policies_and_an_account_takes_ten() {
    let stage = Stage::new().await;
    let set = stage.set("a").await;
    for number in 0..25 {
        let arn = format!("arn:aws:iam::aws:policy/AmazonExample{number}Access");
        let attach = json!({"PermissionSetArn": set, "ManagedPolicyArn": arn});
        stage.must("AttachManagedPolicyToPermissionSet", attach).await;
    }
    let attach = json!({"PermissionSetArn": set, "ManagedPolicyArn": READ_ONLY});
    let full = stage.refused("AttachManagedPolicyToPermissionSet", attach).await;
    assert_eq!(full.0, "ServiceQuotaExceededException");
    let failed = stage.assign(&set, &stage.member).await;
    assert_eq!(failed["Status"], "FAILED", "{failed}");
}

#[tokio::test(start_paused = true)]
async fn a_target_is_named_for_one_account_and_only_then() {
    let stage = Stage::new().await;
    let set = stage.set("a").await;
    let wrong = [
        json!({"PermissionSetArn": set, "TargetType": "AWS_ACCOUNT"}),
        json!({"PermissionSetArn": set, "TargetType": "ALL_PROVISIONED_ACCOUNTS", "TargetId": stage.member}),
    ];
    for asked in wrong {
        assert_eq!(stage.refused("ProvisionPermissionSet", asked).await.0, "ValidationException");
    }
    let status =
        provision(&stage, &set, json!({"TargetType": "AWS_ACCOUNT", "TargetId": stage.member})).await;
    assert_eq!(status["Status"], "SUCCEEDED");
    assert_eq!(stage.accounts(&set, LATEST).await, json!([stage.member]));
}
