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

pub(super) async fn look_up(
    connection: &Connection,
    task: &Task,
    since: Timestamp,
) -> Result<Found, CallError> {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Answer, Double, error, ok};
    use crate::cloud::task::Performer as _;

    fn task(verb: &str, inputs: Value, own: &[(&str, &str)]) -> Task {
        Task {
            address: "account.log".parse().unwrap(),
            verb: verb.into(),
            item: String::new(),
            inputs: inputs.as_object().unwrap().clone().into_iter().collect(),
            keys: Default::default(),
            own: own.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            token: "token".into(),
        }
    }

    fn create() -> Task {
        task("create", json!({ "name": "log", "email": "log@example.com", "tags.owner": "us" }), &[])
    }

    fn relocate() -> Task {
        task("move", json!({ "unit": "ou-to" }), &[("id", "222222222222"), ("parent_id", "ou-from")])
    }

    fn status(state: &str, more: Value) -> Value {
        let mut status = json!({ "Id": "car-1", "AccountName": "log", "State": state });
        status.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        status
    }

    fn account(email: &str) -> Value {
        json!({ "Id": "222222222222", "Arn": "arn:account", "Email": email, "State": "ACTIVE",
            "Paths": ["o-x/r-root/222222222222/"] })
    }

    fn since() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    /// What a proven account gives.
    fn proven() -> Progress {
        let pairs = [("id", "222222222222"), ("arn", "arn:account"), ("parent_id", "r-root")];
        Progress::Done(known(pairs))
    }

    #[tokio::test(start_paused = true)]
    async fn a_creation_runs_until_its_status_says_so_and_the_address_is_proven() {
        let double = Double::new()
            .on("CreateAccount", ok(json!({ "CreateAccountStatus": status("IN_PROGRESS", json!({})) })))
            .on(
                "DescribeCreateAccountStatus",
                ok(json!({ "CreateAccountStatus": status("SUCCEEDED", json!({ "AccountId": "222222222222" })) })),
            )
            .on("DescribeAccount", ok(json!({ "Account": account("LOG@example.com") })));
        let connection = double.connection().await;
        let running = connection.begin(&create()).await.unwrap();
        assert!(matches!(&running, Progress::Running { operation, .. } if operation == "car-1"));
        assert_eq!(connection.poll(&create(), "car-1").await.unwrap(), proven());
        let sent = &double.bodies("CreateAccount")[0];
        assert_eq!(sent["Tags"], json!([{ "Key": "owner", "Value": "us" }]));
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_taken_inside_the_organization_is_the_account_asked_for() {
        let failed = status("FAILED", json!({ "FailureReason": EXISTS }));
        let double = Double::new()
            .on("DescribeCreateAccountStatus", ok(json!({ "CreateAccountStatus": failed })))
            .on("ListAccounts", ok(json!({ "Accounts": [account("log@example.com")] })))
            .on("ListAccounts", ok(json!({ "Accounts": [] })));
        let connection = double.connection().await;
        assert_eq!(connection.poll(&create(), "car-1").await.unwrap(), proven());
        let outside = connection.poll(&create(), "car-1").await.unwrap_err();
        assert_eq!((outside.code.as_str(), outside.verdict), (EXISTS, Verdict::Rejected));
        assert!(outside.message.contains("log@example.com"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_creation_is_never_left_open() {
        for (reason, verdict) in [
            ("ACCOUNT_LIMIT_EXCEEDED", Verdict::Quota),
            ("INTERNAL_FAILURE", Verdict::NotReady),
            ("INVALID_ADDRESS", Verdict::Rejected),
            ("A_NEW_REASON", Verdict::Rejected),
        ] {
            let failed = status("FAILED", json!({ "FailureReason": reason }));
            let double =
                Double::new().on("DescribeCreateAccountStatus", ok(json!({ "CreateAccountStatus": failed })));
            let got = double.connection().await.poll(&create(), "car-1").await.unwrap_err();
            assert_eq!((got.code.as_str(), got.verdict), (reason, verdict));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_creation_is_found_by_address_then_by_a_request_that_can_be_ours() {
        let none = json!({ "Accounts": [] });
        let at = |seconds: i64| json!({ "RequestedTimestamp": since().as_second() + seconds });
        let double = Double::new()
            .on("CreateAccount", Answer::Lost)
            .on("ListAccounts", ok(json!({ "Accounts": [account("log@example.com")] })))
            .on("ListAccounts", ok(none))
            .on(
                "ListCreateAccountStatus",
                ok(json!({ "CreateAccountStatuses": [status("IN_PROGRESS", at(5))] })),
            )
            .on(
                "ListCreateAccountStatus",
                ok(json!({ "CreateAccountStatuses": [status("IN_PROGRESS", at(-3600))] })),
            );
        let connection = double.connection().await;
        assert_eq!(connection.begin(&create()).await.unwrap_err().verdict, Verdict::Unknown);
        assert_eq!(double.bodies("CreateAccount").len(), 1);
        let look = || async { connection.look_up(&create(), since()).await.unwrap() };
        assert_eq!(look().await, Found::Effect(proven()));
        assert!(
            matches!(look().await, Found::Effect(Progress::Running { operation, .. }) if operation == "car-1")
        );
        assert_eq!(look().await, Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_of_the_same_name_that_made_another_account_is_not_ours() {
        let made = status("SUCCEEDED", json!({ "AccountId": "222222222222" }));
        let double = Double::new()
            .on("ListAccounts", ok(json!({ "Accounts": [] })))
            .on("ListCreateAccountStatus", ok(json!({ "CreateAccountStatuses": [made] })))
            .on("DescribeAccount", ok(json!({ "Account": account("other@example.com") })));
        let found = double.connection().await.look_up(&create(), since()).await.unwrap();
        assert_eq!(found, Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn a_move_that_is_already_made_is_done() {
        let double = Double::new()
            .on("MoveAccount", error(400, "DuplicateAccountException", "there"))
            .on("ListParents", ok(json!({ "Parents": [{ "Id": "ou-to", "Type": "ORGANIZATIONAL_UNIT" }] })));
        let done = double.connection().await.begin(&relocate()).await.unwrap();
        assert_eq!(done, arrived("ou-to"));
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
        let mut task =
            task("put_contact", json!({ "alternate_contacts.security": contact }), &[("id", "222222222222")]);
        task.item = "security".into();
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
