//! Creating a member account.
//!
//! `CreateAccount` takes no client token, no unit, and its status tells no e-mail
//! address. It is sent once; the e-mail address is the natural key by which its
//! effect is found, since AWS lets no two accounts share one.

use jiff::Timestamp;

use super::timing::may_be_ours;
use super::{after_effect, unit};
use crate::catalog::operations::{self, Verdict};
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::accounts::{self, Account};
use crate::cloud::inventory::creations::{self, Creation};
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const CREATE: &str = "organizations:CreateAccount";
const EXISTS: &str = "EMAIL_ALREADY_EXISTS";
const SUBMITTED: &str = "CONCURRENT_ACCOUNT_MODIFICATION";

pub(super) async fn poll(connection: &Connection, task: &Task, car: &str) -> Result<Progress, CallError> {
    follow(connection, task, creations::get(connection, car).await?).await
}

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
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
            finished(connection, account, CREATE).await
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
        return finished(connection, account, CREATE).await;
    }
    let message = if reason == EXISTS {
        format!("{reason}: {email} belongs to an AWS account outside this organization")
    } else {
        format!("AWS ended the creation of {email} with {reason}")
    };
    // A failed creation has made nothing, so its outcome is never open, and nobody need ask about it again.
    let verdict = match operations::table().verdict(CREATE, reason, &message) {
        Verdict::Unknown => Verdict::Rejected,
        known => known,
    };
    Err(CallError::ours(CREATE, code::OPERATION_FAILED, message, verdict))
}

/// The account with an e-mail address that is not closed.
async fn by_email(connection: &Connection, email: &str) -> Result<Option<Account>, CallError> {
    let all = accounts::list(connection).await?;
    Ok(all.into_iter().find(|a| a.email.eq_ignore_ascii_case(email) && a.state != "CLOSED"))
}

/// Everything that others refer to; the parent is asked for where it is not known.
pub(super) async fn finished(
    connection: &Connection,
    mut account: Account,
    operation: &str,
) -> Result<Progress, CallError> {
    if account.parent.is_none() {
        let parent = accounts::parent(connection, &account.id).await;
        account.parent = Some(parent.map_err(|error| after_effect(operation, error))?);
    }
    Ok(Progress::Done(account.attributes()))
}

/// The account by its e-mail address, else a creation of the same name that can
/// be ours. A name is not unique, so [`follow`] proves the address of what it made.
pub(super) async fn look_up(
    connection: &Connection,
    task: &Task,
    since: Timestamp,
) -> Result<Found, CallError> {
    if let Some(account) = by_email(connection, task.text("email")?).await? {
        return finished(connection, account, CREATE).await.map(Found::Effect);
    }
    let name = task.text("name")?;
    let mut candidates = creations::list(connection).await?;
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
            return finished(connection, account, CREATE).await.map(Found::Effect);
        }
    }
    Ok(Found::Nothing)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::known;
    use super::*;
    use crate::cloud::doubles::{Answer, Double, ok, task};
    use crate::cloud::task::Performer as _;

    fn create() -> Task {
        let inputs = json!({ "name": "log", "email": "log@example.com", "tags.owner": "us" });
        task(["account.log", "create", ""], inputs, json!({}), &[])
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
        assert_eq!((outside.code.as_str(), outside.verdict), (code::OPERATION_FAILED, Verdict::Rejected));
        assert!(outside.message.starts_with("EMAIL_ALREADY_EXISTS: log@example.com"), "{outside}");
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
            assert_eq!((got.code.as_str(), got.verdict), (code::OPERATION_FAILED, verdict));
            assert!(got.message.contains(reason), "{got}");
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
}
