//! CreateGroup, DescribeGroup, ListGroups, GetGroupId, UpdateGroup, DeleteGroup.
//!
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Operations.html>. What
//! Identity Center assigns to a group stays assigned when the group is gone; an assignment is taken back by its own call.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::gate::{bare, reader, writer};
use super::refusal::{full, invalid, missing, outdated, taken};
use super::state::{Group, History, Store};
use super::{PAGING, attributes, render};

/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html>
const MOST: usize = 100_000;

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = writer(world, request)?;
    let name = request.text("DisplayName");
    attributes::not_reserved(name)?;
    if name.is_some_and(|name| store.group_named(name).is_some()) {
        return Err(taken("Duplicate GroupDisplayName"));
    }
    if store.groups.len() >= MOST {
        return Err(full("groups"));
    }
    let id = world.ids.uuid();
    let store = writer(world, request)?;
    let history = History::begun(&request.caller.arn, request.now);
    store.groups.insert(id.clone(), Group { attributes: attributes::given(request), history });
    Ok(
        json!({"IdentityStoreId": store.id, "GroupId": id, "GroupArn": render::group_arn(&id), "Revision": "1"}),
    )
}

/// The group of a request and its id.
pub(super) fn named<'s, 'r>(
    store: &'s Store,
    request: &'r Request,
) -> Result<(&'r str, &'s Group), AwsError> {
    let id = bare(request.required("GroupId"));
    store.groups.get(id).map(|group| (id, group)).ok_or_else(|| missing("GROUP", id))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = reader(world, request)?;
    let (id, group) = named(store, request)?;
    Ok(render::group(store, id, group))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = reader(world, request)?;
    let filter = filtered(request, "DisplayName")?;
    let shown = |group: &Group| {
        filter.is_none_or(|name| group.attributes.get("DisplayName").and_then(Value::as_str) == Some(name))
    };
    let found: Vec<(&String, &Group)> = store.groups.iter().filter(|(_, group)| shown(group)).collect();
    PAGING.page(request, "Groups", found, |(id, group)| render::group(store, id, group))
}

/// The value of the one filter a listing may have. UNSOURCED words for another attribute.
pub(super) fn filtered<'a>(request: &'a Request, attribute: &str) -> Result<Option<&'a str>, AwsError> {
    let Some(filter) = request.list("Filters").first() else { return Ok(None) };
    if filter["AttributePath"].as_str() != Some(attribute) {
        return Err(invalid(format!("The only supported filter attribute is {attribute}.")));
    }
    Ok(filter["AttributeValue"].as_str())
}

/// What an alternate identifier asks for: a unique attribute's path and value, or an external id.
pub(super) fn alternate<'a>(request: &'a Request, attribute: &str) -> Result<&'a Value, AwsError> {
    let identifier = &request.input["AlternateIdentifier"];
    let unique = &identifier["UniqueAttribute"];
    let given = [unique, &identifier["ExternalId"]].into_iter().filter(|value| !value.is_null());
    let [only] = given.collect::<Vec<_>>()[..] else {
        return Err(invalid("Exactly one of ExternalId and UniqueAttribute must be given."));
    };
    let path = unique["AttributePath"].as_str().unwrap_or(attribute);
    let fits = path.eq_ignore_ascii_case(attribute);
    // The API reference also names the path `emails.value` for users.
    if fits || (attribute == "userName" && path == "emails.value") {
        return Ok(only);
    }
    Err(invalid(format!("The attribute path {path} is not a unique attribute.")))
}

pub(super) fn id(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = reader(world, request)?;
    let wanted = alternate(request, "displayName")?;
    let found = match wanted["AttributeValue"].as_str() {
        Some(name) => store.group_named(name),
        None => store
            .groups
            .iter()
            .find(|(_, group)| has_external_id(&group.attributes, wanted))
            .map(|(id, _)| id),
    };
    let id = found.ok_or_else(|| missing("GROUP", ""))?;
    Ok(json!({"IdentityStoreId": store.id, "GroupId": id, "GroupArn": render::group_arn(id)}))
}

pub(super) fn has_external_id(attributes: &serde_json::Map<String, Value>, wanted: &Value) -> bool {
    let ids = attributes.get("ExternalIds").and_then(Value::as_array);
    ids.is_some_and(|ids| ids.iter().any(|id| id["Issuer"] == wanted["Issuer"] && id["Id"] == wanted["Id"]))
}

/// Refuses a change whose `Revision` is given and is not the present one.
pub(super) fn current(request: &Request, history: &History) -> Result<(), AwsError> {
    match request.text("Revision") {
        Some(revision) if revision != history.revision.to_string() => Err(outdated()),
        _ => Ok(()),
    }
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = writer(world, request)?;
    let (id, group) = named(store, request)?;
    current(request, &group.history)?;
    let changed = attributes::update("Group", &group.attributes, request)?;
    let name = changed.get("DisplayName").and_then(Value::as_str);
    attributes::not_reserved(name)?;
    if name.and_then(|name| store.group_named(name)).is_some_and(|other| other != id) {
        return Err(taken("Duplicate GroupDisplayName"));
    }
    let store_id = store.id.clone();
    let group = store.groups.get_mut(id).ok_or_else(|| missing("GROUP", id))?;
    group.attributes = changed;
    group.history.change(&request.caller.arn, request.now);
    let revision = group.history.revision.to_string();
    Ok(
        json!({"IdentityStoreId": store_id, "GroupId": id, "GroupArn": render::group_arn(id), "Revision": revision}),
    )
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = writer(world, request)?;
    let (id, group) = named(store, request)?;
    current(request, &group.history)?;
    store.groups.remove(id);
    store.memberships.retain(|_, membership| membership.group != id);
    Ok(json!({}))
}
