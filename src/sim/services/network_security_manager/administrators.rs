//! The administrators of Network Security Manager, up to ten in an order of priorities.
//!
//! In: requests of the management account. Out: the appointments. Source: the operations' own documentation, PutAdminAccount
//! and DeleteAdminAccount (<https://docs.aws.amazon.com/network-security-manager/>). UNSOURCED: that a priority is held by
//! one account at a time, that the organization has them once for all Regions, that the management account cannot be one, and
//! the words. Absent: scopes, trusted access (its principal is not published) and the minutes after a removal.

use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::organizations::AccountState;
use crate::sim::world::World;

fn denied() -> AwsError {
    AwsError::new("AccessDeniedException", "Only the organization's management account can do this.")
}

/// The key of an organization's appointments.
fn stem(world: &World, request: &Request) -> Result<String, AwsError> {
    let organization = world.organizations.of(&request.caller.account);
    let organization = organization.filter(|organization| organization.management == request.caller.account);
    organization
        .map(|organization| format!("network-security-manager/{}/", organization.id))
        .ok_or_else(denied)
}

fn details(account: &str, priority: &str) -> Value {
    json!({ "adminAccount": account, "priority": priority.parse::<i64>().unwrap_or_default(), "status": "ONBOARDED" })
}

pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let stem = stem(world, request)?;
    let account = request.required("accountId");
    let organization = world.organizations.of(&request.caller.account).ok_or_else(denied)?;
    let active = organization.account(account).is_some_and(|member| member.state == AccountState::Active);
    if !active || account == organization.management {
        let words = format!("Account {account} is not an active member account of the organization.");
        return Err(AwsError::new("ValidationException", words).field("reason", "OTHER"));
    }
    let priority = request.integer("priority").unwrap_or_default().to_string();
    let taken =
        world.administrators.under(&stem).find(|(holder, held)| **held == priority && *holder != account);
    if let Some((holder, _)) = taken {
        let words = format!("Priority {priority} is held by account {holder}.");
        return Err(AwsError::new("ConflictException", words)
            .field("resourceId", holder)
            .field("resourceType", "AdminAccount"));
    }
    world.administrators.put(format!("{stem}{account}"), priority.clone());
    Ok(json!({ "adminAccountDetails": details(account, &priority) }))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let stem = stem(world, request)?;
    world.administrators.remove(&format!("{stem}{}", request.required("accountId")));
    Ok(json!({}))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let stem = stem(world, request)?;
    let account = request.required("accountId");
    let held = world.administrators.under(&stem).find(|(holder, _)| *holder == account);
    let (_, priority) = held.ok_or_else(|| {
        AwsError::new("ResourceNotFoundException", format!("Account {account} is not an administrator."))
    })?;
    Ok(json!({ "adminAccountDetails": details(account, priority) }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let stem = stem(world, request)?;
    let summary = |(account, priority): (&str, &String)| {
        let mut summary = Map::new();
        summary.insert("accountId".to_owned(), json!(account));
        summary.insert("priority".to_owned(), json!(priority.parse::<i64>().unwrap_or_default()));
        Value::Object(summary)
    };
    let all: Vec<Value> = world.administrators.under(&stem).map(summary).collect();
    Ok(json!({ "adminAccounts": all }))
}
