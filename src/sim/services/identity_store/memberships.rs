//! Who is in which group: create, describe, find, list both ways, check, delete.
//!
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Operations.html>.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::gate::{bare, reader, writer};
use super::refusal::{missing, taken};
use super::state::{History, Membership, Store};
use super::{PAGING, groups, render};

fn member<'a>(store: &Store, request: &'a Request) -> Result<&'a str, AwsError> {
    let id = bare(request.input["MemberId"]["UserId"].as_str().unwrap_or_default());
    if store.users.contains_key(id) { Ok(id) } else { Err(missing("USER", id)) }
}

fn between<'s>(store: &'s Store, group: &str, user: &str) -> Option<&'s String> {
    let same = |membership: &Membership| membership.group == group && membership.user == user;
    store.memberships.iter().find(|(_, membership)| same(membership)).map(|(id, _)| id)
}

fn made(store: &Store, id: &str) -> Value {
    json!({"IdentityStoreId": store.id, "MembershipId": id, "MembershipArn": render::membership_arn(id)})
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = writer(world, request)?;
    let (group, _) = groups::named(store, request)?;
    let (group, user) = (group.to_owned(), member(store, request)?.to_owned());
    if between(store, &group, &user).is_some() {
        return Err(taken("Member and Group relationship already exists."));
    }
    let id = world.ids.uuid();
    let store = writer(world, request)?;
    let history = History::begun(&request.caller.arn, request.now);
    store.memberships.insert(id.clone(), Membership { group, user, history });
    Ok(made(store, &id))
}

fn named<'s, 'r>(store: &'s Store, request: &'r Request) -> Result<(&'r str, &'s Membership), AwsError> {
    let id = bare(request.required("MembershipId"));
    store
        .memberships
        .get(id)
        .map(|membership| (id, membership))
        .ok_or_else(|| missing("GROUP_MEMBERSHIP", id))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = reader(world, request)?;
    let (id, membership) = named(store, request)?;
    Ok(render::membership(store, id, membership))
}

pub(super) fn id(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = reader(world, request)?;
    let (group, _) = groups::named(store, request)?;
    let user = member(store, request)?;
    let id = between(store, group, user).ok_or_else(|| missing("GROUP_MEMBERSHIP", ""))?;
    Ok(made(store, id))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = reader(world, request)?;
    let (group, _) = groups::named(store, request)?;
    let found: Vec<(&String, &Membership)> =
        store.memberships.iter().filter(|(_, membership)| membership.group == group).collect();
    PAGING.page(request, "GroupMemberships", found, |(id, membership)| {
        render::membership(store, id, membership)
    })
}

pub(super) fn list_for_member(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = reader(world, request)?;
    let user = member(store, request)?;
    let found: Vec<(&String, &Membership)> =
        store.memberships.iter().filter(|(_, membership)| membership.user == user).collect();
    PAGING.page(request, "GroupMemberships", found, |(id, membership)| {
        render::membership(store, id, membership)
    })
}

pub(super) fn check(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = reader(world, request)?;
    let user = member(store, request)?;
    let mut results = Vec::new();
    for group in request.list("GroupIds").iter().filter_map(Value::as_str).map(bare) {
        if !store.groups.contains_key(group) {
            return Err(missing("GROUP", group));
        }
        let exists = between(store, group, user).is_some();
        results.push(json!({"GroupId": group, "MemberId": {"UserId": user}, "MembershipExists": exists}));
    }
    Ok(json!({ "Results": results }))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = writer(world, request)?;
    let (id, _) = named(store, request)?;
    store.memberships.remove(id);
    Ok(json!({}))
}
