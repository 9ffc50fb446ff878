//! Groups, users and memberships as the answers show them.
//!
//! In: a store and what is in it. Out: answers by member names. Absent: which of them an operation shows.

use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;

use super::state::{Group, History, Membership, Store, User};

pub(super) fn group_arn(id: &str) -> String {
    format!("arn:aws:identitystore:::group/{id}")
}

pub(super) fn user_arn(id: &str) -> String {
    format!("arn:aws:identitystore:::user/{id}")
}

pub(super) fn membership_arn(id: &str) -> String {
    format!("arn:aws:identitystore:::membership/{id}")
}

fn with_history(view: &mut Map<String, Value>, history: &History) {
    view.insert("CreatedAt".into(), json!(epoch(history.created)));
    view.insert("CreatedBy".into(), json!(history.created_by));
    view.insert("UpdatedAt".into(), json!(epoch(history.updated)));
    view.insert("UpdatedBy".into(), json!(history.updated_by));
}

pub(super) fn group(store: &Store, id: &str, group: &Group) -> Value {
    let mut view = group.attributes.clone();
    view.insert("IdentityStoreId".into(), json!(store.id));
    view.insert("GroupId".into(), json!(id));
    view.insert("GroupArn".into(), json!(group_arn(id)));
    view.insert("Revision".into(), json!(group.history.revision.to_string()));
    with_history(&mut view, &group.history);
    Value::Object(view)
}

pub(super) fn user(store: &Store, id: &str, user: &User) -> Value {
    let mut view = user.attributes.clone();
    view.insert("IdentityStoreId".into(), json!(store.id));
    view.insert("UserId".into(), json!(id));
    view.insert("UserArn".into(), json!(user_arn(id)));
    view.insert("UserStatus".into(), json!("ENABLED"));
    view.insert("Revision".into(), json!(user.history.revision.to_string()));
    with_history(&mut view, &user.history);
    Value::Object(view)
}

pub(super) fn membership(store: &Store, id: &str, membership: &Membership) -> Value {
    let mut view = Map::new();
    view.insert("IdentityStoreId".into(), json!(store.id));
    view.insert("MembershipId".into(), json!(id));
    view.insert("MembershipArn".into(), json!(membership_arn(id)));
    view.insert("GroupId".into(), json!(membership.group));
    view.insert("MemberId".into(), json!({ "UserId": membership.user }));
    with_history(&mut view, &membership.history);
    Value::Object(view)
}
