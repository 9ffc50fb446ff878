//! Member accounts: move, rename, tag, contacts, closing. How they come to be members are
//! matters of their own, see `account_creation` and `account_joining`.

use aws_sdk_account::types::AlternateContactType;
use jiff::Timestamp;
use serde_json::Value;

use super::{
    account_address, account_controls, account_creation, account_enrolment, account_factory, account_joining,
    account_recording, effect_if, unit, unknown_verb,
};
use crate::catalog::operations::Verdict;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::{accounts, contacts};
use crate::cloud::task::{Found, Progress, Task};
use crate::model::{Attributes, canonical};

const MOVE: &str = "organizations:MoveAccount";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    match task.verb.as_str() {
        "create" => account_creation::begin(connection, task).await,
        "invite" | "accept" => account_joining::begin(connection, task).await,
        "move" => relocate(connection, task).await,
        "rename" => rename(connection, task).await,
        "send_code" | "change_email" => account_address::begin(connection, task).await,
        "tag" => unit::tag(connection, task).await,
        "put_contact" => put_contact(connection, task).await,
        "close" => close(connection, task).await,
        "stop_recorder" | "delete_channel" | "delete_recorder" => {
            account_recording::begin(connection, task).await
        }
        "enrol" | "discard_product" | "leave_factory" => account_factory::begin(connection, task).await,
        "drop_control" => account_controls::begin(connection, task).await,
        _ => Err(unknown_verb(task)),
    }
}

pub(super) async fn poll(connection: &Connection, task: &Task, car: &str) -> Result<Progress, CallError> {
    match task.verb.as_str() {
        "close" => Ok(closing(&accounts::describe(connection, car).await?)),
        "change_email" => account_address::poll(connection, task, car).await,
        "move" => account_enrolment::poll(connection, task, car).await,
        "enrol" | "discard_product" | "leave_factory" => account_factory::poll(connection, task, car).await,
        "drop_control" => account_controls::poll(connection, car).await,
        _ => account_creation::poll(connection, task, car).await,
    }
}

pub(super) async fn look_up(
    connection: &Connection,
    task: &Task,
    since: Timestamp,
) -> Result<Found, CallError> {
    match task.verb.as_str() {
        "create" => account_creation::look_up(connection, task, since).await,
        "invite" | "accept" => account_joining::look_up(connection, task).await,
        "move" => {
            let (id, to) = (task.own("id")?, task.text("unit")?);
            let here = accounts::parent(connection, id).await? == to;
            match here {
                true => account_enrolment::follow(connection, task, to).await.map(Found::Effect),
                false => Ok(Found::Nothing),
            }
        }
        "rename" => {
            let live = accounts::describe(connection, task.own("id")?).await?;
            Ok(effect_if(live.name == task.text("name")?))
        }
        "send_code" | "change_email" => account_address::look_up(connection, task).await,
        "tag" => unit::tagged(connection, task).await,
        "stop_recorder" | "delete_channel" | "delete_recorder" => {
            account_recording::look_up(connection, task).await
        }
        "enrol" | "discard_product" | "leave_factory" => account_factory::look_up(connection, task).await,
        "drop_control" => account_controls::look_up(connection, task).await,
        "close" => match accounts::describe(connection, task.own("id")?).await {
            Ok(account) if account.state == "ACTIVE" => Ok(Found::Nothing),
            Ok(account) => Ok(Found::Effect(closing(&account))),
            Err(error) if error.is_missing() => Ok(effect_if(true)),
            Err(error) => Err(error),
        },
        "put_contact" => {
            let live = contacts::get(connection, task.own("id")?, &task.item).await?;
            let wanted = contact(task)?;
            Ok(effect_if(live.is_some_and(|live| canonical::text(&live) == canonical::text(wanted))))
        }
        _ => Err(unknown_verb(task)),
    }
}

async fn close(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let id = task.own("id")?;
    let site = connection.global();
    let client = site.clients.organizations();
    site.call("organizations:CloseAccount", || client.close_account().account_id(id).send()).await?;
    Ok(Progress::Running { operation: id.to_owned(), attributes: Attributes::new() })
}

/// How far a closing is. AWS may call the account active again for a moment on the way, so
/// only the end counts; `SUSPENDED` is what the retiring `Status` says of a closed one.
fn closing(account: &accounts::Account) -> Progress {
    match account.state.as_str() {
        "CLOSED" | "SUSPENDED" => Progress::Done(Attributes::new()),
        _ => Progress::Running { operation: account.id.clone(), attributes: Attributes::new() },
    }
}

/// Moves the account from where it was seen, or from where it turns out to be.
async fn relocate(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let (id, to) = (task.own("id")?, task.text("unit")?);
    let from = match task.own("parent_id") {
        Ok(seen) => seen.to_owned(),
        Err(_) => accounts::parent(connection, id).await?,
    };
    let refusal = match send_move(connection, id, &from, to).await {
        Ok(()) => return account_enrolment::follow(connection, task, to).await,
        Err(error) if error.verdict == Verdict::Satisfied => error,
        Err(error) => return Err(error),
    };
    // AWS has refused the move: the account is there already, or somewhere else.
    let now = accounts::parent(connection, id).await?;
    if now == from {
        return Err(CallError { verdict: Verdict::Conflict, ..refusal });
    }
    if now != to {
        send_move(connection, id, &now, to).await?;
    }
    account_enrolment::follow(connection, task, to).await
}

async fn send_move(connection: &Connection, id: &str, from: &str, to: &str) -> Result<(), CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let request = || {
        let request = client.move_account().account_id(id);
        request.source_parent_id(from).destination_parent_id(to)
    };
    site.call(MOVE, || request().send()).await.map(|_| ())
}

/// The id to name in Account Management: the management account may not name
/// itself (API reference, parameter AccountId).
async fn other(connection: &Connection, id: &str) -> Result<Option<String>, CallError> {
    let own = connection.caller().await?.account.as_str() == id;
    Ok((!own).then(|| id.to_owned()))
}

async fn rename(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let (id, name) = (other(connection, task.own("id")?).await?, task.text("name")?);
    let site = connection.global();
    let client = site.clients.account();
    let request = || client.put_account_name().account_name(name).set_account_id(id.clone());
    site.call("account:PutAccountName", || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

async fn put_contact(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let id = other(connection, task.own("id")?).await?;
    let site = connection.global();
    let client = site.clients.account();
    let kind = AlternateContactType::from(task.item.to_ascii_uppercase().as_str());
    let wanted = contact(task)?;
    let member = |name: &str| wanted.get(name).and_then(Value::as_str).map(str::to_owned);
    let request = || {
        let request = client.put_alternate_contact().alternate_contact_type(kind.clone());
        let request = request.set_name(member("name")).set_title(member("title"));
        let request = request.set_email_address(member("email")).set_phone_number(member("phone"));
        request.set_account_id(id.clone())
    };
    site.call("account:PutAlternateContact", || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

fn contact(task: &Task) -> Result<&Value, CallError> {
    task.value(&format!("alternate_contacts.{}", task.item))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, error, ok, task};
    use crate::cloud::handlers::known;
    use crate::cloud::task::Performer as _;

    fn relocate() -> Task {
        let own = [("id", "222222222222"), ("parent_id", "ou-from")];
        task(["account.log", "move", ""], json!({ "unit": "ou-to" }), json!({}), &own)
    }

    #[tokio::test(start_paused = true)]
    async fn a_move_that_is_already_made_is_done() {
        let double = Double::new()
            .on("MoveAccount", error(400, "DuplicateAccountException", "there"))
            .on("ListParents", ok(json!({ "Parents": [{ "Id": "ou-to", "Type": "ORGANIZATIONAL_UNIT" }] })));
        let done = double.connection().await.begin(&relocate()).await.unwrap();
        assert_eq!(done, Progress::Done(known([("parent_id", "ou-to")])));
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_that_was_moved_meanwhile_is_moved_from_where_it_is() {
        let double = Double::new()
            .on("MoveAccount", error(400, "SourceParentNotFoundException", "gone"))
            .on("MoveAccount", ok(json!({})))
            .on(
                "ListParents",
                ok(json!({ "Parents": [{ "Id": "ou-else", "Type": "ORGANIZATIONAL_UNIT" }] })),
            );
        double.connection().await.begin(&relocate()).await.unwrap();
        let from: Vec<Value> =
            double.bodies("MoveAccount").iter().map(|body| body["SourceParentId"].clone()).collect();
        assert_eq!(from, [json!("ou-from"), json!("ou-else")]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_contact_goes_out_member_by_member() {
        let contact = json!({ "name": "SOC", "title": "On call", "email": "soc@example.com", "phone": "1" });
        let at = ["account.log", "put_contact", "security"];
        let inputs = json!({ "alternate_contacts.security": contact });
        let task = task(at, inputs, json!({}), &[("id", "222222222222")]);
        let double = Double::new().on("/putAlternateContact", ok(json!({})));
        double.connection().await.begin(&task).await.unwrap();
        assert_eq!(
            double.bodies("/putAlternateContact"),
            [
                json!({ "AccountId": "222222222222", "AlternateContactType": "SECURITY", "EmailAddress": "soc@example.com",
                "Name": "SOC", "PhoneNumber": "1", "Title": "On call" })
            ]
        );
    }
}
