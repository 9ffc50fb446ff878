//! Groups of the identity store.

use aws_sdk_identitystore::types::AttributeOperation;

use super::{effect_if, known, unknown_verb};
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::document::from_json;
use crate::cloud::inventory::identity_center::required;
use crate::cloud::inventory::identity_store;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const CREATE: &str = "identitystore:CreateGroup";
const UPDATE: &str = "identitystore:UpdateGroup";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    if !["create", "update", "delete"].contains(&task.verb.as_str()) {
        return Err(unknown_verb(task));
    }
    let instance = required(connection).await?;
    let site = instance.site(connection);
    let client = site.clients.identitystore();
    match task.verb.as_str() {
        "create" => {
            let description = task.text("description").ok().map(str::to_owned);
            let request = || {
                let request = client.create_group().identity_store_id(&instance.store);
                request.display_name(&task.address.name).set_description(description.clone())
            };
            let answer = site.call(CREATE, || request().send()).await?;
            return Ok(Progress::Done(known([("id", answer.group_id())])));
        }
        "update" => {
            let (id, description) = (task.own("id")?, task.value("description")?);
            let change = AttributeOperation::builder().attribute_path("description");
            let change = change.attribute_value(from_json(description)).build();
            let change = change.map_err(|_| CallError::unreadable(UPDATE, "operation"))?;
            let request = || {
                let request = client.update_group().identity_store_id(&instance.store).group_id(id);
                request.operations(change.clone())
            };
            site.call(UPDATE, || request().send()).await?;
        }
        "delete" => {
            let id = task.own("id")?;
            let request = || client.delete_group().identity_store_id(&instance.store).group_id(id);
            site.call("identitystore:DeleteGroup", || request().send()).await?;
        }
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Done(Attributes::new()))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let instance = required(connection).await?;
    let id = identity_store::group_id(connection, &instance, &task.address.name).await?;
    match (task.verb.as_str(), id) {
        ("create", Some(id)) => Ok(Found::Effect(Progress::Done(known([("id", &id)])))),
        ("create" | "update", None) => Ok(Found::Nothing),
        ("update", Some(id)) => {
            let live = identity_store::group_description(connection, &instance, &id).await?;
            Ok(effect_if(live.as_deref() == task.text("description").ok()))
        }
        ("delete", id) => Ok(effect_if(id.is_none())),
        _ => Err(unknown_verb(task)),
    }
}
