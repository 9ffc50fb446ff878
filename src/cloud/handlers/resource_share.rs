//! Sharing by AWS Resource Access Manager, called as the account that shares.
//!
//! AWS takes several shares of one name, so a share is made with a token that is the same at
//! every sending, and looked for by its name.

use super::{effect_if, known, place, unknown_verb};
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::resource_shares as inventory;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const CREATE: &str = "ram:CreateResourceShare";
const UPDATE: &str = "ram:UpdateResourceShare";
const SHARE: &str = "ram:AssociateResourceShare";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = place(connection, task).await?;
    let client = site.clients.ram();
    let (resources, principals) = (texts(task, "resources"), texts(task, "principals"));
    let external = task.inputs.get("external").and_then(serde_json::Value::as_bool);
    match task.verb.as_str() {
        "create" => {
            let request = || {
                let request = client.create_resource_share().name(name(task)).client_token(&task.token);
                let request = request.set_allow_external_principals(external);
                request.set_resource_arns(some(&resources)).set_principals(some(&principals))
            };
            let answer = site.call(CREATE, || request().send()).await?;
            let arn = answer.resource_share().and_then(|share| share.resource_share_arn());
            let arn = arn.ok_or_else(|| CallError::unreadable(CREATE, "resourceShareArn"))?;
            return Ok(Progress::Done(known([("arn", arn)])));
        }
        "update" => {
            let arn = task.own("arn")?;
            let request = || {
                let request = client.update_resource_share().resource_share_arn(arn);
                request.set_allow_external_principals(external).client_token(&task.token)
            };
            site.call(UPDATE, || request().send()).await?;
        }
        "share" => {
            let arn = task.own("arn")?;
            let request = || {
                let request = client.associate_resource_share().resource_share_arn(arn);
                let request = request.client_token(&task.token);
                request.set_resource_arns(some(&resources)).set_principals(some(&principals))
            };
            site.call(SHARE, || request().send()).await?;
        }
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Done(Attributes::new()))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let site = place(connection, task).await?;
    let Some(live) = inventory::named(&site, name(task)).await? else { return Ok(Found::Nothing) };
    let external = task.inputs.get("external").and_then(serde_json::Value::as_bool);
    match task.verb.as_str() {
        "create" => Ok(Found::Effect(Progress::Done(known([("arn", &live.arn)])))),
        "update" => Ok(effect_if(external.is_none_or(|wanted| wanted == live.external))),
        "share" => Ok(effect_if(
            texts(task, "resources").iter().all(|arn| live.resources.contains(arn))
                && texts(task, "principals").iter().all(|one| live.principals.contains(one)),
        )),
        _ => Err(unknown_verb(task)),
    }
}

/// The share's name in AWS.
fn name(task: &Task) -> &str {
    task.key("share").unwrap_or(&task.address.name)
}

/// The values of a group of inputs.
fn texts(task: &Task, group: &str) -> Vec<String> {
    task.leaves(group).filter_map(|(_, value)| value.as_str().map(str::to_owned)).collect()
}

/// An empty list is left out of a request.
fn some(items: &[String]) -> Option<Vec<String>> {
    (!items.is_empty()).then(|| items.to_vec())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;
    use crate::cloud::doubles::{Double, ok, task};
    use crate::cloud::task::Performer as _;

    #[tokio::test(start_paused = true)]
    async fn a_share_is_found_by_its_name_with_what_is_in_it() {
        let inputs =
            json!({ "external": false, "resources.vault": "arn:vault", "principals.audit": "222222222222" });
        let keys = json!({ "region": "eu-west-1", "share": "last-resort" });
        let create = task(["resource_share.last-resort/eu-west-1", "create", ""], inputs, keys, &[]);
        let share = json!({ "resourceShareArn": "arn:share", "allowExternalPrincipals": false });
        let associated = |body: &Value| {
            let entity = if body["associationType"] == "RESOURCE" { "arn:vault" } else { "222222222222" };
            json!({ "resourceShareAssociations": [{ "associatedEntity": entity, "status": "ASSOCIATED" }] })
        };
        let double = Double::new()
            .on("/createresourceshare", ok(json!({ "resourceShare": share })))
            .on("/getresourceshares", ok(json!({ "resourceShares": [] })))
            .on("/getresourceshares", ok(json!({ "resourceShares": [share] })))
            .by("/getresourceshareassociations", associated);
        let connection = double.connection().await;
        let done = Progress::Done(known([("arn", "arn:share")]));
        assert_eq!(connection.begin(&create).await.unwrap(), done);
        let sent = &double.bodies("/createresourceshare")[0];
        assert_eq!((&sent["clientToken"], &sent["name"]), (&json!("token-1"), &json!("last-resort")));
        let look = async |task: &Task| connection.look_up(task, Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(look(&create).await, Found::Nothing);
        assert_eq!(look(&create).await, Found::Effect(done));
        let mut share = Task { verb: "share".to_owned(), ..create.clone() };
        assert_eq!(look(&share).await, effect_if(true));
        share.inputs.insert("principals.other".to_owned(), json!("333333333333"));
        assert_eq!(look(&share).await, Found::Nothing);
    }
}
