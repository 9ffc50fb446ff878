//! Writing the organization's resource policy, or deleting it: one call sets all of it. To
//! take one statement out, the policy is read again just before, so that what others wrote
//! meanwhile stays.

use super::{effect_if, known, unknown_verb};
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::resource_policy;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::canonical::text;
use crate::model::{Attributes, policy};

const PUT: &str = "organizations:PutResourcePolicy";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    match task.verb.as_str() {
        "create" | "update" => {
            let content = task.document("content")?;
            let request = || client.put_resource_policy().content(content.clone());
            let answer = site.call(PUT, || request().send()).await?;
            let summary = answer.resource_policy().and_then(|policy| policy.resource_policy_summary());
            let named = summary.and_then(|summary| Some([("id", summary.id()?), ("arn", summary.arn()?)]));
            Ok(Progress::Done(named.map(known).unwrap_or_default()))
        }
        "withdraw" => {
            let Some(live) = resource_policy::describe(connection).await? else {
                return Ok(Progress::Done(Attributes::new()));
            };
            let content = text(&policy::without(&live.content, &task.item));
            let request = || client.put_resource_policy().content(content.clone());
            site.call(PUT, || request().send()).await?;
            Ok(Progress::Done(Attributes::new()))
        }
        "delete" => {
            let request = || client.delete_resource_policy().send();
            site.call("organizations:DeleteResourcePolicy", request).await?;
            Ok(Progress::Done(Attributes::new()))
        }
        _ => Err(unknown_verb(task)),
    }
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let live = resource_policy::describe(connection).await?;
    match task.verb.as_str() {
        "delete" => return Ok(effect_if(live.is_none())),
        "withdraw" => {
            let stands = live.is_some_and(|live| policy::statement(&live.content, &task.item).is_some());
            return Ok(effect_if(!stands));
        }
        _ => {}
    }
    let wanted = task.value("content")?;
    Ok(match live.filter(|live| policy::covers(&live.content, wanted)) {
        Some(live) => Found::Effect(Progress::Done(known([("id", &live.id), ("arn", &live.arn)]))),
        None => Found::Nothing,
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;
    use crate::cloud::doubles::{Double, error, ok, task};
    use crate::cloud::task::Performer as _;

    fn answer(content: &Value) -> Value {
        let summary = json!({ "Id": "rp-1", "Arn": "arn:rp" });
        json!({ "ResourcePolicy": { "ResourcePolicySummary": summary, "Content": content.to_string() } })
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_written_whole_and_proven_by_its_statements() {
        let ours = json!({ "Statement": [{ "Sid": "Ours", "Effect": "Allow" }] });
        let more = json!({ "Statement": [{ "Sid": "Ours", "Effect": "Allow" }, { "Sid": "Theirs", "Effect": "Deny" }] });
        let double = Double::new()
            .on("PutResourcePolicy", ok(answer(&ours)))
            .on("DescribeResourcePolicy", error(400, "ResourcePolicyNotFoundException", "none"))
            .on("DescribeResourcePolicy", ok(answer(&more)));
        let connection = double.connection().await;
        let create = task(["resource_policy", "create", ""], json!({ "content": ours }), json!({}), &[]);
        let done = Progress::Done(known([("id", "rp-1"), ("arn", "arn:rp")]));
        assert_eq!(connection.begin(&create).await.unwrap(), done);
        assert_eq!(
            double.bodies("PutResourcePolicy")[0]["Content"],
            r#"{"Statement":[{"Effect":"Allow","Sid":"Ours"}]}"#
        );
        let look = || async { connection.look_up(&create, Timestamp::UNIX_EPOCH).await.unwrap() };
        assert_eq!(look().await, Found::Nothing);
        assert_eq!(look().await, Found::Effect(done));
    }
}
