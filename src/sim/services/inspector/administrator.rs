//! The delegated administrator of Inspector, Region by Region.
//!
//! In: requests of the management account. Out: the appointment. Sources:
//! <https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-inspector2.html> (trusted access
//! comes first), <https://docs.aws.amazon.com/inspector/latest/user/designating-admin.html> (one, the same in every Region).
//! UNSOURCED: that the management account cannot be it, and the words.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::administrators::{Office, Refusal};
use crate::sim::world::World;

const OFFICE: Office = Office {
    service: "inspector2",
    principal: "inspector2.amazonaws.com",
    regional: true,
    management: false,
    trusts: false,
    deregisters: false,
    refuse,
};

fn refuse(refusal: Refusal<'_>) -> AwsError {
    let words = format!("The request was refused because {}.", refusal.why());
    match refusal {
        Refusal::NotManagement | Refusal::NotTrusted => AwsError::new("AccessDeniedException", words),
        Refusal::Already(account) | Refusal::Taken(account) => AwsError::new("ConflictException", words)
            .field("resourceId", account)
            .field("resourceType", "DelegatedAdminAccount"),
        Refusal::NotHolder(_) => AwsError::new("ResourceNotFoundException", words),
        Refusal::Stranger(_) | Refusal::Inactive(_) | Refusal::Management => {
            AwsError::new("ValidationException", words).field("reason", "OTHER")
        }
    }
}

/// Who administers Inspector of the organization that an account is in.
pub(super) fn holder(world: &World, account: &str, region: &str) -> Option<String> {
    OFFICE.holder(world, world.organizations.of(account)?, region)
}

pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = request.required("delegatedAdminAccountId");
    OFFICE.appoint(world, request, account)?;
    Ok(json!({ "delegatedAdminAccountId": account }))
}

pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = request.required("delegatedAdminAccountId");
    OFFICE.dismiss(world, request, account)?;
    // Members stand alone then, and scans go on
    // (https://docs.aws.amazon.com/inspector/latest/user/designating-admin.html).
    let place = world.inspector.places.of(account, &request.region);
    place.members.clear();
    place.auto.clear();
    Ok(json!({ "delegatedAdminAccountId": account }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let holder = OFFICE.told(world, request)?;
    let accounts: Vec<Value> =
        holder.iter().map(|account| json!({ "accountId": account, "status": "ENABLED" })).collect();
    Ok(json!({ "delegatedAdminAccounts": accounts }))
}

/// The administrator of the caller's organization, for any of its accounts.
pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = world.organizations.of(&request.caller.account);
    let holder = organization.and_then(|organization| OFFICE.holder(world, organization, &request.region));
    let account = holder.ok_or_else(|| {
        AwsError::new("ResourceNotFoundException", "The organization has no delegated administrator.")
    })?;
    Ok(json!({ "delegatedAdmin": { "accountId": account, "relationshipStatus": "ENABLED" } }))
}
