//! Organization policies: create, update, tag, attach, detach, delete.
//!
//! Documents are sent without white space, because AWS counts every character.

use serde_json::Value;

use super::unit::{sdk_tags, tag, tagged};
use super::{effect_if, known, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::policies;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::{Attributes, policy};

const CREATE: &str = "organizations:CreatePolicy";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    match task.verb.as_str() {
        "create" => return create(connection, task).await,
        "update" => {
            let id = task.own("id")?;
            let text = |name: &str| task.inputs.get(name).and_then(Value::as_str).map(str::to_owned);
            let (name, description) = (text("name"), text("description"));
            let content =
                task.inputs.contains_key("content").then(|| task.document("content")).transpose()?;
            let request = || {
                let request = client.update_policy().policy_id(id).set_name(name.clone());
                request.set_description(description.clone()).set_content(content.clone())
            };
            site.call("organizations:UpdatePolicy", || request().send()).await?;
        }
        "tag" => return tag(connection, task).await,
        "attach" => {
            let (id, target) = (task.own("id")?, target(task)?);
            let request = || client.attach_policy().policy_id(id).target_id(target);
            site.call("organizations:AttachPolicy", || request().send()).await?;
        }
        "detach" => {
            let (id, target) = (task.own("id")?, target(task)?);
            let request = || client.detach_policy().policy_id(id).target_id(target);
            site.call("organizations:DetachPolicy", || request().send()).await?;
        }
        "delete" => {
            let id = task.own("id")?;
            site.call("organizations:DeletePolicy", || client.delete_policy().policy_id(id).send()).await?;
        }
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Done(Attributes::new()))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    match task.verb.as_str() {
        "create" => {
            let name = task.text("name")?;
            let live = policies::of_type(connection, kind(task)?).await?;
            let made = live.iter().find(|policy| policy.name == name);
            Ok(made.map_or(Found::Nothing, |one| {
                Found::Effect(Progress::Done(known([
                    ("id", &one.id),
                    ("arn", &one.arn),
                    ("type", &one.kind),
                ])))
            }))
        }
        "update" => {
            let live = policies::document(connection, task.own("id")?).await?;
            Ok(effect_if(live.is_some_and(|(live, content)| says(task, &live, &content))))
        }
        "tag" => tagged(connection, task).await,
        "attach" | "detach" => {
            let target = target(task)?;
            let attached =
                policies::targets(connection, task.own("id")?).await?.iter().any(|id| id == target);
            Ok(effect_if(attached == (task.verb == "attach")))
        }
        "delete" => Ok(effect_if(policies::document(connection, task.own("id")?).await?.is_none())),
        _ => Err(unknown_verb(task)),
    }
}

/// Whether the live policy has everything that the task sets.
fn says(task: &Task, live: &policies::Policy, content: &Value) -> bool {
    task.inputs.iter().all(|(field, wanted)| match field.as_str() {
        "name" => wanted.as_str() == Some(&live.name),
        "description" => wanted.as_str() == Some(&live.description),
        "content" => policy::same(content, wanted),
        _ => true,
    })
}

async fn create(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let (name, content, kind, tags) =
        (task.text("name")?, task.document("content")?, kind(task)?, sdk_tags(task)?);
    // AWS wants a description and takes an empty one.
    let description = task.inputs.get("description").and_then(Value::as_str).unwrap_or_default();
    let request = || {
        let request = client.create_policy().name(name).description(description).content(&content);
        request.r#type(kind.into()).set_tags(tags.clone())
    };
    let answer = site.call(CREATE, || request().send()).await?;
    let made = answer.policy().and_then(|policy| policy.policy_summary());
    let made = made.and_then(|made| Some(known([("id", made.id()?), ("arn", made.arn()?), ("type", kind)])));
    Ok(Progress::Done(made.ok_or_else(|| CallError::unreadable(CREATE, "Id or Arn"))?))
}

/// The id of the one target of the step.
fn target(task: &Task) -> Result<&str, CallError> {
    let target = task.leaves("targets").next().and_then(|(_, id)| id.as_str());
    target.ok_or_else(|| lacks(task, "target"))
}

fn kind(task: &Task) -> Result<&str, CallError> {
    task.key("type").ok_or_else(|| lacks(task, "type"))
}

fn lacks(task: &Task, name: &str) -> CallError {
    let message = format!("the step {}:{} has no usable `{name}`", task.address, task.verb);
    CallError::ours(task.address.kind.name(), code::UNSENDABLE, message, Verdict::Rejected)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, ok, task};
    use crate::cloud::task::Performer as _;

    fn summary() -> Value {
        json!({ "Id": "p-1", "Arn": "arn:p-1", "Name": "deny", "Description": "", "Type": "SERVICE_CONTROL_POLICY",
            "AwsManaged": false })
    }

    fn step(verb: &str, item: &str, inputs: Value) -> Task {
        let keys = json!({ "type": "SERVICE_CONTROL_POLICY" });
        task(["policy.deny", verb, item], inputs, keys, &[("id", "p-1")])
    }

    #[tokio::test(start_paused = true)]
    async fn a_policy_is_sent_without_white_space_and_found_by_its_name() {
        let double = Double::new()
            .on("CreatePolicy", ok(json!({ "Policy": { "PolicySummary": summary() } })))
            .on("ListPolicies", ok(json!({ "Policies": [summary()] })))
            .on("ListPolicies", ok(json!({ "Policies": [] })));
        let connection = double.connection().await;
        let content = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny" }] });
        let create = step("create", "", json!({ "name": "deny", "content": content, "tags.a": "b" }));
        let done =
            Progress::Done(known([("id", "p-1"), ("arn", "arn:p-1"), ("type", "SERVICE_CONTROL_POLICY")]));
        assert_eq!(connection.begin(&create).await.unwrap(), done);
        let sent = &double.bodies("CreatePolicy")[0];
        assert_eq!(sent["Content"], json!(r#"{"Statement":[{"Effect":"Deny"}],"Version":"2012-10-17"}"#));
        assert_eq!((&sent["Type"], &sent["Description"]), (&json!("SERVICE_CONTROL_POLICY"), &json!("")));
        assert_eq!(sent["Tags"], json!([{ "Key": "a", "Value": "b" }]));
        let look = || async { connection.look_up(&create, Timestamp::UNIX_EPOCH).await.unwrap() };
        assert_eq!(look().await, Found::Effect(done));
        assert_eq!(look().await, Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn an_update_carries_only_what_changes_and_is_proven_by_meaning() {
        let live = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Deny", "Action": "s3:*", "Resource": "*" } });
        let described = json!({ "Policy": { "PolicySummary": summary(), "Content": live.to_string() } });
        let double =
            Double::new().on("UpdatePolicy", ok(json!({ "Policy": {} }))).on("DescribePolicy", ok(described));
        let connection = double.connection().await;
        let wanted = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Action": ["s3:*"], "Resource": "*" }] });
        let update = step("update", "", json!({ "content": wanted }));
        connection.begin(&update).await.unwrap();
        let sent = &double.bodies("UpdatePolicy")[0];
        assert!(sent.get("Name").is_none() && sent.get("Description").is_none(), "{sent}");
        let found = connection.look_up(&update, Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(found, effect_if(true));
        let other = step("update", "", json!({ "name": "other" }));
        assert_eq!(connection.look_up(&other, Timestamp::UNIX_EPOCH).await.unwrap(), Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn an_attachment_names_one_target_and_is_proven_by_the_list() {
        let double = Double::new()
            .on("AttachPolicy", ok(json!({})))
            .on("DetachPolicy", ok(json!({})))
            .on("ListTargetsForPolicy", ok(json!({ "Targets": [{ "TargetId": "ou-1" }] })));
        let connection = double.connection().await;
        let attach = step("attach", "Prod", json!({ "targets.Prod": "ou-1" }));
        let detach = step("detach", "Prod", json!({ "targets.Prod": "ou-1" }));
        connection.begin(&attach).await.unwrap();
        connection.begin(&detach).await.unwrap();
        for operation in ["AttachPolicy", "DetachPolicy"] {
            assert_eq!(double.bodies(operation), [json!({ "PolicyId": "p-1", "TargetId": "ou-1" })]);
        }
        assert_eq!(connection.look_up(&attach, Timestamp::UNIX_EPOCH).await.unwrap(), effect_if(true));
        assert_eq!(connection.look_up(&detach, Timestamp::UNIX_EPOCH).await.unwrap(), Found::Nothing);
    }
}
