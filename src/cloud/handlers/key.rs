//! KMS keys, their aliases, policies and replicas, in the account they live in.
//!
//! `CreateKey` has neither a client token nor a natural key, so the key is tagged
//! at creation with the alias that it will get, and found by that tag while it has
//! no alias: by the run that made it, and by any other that has lost its journal.

use aws_sdk_kms::types::Tag;
use serde_json::Value;

use super::{effect_if, known, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::keys::{self, Key};
use crate::cloud::task::{Found, Progress, Task};
use crate::model::region::Region;
use crate::model::{Attributes, policy};

const CREATE: &str = "kms:CreateKey";
const REPLICATE: &str = "kms:ReplicateKey";
/// A replica that KMS is still making.
const CREATING: &str = "Creating";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    match task.verb.as_str() {
        "create" => create(connection, task).await,
        "add_alias" => {
            let site = connection.site_in(account(task), &region(connection, task)?).await?;
            let client = site.clients.kms();
            let (alias, id) = (alias_name(task.text("alias")?), task.own("id")?);
            let request = || client.create_alias().alias_name(&alias).target_key_id(id);
            site.call("kms:CreateAlias", || request().send()).await?;
            Ok(Progress::Done(Attributes::new()))
        }
        "put_policy" => put_policy(connection, task, &region(connection, task)?, "policy").await,
        "put_replica_policy" => {
            put_policy(connection, task, &replica(task)?, &replica_policy_field(task)).await
        }
        "rotate" => rotate(connection, task).await,
        "replicate" => replicate(connection, task).await,
        _ => Err(unknown_verb(task)),
    }
}

/// A replica is made in the background; its own Region tells how far it is.
pub(super) async fn poll(
    connection: &Connection,
    task: &Task,
    operation: &str,
) -> Result<Progress, CallError> {
    let live = keys::describe(connection, account(task), &replica(task)?, task.own("id")?).await?;
    let running = || Progress::Running { operation: operation.to_owned(), attributes: Attributes::new() };
    match live.map(|key| key.state) {
        // Not seen yet, or seen and not ready.
        None => Ok(running()),
        Some(state) if state == CREATING => Ok(running()),
        Some(state) if state == "Enabled" => Ok(Progress::Done(Attributes::new())),
        Some(state) => {
            let message = format!("the replica in {} is {state}", task.item);
            Err(CallError::operation_failed(REPLICATE, message))
        }
    }
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let home = region(connection, task)?;
    match task.verb.as_str() {
        "create" => {
            let aliases = keys::aliases(connection, account(task), &home).await?;
            let found = keys::awaiting(connection, account(task), &home, alias(task), &aliases).await?;
            Ok(found.map_or(Found::Nothing, |key| Found::Effect(made(&key))))
        }
        "add_alias" => {
            let alias = alias_name(task.text("alias")?);
            let live = keys::aliases(connection, account(task), &home).await?;
            match live.get(&alias) {
                None => Ok(Found::Nothing),
                Some(target) if target == task.own("id")? => Ok(effect_if(true)),
                Some(target) => {
                    let message = format!("{alias} is taken by the key {target}");
                    Err(CallError::ours(
                        "kms:CreateAlias",
                        code::OPERATION_FAILED,
                        message,
                        Verdict::Rejected,
                    ))
                }
            }
        }
        "put_policy" => holds_policy(connection, task, &home, "policy").await,
        "put_replica_policy" => {
            holds_policy(connection, task, &replica(task)?, &replica_policy_field(task)).await
        }
        "rotate" => {
            let live = keys::rotation(connection, account(task), &home, task.own("id")?).await?;
            Ok(effect_if(live.map(i64::from) == Some(days(task)?)))
        }
        "replicate" => {
            let live = keys::describe(connection, account(task), &replica(task)?, task.own("id")?).await?;
            match live {
                None => Ok(Found::Nothing),
                Some(key) => poll(connection, task, &key.arn).await.map(Found::Effect),
            }
        }
        _ => Err(unknown_verb(task)),
    }
}

async fn create(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.site_in(account(task), &region(connection, task)?).await?;
    let client = site.clients.kms();
    let multi_region = task.inputs.get("multi_region").and_then(Value::as_bool);
    let policy = task.document("policy").ok();
    let tag = Tag::builder().tag_key(keys::ALIAS_TAG).tag_value(alias(task)).build();
    let tag = tag.map_err(|_| CallError::unreadable(CREATE, "tag"))?;
    let request = || {
        let request = client.create_key().set_multi_region(multi_region).set_policy(policy.clone());
        request.tags(tag.clone())
    };
    let answer = site.call(CREATE, || request().send()).await?;
    let key = answer.key_metadata().ok_or_else(|| CallError::unreadable(CREATE, "KeyMetadata"))?;
    Ok(made(&Key::of(key)))
}

async fn put_policy(
    connection: &Connection,
    task: &Task,
    region: &Region,
    field: &str,
) -> Result<Progress, CallError> {
    let site = connection.site_in(account(task), region).await?;
    let client = site.clients.kms();
    let (id, document) = (task.own("id")?, task.document(field)?);
    let request = || {
        let request = client.put_key_policy().key_id(id).policy_name(keys::POLICY_NAME);
        request.policy(document.clone())
    };
    site.call("kms:PutKeyPolicy", || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

/// New material under the same key, every so many days; of a multi-Region key for its replicas too.
async fn rotate(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.site_in(account(task), &region(connection, task)?).await?;
    let client = site.clients.kms();
    let (id, days) = (task.own("id")?, days(task)?);
    let days = i32::try_from(days).map_err(|error| unsendable(task, &error))?;
    let request = || client.enable_key_rotation().key_id(id).rotation_period_in_days(days);
    site.call("kms:EnableKeyRotation", || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

/// After how many days it rotates.
fn days(task: &Task) -> Result<i64, CallError> {
    task.value("rotation_days")?.as_i64().ok_or_else(|| unsendable(task, &"rotation_days is no number"))
}

async fn replicate(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.site_in(account(task), &region(connection, task)?).await?;
    let client = site.clients.kms();
    let (id, policy) = (task.own("id")?, task.document(&replica_policy_field(task)).ok());
    let request = || {
        let request = client.replicate_key().key_id(id).replica_region(&task.item);
        request.set_policy(policy.clone())
    };
    let answer = site.call(REPLICATE, || request().send()).await?;
    let arn = answer.replica_key_metadata().and_then(|key| key.arn()).unwrap_or_default().to_owned();
    Ok(Progress::Running { operation: arn, attributes: Attributes::new() })
}

async fn holds_policy(
    connection: &Connection,
    task: &Task,
    region: &Region,
    field: &str,
) -> Result<Found, CallError> {
    let live = keys::key_policy(connection, account(task), region, task.own("id")?).await?;
    let wanted = task.value(field)?;
    Ok(effect_if(live.is_some_and(|live| policy::same(&live, wanted))))
}

fn made(key: &Key) -> Progress {
    Progress::Done(known([("id", &key.id), ("arn", &key.arn)]))
}

/// The alias that the key will get, as the document writes it.
fn alias(task: &Task) -> &str {
    task.key("alias").unwrap_or(&task.address.name)
}

/// The account the key lives in; none for the management account.
fn account(task: &Task) -> Option<&str> {
    task.key("account")
}

/// The Region of the key itself: the home Region when the task names none.
fn region(connection: &Connection, task: &Task) -> Result<Region, CallError> {
    task.key("region").map_or_else(|| Ok(connection.home_region().clone()), |text| usable(task, text))
}

/// The Region of the replica that the task is about.
fn replica(task: &Task) -> Result<Region, CallError> {
    usable(task, &task.item)
}

fn usable(task: &Task, text: &str) -> Result<Region, CallError> {
    text.parse().map_err(|error: crate::model::ids::InvalidId| unsendable(task, &error))
}

fn unsendable(task: &Task, why: &dyn std::fmt::Display) -> CallError {
    CallError::ours(task.address.kind.name(), code::UNSENDABLE, why.to_string(), Verdict::Rejected)
}

fn replica_policy_field(task: &Task) -> String {
    format!("replica_policies.{}", task.item)
}

/// An alias with the prefix that AWS asks for.
fn alias_name(alias: &str) -> String {
    if alias.starts_with("alias/") { alias.to_owned() } else { format!("alias/{alias}") }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, error, ok, task};
    use crate::cloud::task::Performer as _;

    fn at(verb: &str, item: &str, inputs: Value) -> Task {
        let keys = json!({ "region": "us-west-2", "alias": "alias/backup" });
        task(["key.backup", verb, item], inputs, keys, &[("id", "mrk-1"), ("arn", "arn:key")])
    }

    fn metadata(state: &str) -> Value {
        json!({ "KeyMetadata": { "KeyId": "mrk-1", "Arn": "arn:key", "KeyState": state, "MultiRegion": true } })
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_is_tagged_with_its_alias_and_found_by_it_while_it_has_none() {
        let double = Double::new()
            .on("CreateKey", ok(metadata("Enabled")))
            .by("ListAliases", |_| json!({ "Aliases": [{ "AliasName": "alias/x", "TargetKeyId": "named" }] }))
            .by("ListKeys", |body| match body["Marker"].as_str() {
                None => json!({ "Keys": [{ "KeyId": "named" }], "Truncated": true, "NextMarker": "m" }),
                Some(_) => {
                    json!({ "Keys": [{ "KeyId": "aws" }, { "KeyId": "given-up" }, { "KeyId": "mrk-1" }] })
                }
            })
            .by("ListResourceTags", |body| match body["KeyId"].as_str() {
                Some("aws") => json!({ "Tags": [] }),
                _ => json!({ "Tags": [{ "TagKey": keys::ALIAS_TAG, "TagValue": "alias/backup" }] }),
            })
            .by("DescribeKey", |body| match body["KeyId"].as_str() {
                Some("mrk-1") => {
                    json!({ "KeyMetadata": { "KeyId": "mrk-1", "Arn": "arn:key", "KeyState": "Enabled" } })
                }
                _ => json!({ "KeyMetadata": { "KeyId": "given-up", "KeyState": "PendingDeletion" } }),
            });
        let connection = double.connection().await;
        let create = at("create", "", json!({ "multi_region": true, "policy": { "b": 1, "a": 2 } }));
        let done = Progress::Done(known([("id", "mrk-1"), ("arn", "arn:key")]));
        assert_eq!(connection.begin(&create).await.unwrap(), done);
        let sent = &double.bodies("CreateKey")[0];
        assert_eq!(sent["Tags"], json!([{ "TagKey": keys::ALIAS_TAG, "TagValue": "alias/backup" }]));
        assert_eq!(sent["Policy"], r#"{"a":2,"b":1}"#);
        assert_eq!(connection.look_up(&create, Timestamp::UNIX_EPOCH).await.unwrap(), Found::Effect(done));
        let mut other = create;
        other.keys.insert("alias".to_owned(), json!("alias/other"));
        assert_eq!(connection.look_up(&other, Timestamp::UNIX_EPOCH).await.unwrap(), Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn an_alias_on_another_key_is_an_error_and_none_is_nothing() {
        let aliases =
            |target: &str| ok(json!({ "Aliases": [{ "AliasName": "alias/backup", "TargetKeyId": target }] }));
        let double = Double::new()
            .on("ListAliases", aliases("mrk-1"))
            .on("ListAliases", aliases("mrk-2"))
            .on("ListAliases", ok(json!({ "Aliases": [] })));
        let connection = double.connection().await;
        let task = at("add_alias", "", json!({ "alias": "backup" }));
        let look = || connection.look_up(&task, Timestamp::UNIX_EPOCH);
        assert_eq!(look().await.unwrap(), effect_if(true));
        assert!(look().await.unwrap_err().message.contains("mrk-2"));
        assert_eq!(look().await.unwrap(), Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rotation_is_there_only_when_its_period_is_the_wanted_one() {
        let status = |on: bool, days: Value| {
            ok(json!({ "KeyId": "mrk-1", "KeyRotationEnabled": on, "RotationPeriodInDays": days }))
        };
        let double = Double::new()
            .on("EnableKeyRotation", ok(json!({})))
            .on("GetKeyRotationStatus", status(true, json!(180)))
            .on("GetKeyRotationStatus", status(true, json!(365)))
            .on("GetKeyRotationStatus", status(false, Value::Null));
        let connection = double.connection().await;
        let task = at("rotate", "", json!({ "rotation_days": 180 }));
        assert_eq!(connection.begin(&task).await.unwrap(), Progress::Done(Attributes::new()));
        assert_eq!(double.bodies("EnableKeyRotation")[0]["RotationPeriodInDays"], 180);
        let look = || connection.look_up(&task, Timestamp::UNIX_EPOCH);
        assert_eq!(look().await.unwrap(), effect_if(true));
        assert_eq!(look().await.unwrap(), effect_if(false));
        assert_eq!(look().await.unwrap(), effect_if(false));
    }

    #[tokio::test(start_paused = true)]
    async fn a_replica_runs_until_its_own_region_shows_it_enabled() {
        let double = Double::new()
            .on(
                "ReplicateKey",
                ok(json!({ "ReplicaKeyMetadata": { "KeyId": "mrk-1", "Arn": "arn:replica" } })),
            )
            .on("DescribeKey", error(400, "NotFoundException", "not yet"))
            .on("DescribeKey", ok(metadata("Creating")))
            .on("DescribeKey", ok(metadata("Enabled")))
            .on("DescribeKey", ok(metadata("PendingDeletion")));
        let connection = double.connection().await;
        let task = at("replicate", "eu-west-1", json!({ "replicas.eu-west-1": true }));
        let running =
            Progress::Running { operation: "arn:replica".to_owned(), attributes: Attributes::new() };
        assert_eq!(connection.begin(&task).await.unwrap(), running);
        let poll = || connection.poll(&task, "arn:replica");
        assert_eq!(poll().await.unwrap(), running);
        assert_eq!(poll().await.unwrap(), running);
        assert_eq!(poll().await.unwrap(), Progress::Done(Attributes::new()));
        assert_eq!(poll().await.unwrap_err().code, code::OPERATION_FAILED);
    }
}
