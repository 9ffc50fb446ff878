//! Accounts that shall join by invitation and are no members yet.
//!
//! Such an account is seen although it is not there: with the invitation that waits for it, if
//! there is one, and with the root, where accounts that join come to stand (Organizations User
//! Guide, orgs_manage_accounts_invites). It has no id then, whatever the document says, so that
//! everything that names it waits until it is a member.

use serde_json::json;

use super::findings::Findings;
use crate::cloud::Connection;
use crate::cloud::inventory::invitations::{self, Invitations};
use crate::cloud::inventory::organization::Root;
use crate::model::{Attributes, Fields, Live, Resource};

use super::wanted::key;

/// The field of an account that shall join.
const MEMBERSHIP: &str = "membership";

/// The fields that speak of its root address.
const ADDRESS: [&str; 2] = ["email", "email_code"];

/// Whether an account shall join by invitation.
pub(super) fn joins(resource: &Resource) -> bool {
    resource.fields.contains_key(MEMBERSHIP)
}

/// What is so of an account that has joined.
pub(super) fn joined() -> [(String, serde_json::Value); 2] {
    [("invitation".to_owned(), json!(true)), (MEMBERSHIP.to_owned(), json!(true))]
}

/// Fills in those of the wanted accounts that are not there. Without a `root` there is no
/// organization yet, and nobody is invited.
pub(super) async fn observe(
    connection: &Connection,
    wanted: &[&Resource],
    root: Option<&Root>,
    findings: &mut Findings,
) {
    let outside: Vec<&Resource> = wanted
        .iter()
        .copied()
        .filter(|resource| joins(resource) && !findings.live.contains_key(&resource.address))
        // One that was a member and is closed cannot join.
        .filter(|resource| !findings.facts.inactive_accounts.contains_key(&resource.address))
        .collect();
    if outside.is_empty() {
        return;
    }
    let waiting = match root {
        Some(_) => invitations::waiting(connection).await,
        None => Ok(Invitations::default()),
    };
    match waiting {
        Ok(waiting) => {
            for resource in outside {
                findings.see(resource, seen(resource, root, &waiting));
            }
        }
        Err(error) => findings.gap_all(&outside, &error),
    }
}

fn seen(resource: &Resource, root: Option<&Root>, waiting: &Invitations) -> Live {
    let mut live = Live { fields: Fields::new(), attributes: Attributes::new() };
    // Nobody knows its address before it is a member.
    let said = resource.fields.iter().filter(|(field, _)| ADDRESS.contains(&field.as_str()));
    live.fields.extend(said.map(|(field, value)| (field.clone(), value.clone())));
    live.fields.extend(root.map(|root| ("unit".to_owned(), json!(root.id))));
    if let Some(handshake) = waiting.of_account(key(resource, "id"), key(resource, "email")) {
        live.fields.insert("invitation".to_owned(), json!(true));
        live.attributes.insert("handshake".to_owned(), handshake.to_owned());
    }
    live
}
