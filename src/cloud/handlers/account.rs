//! Member accounts: create, move, rename, tag, contacts.
//!
//! `CreateAccount` takes no client token, no unit, and its status tells no e-mail
//! address. It is sent once; the e-mail address is the natural key by which its
//! effect is found, since AWS lets no two accounts share one.

use aws_sdk_account::types::AlternateContactType;
use jiff::Timestamp;
use serde_json::Value;

use super::timing::may_be_ours;
use super::{after_effect, effect_if, known, unit, unknown_verb};
use crate::catalog::operations::{self, Verdict};
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::accounts::{self, Account, Creation};
use crate::cloud::task::{Found, Progress, Task};
use crate::model::{Attributes, canonical};

const CREATE: &str = "organizations:CreateAccount";
const MOVE: &str = "organizations:MoveAccount";
const EXISTS: &str = "EMAIL_ALREADY_EXISTS";
const SUBMITTED: &str = "CONCURRENT_ACCOUNT_MODIFICATION";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    match task.verb.as_str() {
        "create" => create(connection, task).await,
        "move" => relocate(connection, task).await,
        "rename" => rename(connection, task).await,
        "tag" => unit::tag(connection, task).await,
        "put_contact" => put_contact(connection, task).await,
        _ => Err(unknown_verb(task)),
    }
}

pub(super) async fn poll(connection: &Connection, task: &Task, car: &str) -> Result<Progress, CallError> {
    follow(connection, task, accounts::creation(connection, car).await?).await
}

pub(super) async fn look_up(connection: &Connection, task: &Task, since: Timestamp) -> Result<Found, CallError> {
    match task.verb.as_str() {
        "create" => find_creation(connection, task, since).await,
        "move" => {
            let (id, to) = (task.own("id")?, task.text("unit")?);
            let here = accounts::parent(connection, id).await? == to;
            Ok(if here { Found::Effect(arrived(to)) } else { Found::Nothing })
        }
        "rename" => {
            let live = accounts::describe(connection, task.own("id")?).await?;
            Ok(effect_if(live.name == task.text("name")?))
        }
        "tag" => unit::tagged(connection, task).await,
        "put_contact" => {
            let live = accounts::contact(connection, task.own("id")?, &task.item).await?;
            let wanted = contact(task)?;
            Ok(effect_if(live.is_some_and(|live| canonical::text(&live) == canonical::text(wanted))))
        }
        _ => Err(unknown_verb(task)),
    }
}

async fn create(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let (name, email, tags) = (task.text("name")?, task.text("email")?, unit::sdk_tags(task)?);
    let role = task.text("role_name").ok();
    let request = || {
        let request = client.create_account().account_name(name).email(email);
        request.set_role_name(role.map(str::to_owned)).set_tags(tags.clone())
    };
    let answer = site.call(CREATE, || request().send()).await?;
    let status = answer.create_account_status();
    let status = status.ok_or_else(|| CallError::unreadable(CREATE, "CreateAccountStatus"))?;
    follow(connection, task, Creation::of(CREATE, status)?).await
}

/// What the status of a creation means for the task.
async fn follow(connection: &Connection, task: &Task, creation: Creation) -> Result<Progress, CallError> {
    match (creation.state.as_str(), &creation.account) {
        ("SUCCEEDED", Some(id)) => {
            let read = accounts::describe(connection, id).await;
            let account = read.map_err(|error| after_effect(CREATE, error))?;
            let email = task.text("email")?;
            if !account.email.eq_ignore_ascii_case(email) {
                let message = format!("the request {} made another account than {email}", creation.id);
                return Err(CallError::operation_failed(CREATE, message));
            }
            finished(connection, account).await
        }
        ("FAILED", _) => failed(connection, task, &creation.failure.unwrap_or_default()).await,
        _ => Ok(Progress::Running { operation: creation.id, attributes: Attributes::new() }),
    }
}

/// A creation that AWS ended as failed. If the address is taken by a member of
/// this organization, it is the account that was asked for.
async fn failed(connection: &Connection, task: &Task, reason: &str) -> Result<Progress, CallError> {
    let email = task.text("email")?;
    if [EXISTS, SUBMITTED].contains(&reason)
        && let Some(account) = by_email(connection, email).await?
    {
        return finished(connection, account).await;
    }
    let message = if reason == EXISTS {
        format!("{email} belongs to an AWS account outside this organization")
    } else {
        format!("AWS ended the creation of {email} with {reason}")
    };
    // A failed creation has made nothing, so its outcome is never open.
    let verdict = match operations::table().verdict(CREATE, reason, &message) {
        Verdict::Unknown => Verdict::Rejected,
        known => known,
    };
    Err(CallError::ours(CREATE, reason, message, verdict))
}

/// The account with an e-mail address that is not closed.
async fn by_email(connection: &Connection, email: &str) -> Result<Option<Account>, CallError> {
    let all = accounts::list(connection).await?;
    Ok(all.into_iter().find(|a| a.email.eq_ignore_ascii_case(email) && a.state != "CLOSED"))
}

/// Everything that others refer to; the parent is asked for where it is not known.
async fn finished(connection: &Connection, mut account: Account) -> Result<Progress, CallError> {
    if account.parent.is_none() {
        let parent = accounts::parent(connection, &account.id).await;
        account.parent = Some(parent.map_err(|error| after_effect(CREATE, error))?);
    }
    Ok(Progress::Done(account.attributes()))
}

/// The account by its e-mail address, else a creation of the same name that can
/// be ours. A name is not unique, so [`follow`] proves the address of what it made.
async fn find_creation(connection: &Connection, task: &Task, since: Timestamp) -> Result<Found, CallError> {
    if let Some(account) = by_email(connection, task.text("email")?).await? {
        return finished(connection, account).await.map(Found::Effect);
    }
    let name = task.text("name")?;
    let mut candidates = accounts::creations(connection).await?;
    candidates.retain(|c| c.name == name && c.state != "FAILED" && may_be_ours(c.requested, since));
    // The youngest first; AWS promises no order.
    candidates.sort_by_key(|c| std::cmp::Reverse(c.requested));
    for creation in candidates {
        if creation.state == "IN_PROGRESS" {
            return follow(connection, task, creation).await.map(Found::Effect);
        }
        let Some(id) = &creation.account else { continue };
        let account = accounts::describe(connection, id).await?;
        if account.email.eq_ignore_ascii_case(task.text("email")?) {
            return finished(connection, account).await.map(Found::Effect);
        }
    }
    Ok(Found::Nothing)
}

/// Moves the account from where it was seen, or from where it turns out to be.
async fn relocate(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let (id, to) = (task.own("id")?, task.text("unit")?);
    let from = match task.own("parent_id") {
        Ok(seen) => seen.to_owned(),
        Err(_) => accounts::parent(connection, id).await?,
    };
    let refusal = match send_move(connection, id, &from, to).await {
        Ok(()) => return Ok(arrived(to)),
        Err(error) if error.verdict == Verdict::Satisfied => error,
        Err(error) => return Err(error),
    };
    // AWS has refused the move: the account is there already, or somewhere else.
    let now = accounts::parent(connection, id).await?;
    if now == to {
        return Ok(arrived(to));
    }
    if now == from {
        return Err(CallError { verdict: Verdict::Conflict, ..refusal });
    }
    send_move(connection, id, &now, to).await?;
    Ok(arrived(to))
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

fn arrived(parent: &str) -> Progress {
    Progress::Done(known([("parent_id", parent)]))
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
