//! Organizational units: create, rename, tag, delete.

use super::{effect_if, known, unknown_verb};
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::{accounts, tags, units};
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const CREATE: &str = "organizations:CreateOrganizationalUnit";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    match task.verb.as_str() {
        "create" => {
            let (parent, name, tags) = (task.text("parent")?, task.text("name")?, sdk_tags(task)?);
            let request = || {
                let request = client.create_organizational_unit().parent_id(parent).name(name);
                request.set_tags(tags.clone())
            };
            let answer = site.call(CREATE, || request().send()).await?;
            let unit = answer.organizational_unit();
            let made = unit.and_then(|unit| Some(known([("id", unit.id()?), ("arn", unit.arn()?)])));
            Ok(Progress::Done(made.ok_or_else(|| CallError::unreadable(CREATE, "Id or Arn"))?))
        }
        "rename" => rename(connection, task.own("id")?, task.text("name")?).await,
        "tag" => tag(connection, task).await,
        "delete" => {
            let id = task.own("id")?;
            let request = || client.delete_organizational_unit().organizational_unit_id(id);
            site.call("organizations:DeleteOrganizationalUnit", || request().send()).await?;
            Ok(Progress::Done(Attributes::new()))
        }
        _ => Err(unknown_verb(task)),
    }
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    match task.verb.as_str() {
        "create" => {
            let name = task.text("name")?;
            let below = match units::below(connection, task.text("parent")?).await {
                Err(error) if error.is_missing() => return Ok(Found::Nothing),
                other => other?,
            };
            let unit = below.iter().find(|unit| unit.name == name);
            let made = unit.map(|unit| Progress::Done(known([("id", &unit.id), ("arn", &unit.arn)])));
            Ok(made.map_or(Found::Nothing, Found::Effect))
        }
        "rename" => renamed(connection, task.own("id")?, task.text("name")?).await,
        "tag" => tagged(connection, task).await,
        "delete" => match accounts::parent(connection, task.own("id")?).await {
            Ok(_) => Ok(Found::Nothing),
            Err(error) if error.is_missing() => Ok(effect_if(true)),
            Err(error) => Err(error),
        },
        _ => Err(unknown_verb(task)),
    }
}

/// Gives a unit another name.
pub(super) async fn rename(connection: &Connection, id: &str, name: &str) -> Result<Progress, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let request = || client.update_organizational_unit().organizational_unit_id(id).name(name);
    site.call("organizations:UpdateOrganizationalUnit", || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

/// Whether a unit has a name.
pub(super) async fn renamed(connection: &Connection, id: &str, name: &str) -> Result<Found, CallError> {
    let parent = accounts::parent(connection, id).await?;
    let beside = units::below(connection, &parent).await?;
    Ok(effect_if(beside.iter().any(|unit| unit.id == id && unit.name == name)))
}

/// Sets the tags of a unit or an account. Others stay.
pub(super) async fn tag(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let (id, tags) = (task.own("id")?, sdk_tags(task)?);
    let request = || client.tag_resource().resource_id(id).set_tags(tags.clone());
    site.call("organizations:TagResource", || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

/// Whether every wanted tag is there with its value.
pub(super) async fn tagged(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let live = tags::list(connection, task.own("id")?).await?;
    Ok(effect_if(task.tags().iter().all(|(key, value)| live.get(key) == Some(value))))
}

/// The task's tags for the SDK; none when there are none.
pub(super) fn sdk_tags(task: &Task) -> Result<Option<Vec<aws_sdk_organizations::types::Tag>>, CallError> {
    let tag = |(key, value): (String, String)| {
        let tag = aws_sdk_organizations::types::Tag::builder().key(key).value(value).build();
        tag.map_err(|_| CallError::unreadable("organizations:TagResource", "tag key or value"))
    };
    let tags: Vec<_> = task.tags().into_iter().map(tag).collect::<Result<_, _>>()?;
    Ok((!tags.is_empty()).then_some(tags))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, error, ok, task};
    use crate::cloud::task::Performer as _;

    fn create() -> Task {
        let inputs = json!({ "name": "Prod", "parent": "r-root", "tags.env": "prod" });
        task(["organizational_unit.Prod", "create", ""], inputs, json!({}), &[])
    }

    fn at(verb: &str, inputs: serde_json::Value) -> Task {
        task(["organizational_unit.Prod", verb, ""], inputs, json!({}), &[("id", "ou-1")])
    }

    fn beside(name: &str) -> crate::cloud::doubles::Answer {
        ok(json!({ "OrganizationalUnits": [{ "Id": "ou-1", "Arn": "arn:ou-1", "Name": name }] }))
    }

    #[tokio::test(start_paused = true)]
    async fn a_unit_is_made_with_its_tags_and_found_by_its_name_below_its_parent() {
        let unit = json!({ "OrganizationalUnit": { "Id": "ou-1", "Arn": "arn:ou-1", "Name": "Prod" } });
        let double = Double::new()
            .on("CreateOrganizationalUnit", ok(unit))
            .on("ListOrganizationalUnitsForParent", beside("Prod"))
            .on("ListOrganizationalUnitsForParent", beside("prod"))
            .on("ListOrganizationalUnitsForParent", error(400, "ParentNotFoundException", "gone"));
        let connection = double.connection().await;
        let done = Progress::Done(known([("id", "ou-1"), ("arn", "arn:ou-1")]));
        assert_eq!(connection.begin(&create()).await.unwrap(), done);
        let sent = &double.bodies("CreateOrganizationalUnit")[0];
        assert_eq!(
            *sent,
            json!({ "Name": "Prod", "ParentId": "r-root", "Tags": [{ "Key": "env", "Value": "prod" }] })
        );
        let look = || async { connection.look_up(&create(), Timestamp::UNIX_EPOCH).await.unwrap() };
        assert_eq!(look().await, Found::Effect(done));
        assert_eq!(look().await, Found::Nothing);
        assert_eq!(look().await, Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rename_is_proven_by_id_and_name() {
        let double = Double::new()
            .on("ListParents", ok(json!({ "Parents": [{ "Id": "r-root", "Type": "ROOT" }] })))
            .on("ListOrganizationalUnitsForParent", beside("Prod"))
            .on("ListOrganizationalUnitsForParent", beside("Old"));
        let connection = double.connection().await;
        let task = at("rename", json!({ "name": "Prod" }));
        let look = || async { connection.look_up(&task, Timestamp::UNIX_EPOCH).await.unwrap() };
        assert_eq!(look().await, effect_if(true));
        assert_eq!(look().await, Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn tags_are_proven_when_every_wanted_one_is_there() {
        let double = Double::new()
            .on(
                "ListTagsForResource",
                ok(json!({ "Tags": [{ "Key": "a", "Value": "1" }], "NextToken": "t" })),
            )
            .on("ListTagsForResource", ok(json!({ "Tags": [{ "Key": "b", "Value": "2" }] })))
            .on("ListTagsForResource", ok(json!({ "Tags": [{ "Key": "b", "Value": "2" }] })));
        let connection = double.connection().await;
        let task = at("tag", json!({ "tags.a": "1", "tags.b": "2" }));
        let look = || async { connection.look_up(&task, Timestamp::UNIX_EPOCH).await.unwrap() };
        assert_eq!(look().await, effect_if(true));
        assert_eq!(look().await, Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deletion_is_proven_when_the_unit_has_no_parent_any_more() {
        let double = Double::new()
            .on("ListParents", ok(json!({ "Parents": [{ "Id": "r-root", "Type": "ROOT" }] })))
            .on("ListParents", error(400, "ChildNotFoundException", "gone"));
        let connection = double.connection().await;
        let task = at("delete", json!({}));
        let look = || async { connection.look_up(&task, Timestamp::UNIX_EPOCH).await.unwrap() };
        assert_eq!(look().await, Found::Nothing);
        assert_eq!(look().await, effect_if(true));
    }

    #[tokio::test(start_paused = true)]
    async fn a_step_without_an_input_sends_nothing() {
        let double = Double::new();
        let error = double.connection().await.begin(&at("rename", json!({}))).await.unwrap_err();
        assert!(error.message.contains("`name`"), "{error}");
        assert!(double.called().is_empty());
    }
}
