//! Tags of accounts and units.

use std::collections::BTreeMap;

use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const TAGS: &str = "organizations:ListTagsForResource";

/// The tags of an account, unit or root.
///
/// # Errors
/// When they cannot be read.
pub async fn list(connection: &Connection, id: &str) -> Result<BTreeMap<String, String>, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let site = &site;
    let found = pages::all(TAGS, |token| async move {
        let request = || client.list_tags_for_resource().resource_id(id).set_next_token(token.clone());
        let answer = site.call(TAGS, || request().send()).await?;
        Ok((answer.tags().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
}
