//! Invitations to join, as far as somebody can still answer them: those that the organization has
//! sent, and those that an account has received.

use std::collections::BTreeMap;

use aws_sdk_organizations::types::{
    ActionType, Handshake, HandshakeFilter, HandshakePartyType, HandshakeResource, HandshakeResourceType,
};
use jiff::Timestamp;

use super::accounts::PAGE;
use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const LIST: &str = "organizations:ListHandshakesForOrganization";
const RECEIVED: &str = "organizations:ListHandshakesForAccount";

/// States in which an invitation waits. The API Reference calls an invitation that was sent
/// REQUESTED; its published examples show OPEN.
const WAITING: [&str; 2] = ["OPEN", "REQUESTED"];

/// Invitations that wait, by whom they are for: an account's id, or an e-mail address in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invitations(BTreeMap<String, String>);

impl Invitations {
    fn of(handshakes: &[Handshake]) -> Self {
        let mut found = BTreeMap::new();
        for handshake in handshakes.iter().filter(waits) {
            let Some(id) = handshake.id() else { continue };
            let others = handshake
                .parties()
                .iter()
                .filter(|party| *party.r#type() != HandshakePartyType::Organization);
            found.extend(others.map(|party| (party.id().to_ascii_lowercase(), id.to_owned())));
        }
        Self(found)
    }

    /// The invitation of an account, by whichever of its id and address it was sent to.
    #[must_use]
    pub fn of_account(&self, id: Option<&str>, email: Option<&str>) -> Option<&str> {
        let by_id = id.and_then(|id| self.0.get(id));
        let by_email = || email.and_then(|email| self.0.get(&email.to_ascii_lowercase()));
        by_id.or_else(by_email).map(String::as_str)
    }
}

/// Every invitation that waits.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn waiting(connection: &Connection) -> Result<Invitations, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let site = &site;
    let filter = HandshakeFilter::builder().action_type(ActionType::InviteAccountToOrganization).build();
    let filter = &filter;
    let found = pages::all(LIST, |token| async move {
        let request = || {
            let request = client.list_handshakes_for_organization().filter(filter.clone());
            request.max_results(PAGE).set_next_token(token.clone())
        };
        let answer = site.call(LIST, || request().send()).await?;
        Ok((answer.handshakes().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(Invitations::of(&found.await?))
}

/// An invitation that the caller's account has received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// AWS's id, `h-...`.
    pub id: String,
    /// The organization that invites, `o-...`.
    pub organization: String,
    /// The e-mail address of its management account, where AWS tells it.
    pub from: Option<String>,
    /// When it expires.
    pub expires: Option<Timestamp>,
}

impl Received {
    fn of(handshake: &Handshake) -> Option<Self> {
        let organization =
            handshake.parties().iter().find(|party| *party.r#type() == HandshakePartyType::Organization)?;
        let about = handshake.resources().iter().flat_map(HandshakeResource::resources);
        let mut from = about.filter(|one| one.r#type() == Some(&HandshakeResourceType::MasterEmail));
        let expires = handshake.expiration_timestamp().map(aws_sdk_organizations::primitives::DateTime::secs);
        Some(Self {
            id: handshake.id()?.to_owned(),
            organization: organization.id().to_owned(),
            from: from.find_map(HandshakeResource::value).map(str::to_owned),
            expires: expires.and_then(|seconds| Timestamp::from_second(seconds).ok()),
        })
    }
}

/// Every invitation to the caller's account that waits.
///
/// # Errors
/// When they cannot be read.
pub async fn received(connection: &Connection) -> Result<Vec<Received>, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let site = &site;
    let filter = HandshakeFilter::builder().action_type(ActionType::InviteAccountToOrganization).build();
    let filter = &filter;
    let found = pages::all(RECEIVED, |token| async move {
        let request = || {
            let request = client.list_handshakes_for_account().filter(filter.clone());
            request.max_results(PAGE).set_next_token(token.clone())
        };
        let answer = site.call(RECEIVED, || request().send()).await?;
        Ok((answer.handshakes().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().filter(waits).filter_map(Received::of).collect())
}

/// Whether a handshake can still be answered.
fn waits(handshake: &&Handshake) -> bool {
    handshake.state().is_some_and(|state| WAITING.contains(&state.as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::cloud::doubles::{Double, ok};

    fn handshake(id: &str, state: &str, kind: &str, target: &str) -> Value {
        json!({ "Id": id, "State": state, "Action": "INVITE",
            "Parties": [{ "Type": "ORGANIZATION", "Id": "exampleorgid" }, { "Type": kind, "Id": target }] })
    }

    #[tokio::test(start_paused = true)]
    async fn an_invitation_that_waits_is_found_by_the_id_or_the_address_it_was_sent_to() {
        let all = [
            handshake("h-1", "OPEN", "ACCOUNT", "222222222222"),
            handshake("h-2", "REQUESTED", "EMAIL", "Old@example.com"),
            handshake("h-3", "EXPIRED", "ACCOUNT", "333333333333"),
        ];
        let double = Double::new().on("ListHandshakesForOrganization", ok(json!({ "Handshakes": all })));
        let found = waiting(&double.connection().await).await.unwrap();
        assert_eq!(found.of_account(Some("222222222222"), None), Some("h-1"));
        assert_eq!(found.of_account(Some("444444444444"), Some("OLD@example.com")), Some("h-2"));
        assert_eq!(found.of_account(Some("333333333333"), Some("new@example.com")), None);
        assert_eq!(
            double.bodies("ListHandshakesForOrganization")[0]["Filter"],
            json!({ "ActionType": "INVITE" })
        );
    }
}
