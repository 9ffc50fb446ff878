//! Assigning a permission set to a group or user in one account, and taking it away.
//!
//! Both are asynchronous and polled by their request id. An assignment in the
//! management account takes the management account's credentials, which lzctl works
//! with anyway (IAM Identity Center User Guide, delegated administration).

use aws_sdk_ssoadmin::types::TargetType;

use super::{effect_if, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::assignments::{self, Principal};
use crate::cloud::inventory::identity_center::{Instance, required};
use crate::cloud::inventory::identity_store;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const ASSIGN: &str = "sso-admin:CreateAccountAssignment";
const UNASSIGN: &str = "sso-admin:DeleteAccountAssignment";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    if !["assign", "unassign"].contains(&task.verb.as_str()) {
        return Err(unknown_verb(task));
    }
    let (account, set) = (account(task)?, permission_set(task)?);
    let instance = required(connection).await?;
    let principal = principal(connection, &instance, task).await?;
    let site = instance.site(connection);
    let client = site.clients.ssoadmin();
    let (operation, status) = if task.verb == "assign" {
        let request = || {
            let request = client.create_account_assignment().instance_arn(&instance.arn);
            let request = request.target_type(TargetType::AwsAccount).target_id(account);
            request.permission_set_arn(set).principal_type(principal.kind()).principal_id(principal.id())
        };
        let answer = site.call(ASSIGN, || request().send()).await?;
        (ASSIGN, answer.account_assignment_creation_status)
    } else {
        let request = || {
            let request = client.delete_account_assignment().instance_arn(&instance.arn);
            let request = request.target_type(TargetType::AwsAccount).target_id(account);
            request.permission_set_arn(set).principal_type(principal.kind()).principal_id(principal.id())
        };
        let answer = site.call(UNASSIGN, || request().send()).await?;
        (UNASSIGN, answer.account_assignment_deletion_status)
    };
    let id = status.as_ref().and_then(|status| status.request_id());
    Ok(Progress::Running {
        operation: id.ok_or_else(|| CallError::unreadable(operation, "RequestId"))?.to_owned(),
        attributes: Attributes::new(),
    })
}

pub(super) async fn poll(connection: &Connection, task: &Task, id: &str) -> Result<Progress, CallError> {
    let instance = required(connection).await?;
    let deletion = task.verb == "unassign";
    let state = assignments::state(connection, &instance, id, deletion).await?;
    match state.status.as_str() {
        "SUCCEEDED" => Ok(Progress::Done(Attributes::new())),
        "FAILED" => {
            let reason = state.reason.unwrap_or_else(|| "Identity Center gives no reason".to_owned());
            Err(CallError::operation_failed(if deletion { UNASSIGN } else { ASSIGN }, reason))
        }
        _ => Ok(Progress::Running { operation: id.to_owned(), attributes: Attributes::new() }),
    }
}

/// The list of requests names neither account nor set, so what is assigned is asked for.
pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let (account, set) = (account(task)?, permission_set(task)?);
    let instance = required(connection).await?;
    let principal = principal(connection, &instance, task).await?;
    let assigned = assignments::of(connection, &instance, &principal, Some(account)).await?;
    let there = assigned.iter().any(|one| one.account == account && one.permission_set == set);
    match task.verb.as_str() {
        "assign" => Ok(effect_if(there)),
        "unassign" => Ok(effect_if(!there)),
        _ => Err(unknown_verb(task)),
    }
}

/// The id of the account that the step is about.
fn account(task: &Task) -> Result<&str, CallError> {
    task.text(&format!("accounts.{}", task.item))
}

/// The set's ARN: the document's by reference, or that of what was seen.
fn permission_set(task: &Task) -> Result<&str, CallError> {
    task.key("permission_set").map_or_else(|| task.own("permission_set"), Ok)
}

/// Whom the step is about. A user is found by name, since users are not managed.
async fn principal(
    connection: &Connection,
    instance: &Instance,
    task: &Task,
) -> Result<Principal, CallError> {
    let Some(name) = task.key("user") else {
        let id = task.key("principal").map_or_else(|| task.own("principal"), Ok)?;
        return Ok(Principal::Group(id.to_owned()));
    };
    if let Ok(id) = task.own("principal") {
        return Ok(Principal::User(id.to_owned()));
    }
    let id = identity_store::user_id(connection, instance, name).await?;
    id.map(Principal::User).ok_or_else(|| {
        let message = format!("Identity Center has no user `{name}`");
        CallError::ours("identitystore:GetUserId", code::UNSENDABLE, message, Verdict::Rejected)
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;
    use crate::cloud::doubles::{Double, ok, task};
    use crate::cloud::task::Performer as _;

    fn double() -> Double {
        let instance = json!({ "InstanceArn": "arn:aws:sso:::instance/ssoins-1", "IdentityStoreId": "d-1",
            "OwnerAccountId": "111111111111", "Status": "ACTIVE" });
        Double::new().on("ListInstances", ok(json!({ "Instances": [instance] })))
    }

    fn at(verb: &str, keys: Value, own: &[(&str, &str)]) -> Task {
        task(["assignment.Read:Ops", verb, "web"], json!({ "accounts.web": "222222222222" }), keys, own)
    }

    fn status(status: &str) -> Value {
        json!({ "Status": status, "RequestId": "request-7", "FailureReason": "no such account" })
    }

    #[tokio::test(start_paused = true)]
    async fn an_assignment_is_asked_for_once_and_followed_by_its_request() {
        let double = double()
            .on(
                "CreateAccountAssignment",
                ok(json!({ "AccountAssignmentCreationStatus": status("IN_PROGRESS") })),
            )
            .on(
                "DescribeAccountAssignmentCreationStatus",
                ok(json!({ "AccountAssignmentCreationStatus": status("SUCCEEDED") })),
            )
            .on(
                "DescribeAccountAssignmentCreationStatus",
                ok(json!({ "AccountAssignmentCreationStatus": status("FAILED") })),
            );
        let task =
            at("assign", json!({ "group": "Ops", "permission_set": "arn:ps", "principal": "g-1" }), &[]);
        let connection = double.connection().await;
        let Progress::Running { operation, .. } = connection.begin(&task).await.unwrap() else {
            panic!("not under way")
        };
        assert_eq!(operation, "request-7");
        let sent = &double.bodies("CreateAccountAssignment")[0];
        assert_eq!(
            (&sent["TargetId"], &sent["PrincipalType"], &sent["PrincipalId"], &sent["PermissionSetArn"]),
            (&json!("222222222222"), &json!("GROUP"), &json!("g-1"), &json!("arn:ps"))
        );
        let ended = connection.poll(&task, &operation).await.unwrap();
        assert_eq!(ended, Progress::Done(Attributes::new()));
        let error = connection.poll(&task, &operation).await.unwrap_err();
        assert!(error.message.contains("no such account"), "{error}");
        assert_eq!(double.bodies("ListInstances").len(), 1, "the instance is found once");
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_answer_is_looked_up_by_what_the_principal_has_in_the_account() {
        let has = |set: &str| {
            ok(json!({ "AccountAssignments": [{ "AccountId": "222222222222", "PermissionSetArn": set,
                "PrincipalId": "g-1", "PrincipalType": "GROUP" }] }))
        };
        let double = double()
            .on("ListAccountAssignmentsForPrincipal", has("arn:other"))
            .on("ListAccountAssignmentsForPrincipal", has("arn:ps"));
        let connection = double.connection().await;
        let known = [("permission_set", "arn:ps"), ("principal", "g-1")];
        let unassign = at("unassign", json!({ "group": "Ops" }), &known);
        let gone = connection.look_up(&unassign, Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(gone, effect_if(true));
        let there = connection.look_up(&unassign, Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(there, Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn a_user_is_found_by_name_and_one_who_is_not_there_is_refused_before_anything_is_sent() {
        let missing = crate::cloud::doubles::error(400, "ResourceNotFoundException", "no USER");
        let double = double().on("GetUserId", missing);
        let task = at("assign", json!({ "user": "ann", "permission_set": "arn:ps" }), &[]);
        let connection = double.connection().await;
        assert_eq!(connection.begin(&task).await.unwrap_err().verdict, Verdict::Rejected);
        assert_eq!(connection.counts().writes, 0);
    }
}
