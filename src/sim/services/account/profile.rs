//! Name, root e-mail address and state of an account.
//!
//! Sources: <https://docs.aws.amazon.com/accounts/latest/reference/API_PutAccountName.html>,
//! <https://docs.aws.amazon.com/accounts/latest/reference/API_StartPrimaryEmailUpdate.html> and its neighbours. The one-time code
//! goes to the new mailbox; who plays that mailbox's owner reads it with [`one_time_code`]. Absent: the code's
//! expiry, which no page states.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::standing::{readdress, record, rename, target};
use super::validation;

/// A change of the root e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EmailUpdate {
    pub(crate) email: String,
    pub(crate) code: String,
    pub(crate) accepted: bool,
    pub(crate) updated: Timestamp,
}

/// The code AWS sent to the new address of an account, while the change waits for it.
#[must_use]
pub fn one_time_code<'w>(world: &'w World, account: &str) -> Option<&'w str> {
    let update = world.account_management.email_updates.get(account)?;
    (!update.accepted).then_some(update.code.as_str())
}

pub(super) fn put_name(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = target(world, request)?;
    rename(world, &account, request.required("AccountName"));
    Ok(json!({}))
}

pub(super) fn information(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = target(world, request)?;
    let record = record(world, &account);
    let mut answer = json!({ "AccountName": record.name, "AccountState": record.state });
    if let Some(created) = record.created {
        answer["AccountCreatedDate"] = json!(epoch(created));
    }
    answer["AccountId"] = json!(account);
    Ok(answer)
}

pub(super) fn primary_email(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = target(world, request)?;
    Ok(json!({ "PrimaryEmail": record(world, &account).email }))
}

pub(super) fn start_email_update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = target(world, request)?;
    let email = request.required("PrimaryEmail");
    // AWS's sentences for these two refusals are UNSOURCED; the code of the second is in the model's own words.
    if email.split('@').filter(|part| !part.is_empty()).count() != 2 {
        return Err(validation(
            "PrimaryEmail",
            "The email address is not valid.",
        ));
    }
    if world.organizations.email_in_use(email) {
        return Err(AwsError::new(
            "ConflictException",
            "The email address is already in use.",
        ));
    }
    let update = EmailUpdate {
        email: email.to_owned(),
        code: world.ids.upper(6),
        accepted: false,
        updated: request.now,
    };
    world
        .account_management
        .email_updates
        .insert(account, update);
    Ok(json!({ "Status": "PENDING" }))
}

pub(super) fn accept_email_update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = target(world, request)?;
    let email = request.required("PrimaryEmail");
    let pending = world
        .account_management
        .email_updates
        .get(&account)
        .filter(|update| !update.accepted);
    let pending = pending
        .filter(|update| update.email.eq_ignore_ascii_case(email))
        .ok_or_else(no_update)?;
    if pending.code != request.required("Otp") {
        return Err(validation("Otp", "The one-time password is not valid."));
    }
    if world.organizations.email_in_use(email) {
        return Err(AwsError::new(
            "ConflictException",
            "The email address is already in use.",
        ));
    }
    readdress(world, &account, email);
    if let Some(update) = world.account_management.email_updates.get_mut(&account) {
        update.accepted = true;
        update.updated = request.now;
    }
    Ok(json!({ "Status": "ACCEPTED" }))
}

pub(super) fn email_update_status(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = target(world, request)?;
    let update = world
        .account_management
        .email_updates
        .get(&account)
        .ok_or_else(no_update)?;
    let status = if update.accepted {
        "COMPLETED"
    } else {
        "PENDING"
    };
    Ok(json!({ "Status": status, "UpdatedAt": epoch(update.updated) }))
}

fn no_update() -> AwsError {
    AwsError::new(
        "ResourceNotFoundException",
        "No primary email update was found for the account.",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::one_time_code;
    use crate::sim::services::iam::testing::{organization, trust_service};
    use crate::sim::testing::ask;

    #[tokio::test(start_paused = true)]
    async fn a_new_name_shows_in_organizations() {
        let (simulator, member) = organization().await;
        trust_service(&simulator, "account.amazonaws.com").await;
        let renamed = ask(
            &simulator,
            "account",
            "PutAccountName",
            json!({"AccountId": member, "AccountName": "Renamed"}),
        )
        .await;
        assert_eq!(renamed.code(), None, "{}", renamed.text);
        let shown = ask(
            &simulator,
            "organizations",
            "DescribeAccount",
            json!({"AccountId": member}),
        )
        .await
        .json();
        assert_eq!(shown["Account"]["Name"], "Renamed");
        let own = ask(
            &simulator,
            "account",
            "PutAccountName",
            json!({"AccountName": "Root of all"}),
        )
        .await;
        assert_eq!(own.code(), None);
        let information = ask(&simulator, "account", "GetAccountInformation", json!({}))
            .await
            .json();
        assert_eq!(
            (&information["AccountName"], &information["AccountState"]),
            (&json!("Root of all"), &json!("ACTIVE"))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_changes_only_with_the_code_from_the_new_mailbox() {
        let (simulator, member) = organization().await;
        trust_service(&simulator, "account.amazonaws.com").await;
        let start = |email: &str| json!({"AccountId": member, "PrimaryEmail": email});
        let taken = ask(
            &simulator,
            "account",
            "StartPrimaryEmailUpdate",
            start("MEMBER@example.com"),
        )
        .await;
        assert_eq!(
            (taken.status, taken.code().as_deref()),
            (409, Some("ConflictException"))
        );
        let begun = ask(
            &simulator,
            "account",
            "StartPrimaryEmailUpdate",
            start("new@example.com"),
        )
        .await;
        assert_eq!(begun.json()["Status"], "PENDING");
        let code = one_time_code(&simulator.world(), &member)
            .expect("a code")
            .to_owned();
        let wrong = if code == "AAAAAA" { "BBBBBB" } else { "AAAAAA" };
        let mut accept = start("new@example.com");
        accept["Otp"] = json!(wrong);
        assert_eq!(
            ask(
                &simulator,
                "account",
                "AcceptPrimaryEmailUpdate",
                accept.clone()
            )
            .await
            .status,
            400
        );
        accept["Otp"] = json!(code);
        assert_eq!(
            ask(
                &simulator,
                "account",
                "AcceptPrimaryEmailUpdate",
                accept.clone()
            )
            .await
            .json()["Status"],
            "ACCEPTED"
        );
        let shown = ask(
            &simulator,
            "organizations",
            "DescribeAccount",
            json!({"AccountId": member}),
        )
        .await
        .json();
        assert_eq!(shown["Account"]["Email"], "new@example.com");
        assert_eq!(
            ask(&simulator, "account", "AcceptPrimaryEmailUpdate", accept)
                .await
                .status,
            404
        );
    }
}
