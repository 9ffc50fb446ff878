//! The role that an account has for a permission set, seen through IAM.

use serde_json::json;

use super::{MANAGEMENT, Stage};
use crate::sim::services::iam::testing::element;
use crate::sim::testing::ask;

#[tokio::test(start_paused = true)]
async fn the_role_of_a_set_is_reserved_and_nobody_else_changes_it() {
    let stage = Stage::new().await;
    let set = stage.set("Developer").await;
    stage.assign(&set, MANAGEMENT).await;
    let role = stage.roles(MANAGEMENT).remove(0);
    let shown = ask(&stage.sim, "iam", "GetRole", json!({"RoleName": role})).await;
    assert_eq!(element(&shown, "Path"), "/aws-reserved/sso.amazonaws.com/");
    let attach = json!({"RoleName": role, "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"});
    let refused = ask(&stage.sim, "iam", "AttachRolePolicy", attach).await;
    assert_eq!(refused.code().as_deref(), Some("UnmodifiableEntity"));
    assert!(element(&refused, "Message").starts_with("Cannot perform the operation on the protected role"));
}
