//! Alternate contacts and the primary contact of an account.
//!
//! Sources: <https://docs.aws.amazon.com/accounts/latest/reference/API_PutAlternateContact.html> and its neighbours. The sentence for
//! a missing contact is the one users report.

use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::standing::{record, target};

const ALTERNATE: [&str; 4] = ["Name", "Title", "EmailAddress", "PhoneNumber"];

fn missing() -> AwsError {
    AwsError::new(
        "ResourceNotFoundException",
        "No contact of the inputted alternate contact type found.",
    )
}

pub(super) fn put_alternate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = target(world, request)?;
    let kind = request.required("AlternateContactType");
    let mut contact = Map::new();
    for member in ALTERNATE {
        contact.insert(member.to_owned(), json!(request.required(member)));
    }
    contact.insert("AlternateContactType".to_owned(), json!(kind));
    world
        .account_management
        .alternate
        .entry(account)
        .or_default()
        .insert(kind.to_owned(), contact);
    Ok(json!({}))
}

pub(super) fn get_alternate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = target(world, request)?;
    let contacts = world.account_management.alternate.get(&account);
    let contact =
        contacts.and_then(|contacts| contacts.get(request.required("AlternateContactType")));
    contact
        .map(|contact| json!({ "AlternateContact": contact }))
        .ok_or_else(missing)
}

pub(super) fn delete_alternate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = target(world, request)?;
    let contacts = world
        .account_management
        .alternate
        .entry(account)
        .or_default();
    contacts
        .remove(request.required("AlternateContactType"))
        .map(|_| json!({}))
        .ok_or_else(missing)
}

pub(super) fn put_primary(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = target(world, request)?;
    let contact = request
        .input
        .get("ContactInformation")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    world.account_management.primary.insert(account, contact);
    Ok(json!({}))
}

pub(super) fn get_primary(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = target(world, request)?;
    let contact = world.account_management.primary.get(&account).cloned();
    let contact = contact.map_or_else(|| at_sign_up(&record(world, &account).name), Value::Object);
    Ok(json!({ "ContactInformation": contact }))
}

/// Every account has a primary contact from the day it is opened; the simulator's has the address of AWS's examples.
fn at_sign_up(name: &str) -> Value {
    json!({
        "FullName": name,
        "AddressLine1": "123 Any Street",
        "City": "Seattle",
        "StateOrRegion": "WA",
        "PostalCode": "98101",
        "CountryCode": "US",
        "PhoneNumber": "+12065550100",
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::services::iam::testing::{MANAGEMENT, organization, session, trust_service};
    use crate::sim::testing::ask;

    #[tokio::test(start_paused = true)]
    async fn the_management_account_reaches_members_only_with_trusted_access_and_never_itself_by_id()
     {
        let (simulator, member) = organization().await;
        let of = |account: &str| json!({"AlternateContactType": "SECURITY", "AccountId": account});
        let early = ask(&simulator, "account", "GetAlternateContact", of(&member)).await;
        assert_eq!(
            (early.status, early.code().as_deref()),
            (403, Some("AccessDeniedException"))
        );
        trust_service(&simulator, "account.amazonaws.com").await;
        let none = ask(&simulator, "account", "GetAlternateContact", of(&member)).await;
        assert_eq!(
            (none.status, none.code().as_deref()),
            (404, Some("ResourceNotFoundException"))
        );
        let mut put = of(&member);
        for (name, value) in [
            ("Name", "Sec"),
            ("Title", "Lead"),
            ("EmailAddress", "s@example.com"),
            ("PhoneNumber", "+1 555"),
        ] {
            put[name] = json!(value);
        }
        assert_eq!(
            ask(&simulator, "account", "PutAlternateContact", put)
                .await
                .code(),
            None
        );
        let inside = session(&simulator, &member).await;
        let own = inside
            .ask(
                &simulator,
                "account",
                "GetAlternateContact",
                json!({"AlternateContactType": "SECURITY"}),
            )
            .await;
        assert_eq!(
            own.json()["AlternateContact"]["EmailAddress"],
            "s@example.com"
        );
        let by_member = inside
            .ask(&simulator, "account", "GetAlternateContact", of(&member))
            .await;
        assert_eq!(by_member.status, 403);
        let itself = ask(&simulator, "account", "GetAlternateContact", of(MANAGEMENT)).await;
        assert!(
            itself.text.contains("standalone context"),
            "{}",
            itself.text
        );
        assert_eq!(
            ask(&simulator, "account", "DeleteAlternateContact", of(&member))
                .await
                .code(),
            None
        );
        assert_eq!(
            ask(&simulator, "account", "DeleteAlternateContact", of(&member))
                .await
                .status,
            404
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_delegated_administrator_reaches_members_too() {
        let (simulator, member) = organization().await;
        trust_service(&simulator, "account.amazonaws.com").await;
        let delegate = json!({"AccountId": member, "ServicePrincipal": "account.amazonaws.com"});
        let delegated = ask(
            &simulator,
            "organizations",
            "RegisterDelegatedAdministrator",
            delegate,
        )
        .await;
        assert_eq!(delegated.code(), None, "{}", delegated.text);
        let inside = session(&simulator, &member).await;
        let asked = json!({"AlternateContactType": "BILLING", "AccountId": member});
        assert_eq!(
            inside
                .ask(&simulator, "account", "GetAlternateContact", asked)
                .await
                .status,
            404
        );
    }

    #[tokio::test(start_paused = true)]
    async fn every_account_has_a_primary_contact_that_can_be_replaced() {
        let (simulator, _) = organization().await;
        let first = ask(&simulator, "account", "GetContactInformation", json!({})).await;
        assert_eq!(first.json()["ContactInformation"]["CountryCode"], "US");
        let contact = json!({"FullName": "A", "AddressLine1": "B 1", "City": "C", "PostalCode": "1", "CountryCode": "DE", "PhoneNumber": "+49 1"});
        ask(
            &simulator,
            "account",
            "PutContactInformation",
            json!({"ContactInformation": contact}),
        )
        .await;
        let second = ask(&simulator, "account", "GetContactInformation", json!({})).await;
        assert_eq!(second.json()["ContactInformation"], contact);
    }
}
