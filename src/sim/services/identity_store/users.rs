//! CreateUser, DescribeUser, ListUsers, GetUserId, UpdateUser, DeleteUser.
//!
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Operations.html>. Absent:
//! sign-in, passwords and invitations by mail, which no API has.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::gate::{bare, reader, writer};
use super::groups::{alternate, current, filtered, has_external_id};
use super::refusal::{full, invalid, missing, taken};
use super::state::{History, Store, User};
use super::{PAGING, attributes, render};

/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html>
const MOST: usize = 200_000;

/// What the model calls required "when used in IAM Identity Center", and the name, which identifies the user. The words
/// of the refusal are UNSOURCED.
const REQUIRED: [&str; 3] = ["UserName", "DisplayName", "Name"];

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = writer(world, request)?;
    let given = attributes::given(request);
    if let Some(lacking) = REQUIRED.iter().find(|name| !given.contains_key(**name)) {
        return Err(invalid(format!("{lacking} is a required attribute.")));
    }
    let name = request.required("UserName");
    attributes::not_reserved(Some(name))?;
    if store.user_named(name).is_some() {
        return Err(taken("Duplicate UserName"));
    }
    let email = first_email(&given);
    if email.is_some_and(|email| with_email(store, email).is_some()) {
        return Err(taken("Duplicate email"));
    }
    if store.users.len() >= MOST {
        return Err(full("users"));
    }
    let id = world.ids.uuid();
    let store = writer(world, request)?;
    let history = History::begun(&request.caller.arn, request.now);
    store.users.insert(id.clone(), User { attributes: given, history });
    Ok(json!({"IdentityStoreId": store.id, "UserId": id, "UserArn": render::user_arn(&id), "Revision": "1"}))
}

fn first_email(attributes: &serde_json::Map<String, Value>) -> Option<&str> {
    attributes.get("Emails")?.as_array()?.first()?["Value"].as_str()
}

fn with_email<'s>(store: &'s Store, email: &str) -> Option<&'s String> {
    let same = |user: &User| first_email(&user.attributes).is_some_and(|own| own.eq_ignore_ascii_case(email));
    store.users.iter().find(|(_, user)| same(user)).map(|(id, _)| id)
}

fn named<'s, 'r>(store: &'s Store, request: &'r Request) -> Result<(&'r str, &'s User), AwsError> {
    let id = bare(request.required("UserId"));
    store.users.get(id).map(|user| (id, user)).ok_or_else(|| missing("USER", id))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = reader(world, request)?;
    let (id, user) = named(store, request)?;
    Ok(render::user(store, id, user))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = reader(world, request)?;
    let filter = filtered(request, "UserName")?;
    let shown = |user: &User| {
        filter.is_none_or(|name| user.attributes.get("UserName").and_then(Value::as_str) == Some(name))
    };
    let found: Vec<(&String, &User)> = store.users.iter().filter(|(_, user)| shown(user)).collect();
    PAGING.page(request, "Users", found, |(id, user)| render::user(store, id, user))
}

pub(super) fn id(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = reader(world, request)?;
    let wanted = alternate(request, "userName")?;
    let found = match (wanted["AttributeValue"].as_str(), wanted["AttributePath"].as_str()) {
        (Some(email), Some("emails.value")) => with_email(store, email),
        (Some(name), _) => store.user_named(name),
        (None, _) => {
            store.users.iter().find(|(_, user)| has_external_id(&user.attributes, wanted)).map(|(id, _)| id)
        }
    };
    let id = found.ok_or_else(|| missing("USER", ""))?;
    Ok(json!({"IdentityStoreId": store.id, "UserId": id, "UserArn": render::user_arn(id)}))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = writer(world, request)?;
    let (id, user) = named(store, request)?;
    current(request, &user.history)?;
    let changed = attributes::update("User", &user.attributes, request)?;
    if let Some(lacking) = REQUIRED.iter().find(|name| !changed.contains_key(**name)) {
        return Err(invalid(format!("{lacking} is a required attribute.")));
    }
    let name = changed.get("UserName").and_then(Value::as_str);
    attributes::not_reserved(name)?;
    if name.and_then(|name| store.user_named(name)).is_some_and(|other| other != id) {
        return Err(taken("Duplicate UserName"));
    }
    let email = first_email(&changed).and_then(|email| with_email(store, email));
    if email.is_some_and(|other| other != id) {
        return Err(taken("Duplicate email"));
    }
    let store_id = store.id.clone();
    let user = store.users.get_mut(id).ok_or_else(|| missing("USER", id))?;
    user.attributes = changed;
    user.history.change(&request.caller.arn, request.now);
    let revision = user.history.revision.to_string();
    Ok(
        json!({"IdentityStoreId": store_id, "UserId": id, "UserArn": render::user_arn(id), "Revision": revision}),
    )
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = writer(world, request)?;
    let (id, user) = named(store, request)?;
    current(request, &user.history)?;
    store.users.remove(id);
    store.memberships.retain(|_, membership| membership.user != id);
    Ok(json!({}))
}
