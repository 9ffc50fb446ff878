//! Another root e-mail address for a member account.
//!
//! AWS sends a code to the new mailbox, and changes the address when it hears the code (Account
//! Management API Reference, StartPrimaryEmailUpdate, AcceptPrimaryEmailUpdate). Each sending makes
//! a new code, so nothing is sent while somebody holds one that was sent before.

use super::{effect_if, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::accounts;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const START: &str = "account:StartPrimaryEmailUpdate";
const ACCEPT: &str = "account:AcceptPrimaryEmailUpdate";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let id = task.own("id")?;
    let held = connection.codes().and_then(|codes| codes.code(&task.address.name, id));
    let site = connection.global();
    let client = site.clients.account();
    match (task.verb.as_str(), held) {
        ("send_code", Some(_)) => Ok(Progress::Done(Attributes::new())),
        ("send_code", None) => {
            let address = task.text("email_code")?;
            let request = || client.start_primary_email_update().account_id(id).primary_email(address);
            site.call(START, || request().send()).await?;
            Ok(Progress::Done(Attributes::new()))
        }
        ("change_email", Some(held)) => {
            let address = task.text("email")?;
            let request =
                || client.accept_primary_email_update().account_id(id).primary_email(address).otp(&held);
            site.call(ACCEPT, || request().send()).await?;
            Ok(Progress::Running { operation: id.to_owned(), attributes: Attributes::new() })
        }
        ("change_email", None) => {
            let (name, address) = (&task.address.name, task.text("email")?);
            let message = format!("AWS has sent a code to {address}; nobody has told it: --code {name}=CODE");
            Err(CallError::ours(ACCEPT, code::WAITS_FOR_CODE, message, Verdict::Rejected))
        }
        _ => Err(unknown_verb(task)),
    }
}

/// AWS shows the new address some time after it has taken the code.
pub(super) async fn poll(connection: &Connection, task: &Task, id: &str) -> Result<Progress, CallError> {
    if has_it(connection, task, id, "email").await? {
        return Ok(Progress::Done(Attributes::new()));
    }
    Ok(Progress::Running { operation: id.to_owned(), attributes: Attributes::new() })
}

/// Whether a code was sent leaves no trace but the mail; sending it again does no harm.
pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let field = if task.verb == "send_code" { "email_code" } else { "email" };
    Ok(effect_if(has_it(connection, task, task.own("id")?, field).await?))
}

async fn has_it(connection: &Connection, task: &Task, id: &str, field: &str) -> Result<bool, CallError> {
    let live = accounts::describe(connection, id).await?;
    Ok(live.email.eq_ignore_ascii_case(task.text(field)?))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::cloud::codes::Codes;
    use crate::cloud::doubles::{Double, ok, task};
    use crate::cloud::task::Performer as _;

    #[derive(Debug)]
    struct Told;

    impl Codes for Told {
        fn code(&self, name: &str, _: &str) -> Option<String> {
            (name == "old").then(|| "123456".to_owned())
        }
    }

    fn step(verb: &str) -> Task {
        let inputs = json!({ "email": "new@example.com", "email_code": "new@example.com" });
        task(["account.old", verb, ""], inputs, json!({}), &[("id", "222222222222")])
    }

    fn shown(email: &str) -> Value {
        json!({ "Account": { "Id": "222222222222", "Email": email, "State": "ACTIVE" } })
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_code_one_is_sent_and_the_change_says_where_to() {
        let double = Double::new().on("/startPrimaryEmailUpdate", ok(json!({ "Status": "PENDING" })));
        let connection = double.connection().await;
        connection.begin(&step("send_code")).await.unwrap();
        let waits = connection.begin(&step("change_email")).await.unwrap_err();
        assert_eq!((waits.code.as_str(), waits.verdict), (code::WAITS_FOR_CODE, Verdict::Rejected));
        assert!(
            waits.message.contains("new@example.com") && waits.message.contains("--code old="),
            "{waits}"
        );
        assert_eq!(double.called(), ["/startPrimaryEmailUpdate"]);
    }

    #[tokio::test(start_paused = true)]
    async fn with_a_code_no_other_is_sent_and_the_address_is_awaited() {
        let double = Double::new()
            .on("/acceptPrimaryEmailUpdate", ok(json!({ "Status": "ACCEPTED" })))
            .on("DescribeAccount", ok(shown("old@example.com")))
            .on("DescribeAccount", ok(shown("New@example.com")));
        let connection = double.connection().await;
        connection.codes_from(Arc::new(Told));
        connection.begin(&step("send_code")).await.unwrap();
        let begun = connection.begin(&step("change_email")).await.unwrap();
        assert!(matches!(begun, Progress::Running { .. }));
        let change = step("change_email");
        assert_eq!(connection.poll(&change, "222222222222").await.unwrap(), begun);
        let done = connection.poll(&change, "222222222222").await.unwrap();
        assert_eq!(done, Progress::Done(Attributes::new()));
        assert_eq!(
            double.bodies("/acceptPrimaryEmailUpdate"),
            [json!({ "AccountId": "222222222222", "PrimaryEmail": "new@example.com", "Otp": "123456" })]
        );
    }
}
