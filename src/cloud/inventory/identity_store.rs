//! Groups and users of the identity store, found by the names that are unique in it.

use aws_sdk_identitystore::types::{AlternateIdentifier, UniqueAttribute};
use serde_json::json;

use super::document::from_json;
use super::identity_center::Instance;
use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const GROUP_ID: &str = "identitystore:GetGroupId";
const USER_ID: &str = "identitystore:GetUserId";
const DESCRIBE_GROUP: &str = "identitystore:DescribeGroup";
const LIST_GROUPS: &str = "identitystore:ListGroups";
const LIST_USERS: &str = "identitystore:ListUsers";
/// The largest page.
const PAGE: i32 = 100;

/// The id of the group of that display name, if there is one.
///
/// # Errors
/// When it cannot be looked for.
pub async fn group_id(
    connection: &Connection,
    instance: &Instance,
    name: &str,
) -> Result<Option<String>, CallError> {
    let site = instance.site(connection);
    let client = site.clients.identitystore();
    let by_name = unique("displayName", name, GROUP_ID)?;
    let request = || {
        let request = client.get_group_id().identity_store_id(&instance.store);
        request.alternate_identifier(by_name.clone())
    };
    match site.call(GROUP_ID, || request().send()).await {
        Ok(answer) => Ok(Some(answer.group_id().to_owned())),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The id of the user of that name, if there is one.
///
/// # Errors
/// When it cannot be looked for.
pub async fn user_id(
    connection: &Connection,
    instance: &Instance,
    name: &str,
) -> Result<Option<String>, CallError> {
    let site = instance.site(connection);
    let client = site.clients.identitystore();
    let by_name = unique("userName", name, USER_ID)?;
    let request = || {
        let request = client.get_user_id().identity_store_id(&instance.store);
        request.alternate_identifier(by_name.clone())
    };
    match site.call(USER_ID, || request().send()).await {
        Ok(answer) => Ok(Some(answer.user_id().to_owned())),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}

fn unique(attribute: &str, value: &str, operation: &str) -> Result<AlternateIdentifier, CallError> {
    let unique =
        UniqueAttribute::builder().attribute_path(attribute).attribute_value(from_json(&json!(value)));
    let unique = unique.build().map_err(|_| CallError::unreadable(operation, "identifier"))?;
    Ok(AlternateIdentifier::UniqueAttribute(unique))
}

/// A group's description, if it has one.
///
/// # Errors
/// When it cannot be read.
pub async fn group_description(
    connection: &Connection,
    instance: &Instance,
    id: &str,
) -> Result<Option<String>, CallError> {
    let site = instance.site(connection);
    let client = site.clients.identitystore();
    let request = || client.describe_group().identity_store_id(&instance.store).group_id(id);
    let answer = site.call(DESCRIBE_GROUP, || request().send()).await?;
    Ok(answer.description().map(str::to_owned))
}

/// One group of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Its display name, of which a store has one.
    pub name: String,
    /// What it is for, if it says so.
    pub description: Option<String>,
    /// Whether an identity provider outside AWS brought it in.
    pub external: bool,
}

/// Every group that has a display name.
///
/// # Errors
/// When they cannot be read.
pub async fn groups(connection: &Connection, instance: &Instance) -> Result<Vec<Group>, CallError> {
    let site = instance.site(connection);
    let client = site.clients.identitystore();
    let site = &site;
    let found = pages::all(LIST_GROUPS, |token| async move {
        let request = || client.list_groups().identity_store_id(&instance.store).max_results(PAGE);
        let answer = site.call(LIST_GROUPS, || request().set_next_token(token.clone()).send()).await?;
        Ok((answer.groups().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let group = |group: &aws_sdk_identitystore::types::Group| {
        Some(Group {
            id: group.group_id().to_owned(),
            name: group.display_name()?.to_owned(),
            description: group.description().map(str::to_owned),
            external: !group.external_ids().is_empty(),
        })
    };
    Ok(found.await?.iter().filter_map(group).collect())
}

/// Every user that has a name: user name and id.
///
/// # Errors
/// When they cannot be read.
pub async fn users(connection: &Connection, instance: &Instance) -> Result<Vec<(String, String)>, CallError> {
    let site = instance.site(connection);
    let client = site.clients.identitystore();
    let site = &site;
    let found = pages::all(LIST_USERS, |token| async move {
        let request = || client.list_users().identity_store_id(&instance.store).max_results(PAGE);
        let answer = site.call(LIST_USERS, || request().set_next_token(token.clone()).send()).await?;
        Ok((answer.users().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let named = |user: &aws_sdk_identitystore::types::User| {
        Some((user.user_name()?.to_owned(), user.user_id().to_owned()))
    };
    Ok(found.await?.iter().filter_map(named).collect())
}
