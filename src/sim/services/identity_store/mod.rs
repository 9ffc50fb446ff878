//! Identity stores: the users and groups behind IAM Identity Center.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]. A store is made with its Identity Center
//! instance (`sso_admin`); Control Tower puts its groups in through [`put_group`]. Absent: SCIM, which is another API.

mod attributes;
mod gate;
mod groups;
mod memberships;
mod refusal;
mod render;
#[cfg(test)]
mod scenarios;
mod state;
mod stores;
mod users;

use jiff::Timestamp;
use serde_json::{Map, json};

pub(crate) use state::{Group, History, Store};
pub use state::{Source, State};

use crate::sim::paging::Paging;
use crate::sim::service::{Service, never_due, nothing_settles};
use crate::sim::world::World;

/// Pages have 100 items at most, and as many if the request does not say (the greatest value in the model).
const PAGING: Paging = Paging {
    size: "MaxResults",
    token: "NextToken",
    usual: 100,
    stale: || refusal::invalid("The provided NextToken is not valid."),
};

/// Somebody gives a group another description. False: it had that one, or is not there.
pub(crate) fn describe_group(world: &mut World, name: &str, description: &str) -> bool {
    let mut stores = world.identity_store.stores.values_mut();
    stores.any(|store| {
        let id = store.group_named(name).cloned();
        let Some(group) = id.and_then(|id| store.groups.get_mut(&id)) else { return false };
        let new = json!(description);
        group.attributes.insert("Description".to_owned(), new.clone()).as_ref() != Some(&new)
    })
}

/// The id of the group of a name, made if it is missing: the act of a service on behalf of a customer. `None`: there is
/// no such store.
pub(crate) fn put_group(
    world: &mut World,
    store: &str,
    name: &str,
    description: &str,
    now: Timestamp,
) -> Option<String> {
    let known = world.identity_store.stores.get(store)?.group_named(name).cloned();
    if known.is_some() {
        return known;
    }
    let id = world.ids.uuid();
    let mut attributes = Map::new();
    attributes.insert("DisplayName".into(), json!(name));
    attributes.insert("Description".into(), json!(description));
    let group = Group { attributes, history: History::begun("controltower.amazonaws.com", now) };
    world.identity_store.stores.get_mut(store)?.groups.insert(id.clone(), group);
    Some(id)
}

/// The service.
pub static SERVICE: Service = Service {
    name: "identitystore",
    operations: &[
        ("CreateGroup", groups::create),
        ("CreateGroupMembership", memberships::create),
        ("CreateUser", users::create),
        ("DeleteGroup", groups::delete),
        ("DeleteGroupMembership", memberships::delete),
        ("DeleteUser", users::delete),
        ("DescribeGroup", groups::describe),
        ("DescribeGroupMembership", memberships::describe),
        ("DescribeIdentityStore", stores::describe),
        ("DescribeUser", users::describe),
        ("GetGroupId", groups::id),
        ("GetGroupMembershipId", memberships::id),
        ("GetUserId", users::id),
        ("IsMemberInGroups", memberships::check),
        ("ListGroupMemberships", memberships::list),
        ("ListGroupMembershipsForMember", memberships::list_for_member),
        ("ListGroups", groups::list),
        ("ListIdentityStores", stores::list),
        ("ListUsers", users::list),
        ("UpdateGroup", groups::update),
        ("UpdateUser", users::update),
    ],
    due: never_due,
    settle: nothing_settles,
};
