//! An account outside joins: the organization invites it, and from inside the account the
//! invitation is accepted.
//!
//! An invitation goes to the account's id, or where the document has none to its e-mail address.
//! Accepting is for a principal in the account (Organizations API Reference, AcceptHandshake), so
//! some role there must let us in; where none does, its owner has to, and the step says how. An
//! account that is a member of another organization moves directly.

use aws_sdk_organizations::types::{HandshakeParty, HandshakePartyType};

use super::{account_creation, after_effect, known, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::accounts::{self, Account};
use crate::cloud::inventory::invitations;
use crate::cloud::task::{Found, Progress, Task};

const INVITE: &str = "organizations:InviteAccountToOrganization";
const ACCEPT: &str = "organizations:AcceptHandshake";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    match task.verb.as_str() {
        "invite" => invite(connection, task).await,
        "accept" => accept(connection, task).await,
        _ => Err(unknown_verb(task)),
    }
}

async fn invite(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let (kind, name) = match task.key("id") {
        Some(id) => (HandshakePartyType::Account, id),
        None => (HandshakePartyType::Email, task.key("email").unwrap_or_default()),
    };
    let target = HandshakeParty::builder().r#type(kind).id(name).build();
    let target = target
        .map_err(|error| CallError::ours(INVITE, code::UNSENDABLE, error.to_string(), Verdict::Rejected))?;
    let site = connection.global();
    let client = site.clients.organizations();
    let request = || client.invite_account_to_organization().target(target.clone());
    let answer = site.call(INVITE, || request().send()).await?;
    let handshake = answer.handshake().and_then(|handshake| handshake.id());
    handshake.map(invited).ok_or_else(|| CallError::unreadable(INVITE, "Handshake"))
}

fn invited(handshake: &str) -> Progress {
    Progress::Done(known([("handshake", handshake)]))
}

async fn accept(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let handshake = task.own("handshake")?;
    // Its owner may have been faster.
    if let Some(account) = member(connection, task).await? {
        return account_creation::finished(connection, account, ACCEPT).await;
    }
    let Some(id) = task.key("id") else {
        return Err(waits(handshake, "the document does not say its id, so it cannot be entered"));
    };
    let entered = connection.global_site_in(id).await;
    let site = entered.map_err(|error| waits(handshake, &error.message))?;
    let client = site.clients.organizations();
    site.call(ACCEPT, || client.accept_handshake().handshake_id(handshake).send()).await?;
    let read = accounts::describe(connection, id).await;
    let account = read.map_err(|error| after_effect(ACCEPT, error))?;
    account_creation::finished(connection, account, ACCEPT).await
}

/// Nobody but the account's owner can go on.
fn waits(handshake: &str, why: &str) -> CallError {
    let message = format!("the invitation {handshake} waits for the account's owner: {why}");
    CallError::ours(ACCEPT, code::WAITS_FOR_OWNER, message, Verdict::Rejected)
}

/// The account, if it is a member by now.
async fn member(connection: &Connection, task: &Task) -> Result<Option<Account>, CallError> {
    let (id, email) = (task.key("id"), task.key("email"));
    let all = accounts::list(connection).await?;
    let asked = |account: &Account| match id {
        Some(id) => account.id == id,
        None => email.is_some_and(|email| account.email.eq_ignore_ascii_case(email)),
    };
    Ok(all.into_iter().find(|account| asked(account) && account.state != "CLOSED"))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    if let Some(account) = member(connection, task).await? {
        return account_creation::finished(connection, account, ACCEPT).await.map(Found::Effect);
    }
    if task.verb != "invite" {
        return Ok(Found::Nothing);
    }
    let waiting = invitations::waiting(connection).await?;
    let handshake = waiting.of_account(task.key("id"), task.key("email"));
    Ok(handshake.map_or(Found::Nothing, |handshake| Found::Effect(invited(handshake))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::cloud::doubles::{Double, error, ok, task, xml_error};
    use crate::cloud::task::Performer as _;

    fn step(verb: &str, keys: Value) -> Task {
        task(["account.legacy", verb, ""], json!({}), keys, &[("handshake", "h-1")])
    }

    fn account(email: &str) -> Value {
        json!({ "Id": "222222222222", "Arn": "arn:account", "Email": email, "State": "ACTIVE",
            "Paths": ["o-x/r-root/222222222222/"] })
    }

    #[tokio::test(start_paused = true)]
    async fn an_invitation_goes_to_the_id_or_else_to_the_address() {
        let double =
            Double::new().on("InviteAccountToOrganization", ok(json!({ "Handshake": { "Id": "h-1" } })));
        let connection = double.connection().await;
        for keys in
            [json!({ "id": "222222222222", "email": "a@example.com" }), json!({ "email": "a@example.com" })]
        {
            assert_eq!(connection.begin(&step("invite", keys)).await.unwrap(), invited("h-1"));
        }
        let targets: Vec<Value> =
            double.bodies("InviteAccountToOrganization").iter().map(|body| body["Target"].clone()).collect();
        assert_eq!(
            targets,
            [
                json!({ "Type": "ACCOUNT", "Id": "222222222222" }),
                json!({ "Type": "EMAIL", "Id": "a@example.com" })
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_that_nobody_can_enter_waits_for_its_owner() {
        let double = Double::new()
            .on("ListAccounts", ok(json!({ "Accounts": [] })))
            .on("AssumeRole", xml_error(403, "AccessDenied", "not authorized to perform: sts:AssumeRole"));
        let connection = double.connection().await;
        for keys in [json!({ "id": "222222222222" }), json!({ "email": "a@example.com" })] {
            let refused = connection.begin(&step("accept", keys)).await.unwrap_err();
            assert_eq!((refused.code.as_str(), refused.verdict), (code::WAITS_FOR_OWNER, Verdict::Rejected));
            assert!(refused.message.contains("h-1"), "{refused}");
        }
        assert!(!double.called().contains(&"AcceptHandshake".to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn an_invitation_that_its_owner_has_accepted_is_not_accepted_again() {
        let double = Double::new().on("ListAccounts", ok(json!({ "Accounts": [account("a@example.com")] })));
        let done =
            double.connection().await.begin(&step("accept", json!({ "email": "A@example.com" }))).await;
        let pairs = [("id", "222222222222"), ("arn", "arn:account"), ("parent_id", "r-root")];
        assert_eq!(done.unwrap(), Progress::Done(known(pairs)));
        assert_eq!(double.called(), ["ListAccounts"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_invitation_turns_out_to_be_the_first() {
        let waiting =
            json!({ "Id": "h-1", "State": "OPEN", "Parties": [{ "Type": "EMAIL", "Id": "a@example.com" }] });
        let double = Double::new()
            .on("InviteAccountToOrganization", error(400, "DuplicateHandshakeException", "there is one"))
            .on("ListAccounts", ok(json!({ "Accounts": [] })))
            .on("ListHandshakesForOrganization", ok(json!({ "Handshakes": [waiting] })));
        let connection = double.connection().await;
        let invite = step("invite", json!({ "email": "a@example.com" }));
        assert_eq!(connection.begin(&invite).await.unwrap_err().verdict, Verdict::Satisfied);
        let found = connection.look_up(&invite, jiff::Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(found, Found::Effect(invited("h-1")));
    }
}
