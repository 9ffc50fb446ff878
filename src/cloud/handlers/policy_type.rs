//! Switching a policy type on or off in the root, which takes a moment.

use super::{effect_if, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::organization;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const ENABLED: &str = "ENABLED";
const PENDING_ENABLE: &str = "PENDING_ENABLE";
const PENDING_DISABLE: &str = "PENDING_DISABLE";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let kind = kind(task)?;
    let root = organization::root(connection).await?.id;
    let site = connection.global();
    let client = site.clients.organizations();
    match task.verb.as_str() {
        "create" => {
            let request = || client.enable_policy_type().root_id(&root).policy_type(kind.into());
            site.call("organizations:EnablePolicyType", || request().send()).await?;
        }
        "delete" => {
            let request = || client.disable_policy_type().root_id(&root).policy_type(kind.into());
            site.call("organizations:DisablePolicyType", || request().send()).await?;
        }
        _ => return Err(unknown_verb(task)),
    }
    Ok(running(kind))
}

/// AWS gives no id to ask about: the root itself tells how its types stand.
pub(super) async fn poll(connection: &Connection, task: &Task, _: &str) -> Result<Progress, CallError> {
    let kind = kind(task)?;
    let root = organization::root(connection).await?;
    let status = root.policy_types.get(kind).map(String::as_str);
    Ok(if is_done(task, status) { Progress::Done(Attributes::new()) } else { running(kind) })
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let kind = kind(task)?;
    let root = organization::root(connection).await?;
    let status = root.policy_types.get(kind).map(String::as_str);
    let under_way = if task.verb == "delete" { PENDING_DISABLE } else { PENDING_ENABLE };
    Ok(match status {
        Some(now) if now == under_way => Found::Effect(running(kind)),
        now => effect_if(is_done(task, now)),
    })
}

fn is_done(task: &Task, status: Option<&str>) -> bool {
    if task.verb == "delete" { status.is_none() } else { status == Some(ENABLED) }
}

fn running(kind: &str) -> Progress {
    Progress::Running { operation: kind.to_owned(), attributes: Attributes::new() }
}

fn kind(task: &Task) -> Result<&str, CallError> {
    task.key("type").ok_or_else(|| {
        let message = format!("the step {}:{} has no usable `type`", task.address, task.verb);
        CallError::ours(task.address.kind.name(), code::UNSENDABLE, message, Verdict::Rejected)
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;
    use crate::cloud::doubles::{Answer, Double, ok, task};
    use crate::cloud::task::Performer as _;

    fn root(status: Option<&str>) -> Answer {
        let types: Vec<Value> =
            status.iter().map(|status| json!({ "Type": "TAG_POLICY", "Status": status })).collect();
        ok(json!({ "Roots": [{ "Id": "r-1", "Arn": "arn:r", "PolicyTypes": types }] }))
    }

    fn step(verb: &str) -> Task {
        task(["policy_type.tag", verb, ""], json!({}), json!({ "type": "TAG_POLICY" }), &[])
    }

    #[tokio::test(start_paused = true)]
    async fn a_type_is_on_when_the_root_says_so() {
        let double = Double::new()
            .on("EnablePolicyType", ok(json!({ "Root": {} })))
            .on("ListRoots", root(None))
            .on("ListRoots", root(Some("PENDING_ENABLE")))
            .on("ListRoots", root(Some("ENABLED")));
        let connection = double.connection().await;
        assert_eq!(connection.begin(&step("create")).await.unwrap(), running("TAG_POLICY"));
        let sent = json!({ "RootId": "r-1", "PolicyType": "TAG_POLICY" });
        assert_eq!(double.bodies("EnablePolicyType"), [sent]);
        assert_eq!(connection.poll(&step("create"), "TAG_POLICY").await.unwrap(), running("TAG_POLICY"));
        let done = Progress::Done(Attributes::new());
        assert_eq!(connection.poll(&step("create"), "TAG_POLICY").await.unwrap(), done);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_under_way_is_found_and_waited_for_and_what_is_not_there_is_off() {
        let double = Double::new()
            .on("ListRoots", root(Some("PENDING_ENABLE")))
            .on("ListRoots", root(None))
            .on("ListRoots", root(None));
        let connection = double.connection().await;
        let look = |verb: &'static str| {
            let connection = connection.clone();
            async move { connection.look_up(&step(verb), Timestamp::UNIX_EPOCH).await.unwrap() }
        };
        assert_eq!(look("create").await, Found::Effect(running("TAG_POLICY")));
        assert_eq!(look("create").await, Found::Nothing);
        assert_eq!(look("delete").await, effect_if(true));
    }
}
