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
