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
        "rename" => {
            let (id, name) = (task.own("id")?, task.text("name")?);
            let request = || client.update_organizational_unit().organizational_unit_id(id).name(name);
            site.call("organizations:UpdateOrganizationalUnit", || request().send()).await?;
            Ok(Progress::Done(Attributes::new()))
        }
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
        "rename" => {
            let (id, name) = (task.own("id")?, task.text("name")?);
            let parent = accounts::parent(connection, id).await?;
            let beside = units::below(connection, &parent).await?;
            Ok(effect_if(beside.iter().any(|unit| unit.id == id && unit.name == name)))
        }
        "tag" => tagged(connection, task).await,
        "delete" => match accounts::parent(connection, task.own("id")?).await {
            Ok(_) => Ok(Found::Nothing),
            Err(error) if error.is_missing() => Ok(effect_if(true)),
            Err(error) => Err(error),
        },
        _ => Err(unknown_verb(task)),
    }
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
