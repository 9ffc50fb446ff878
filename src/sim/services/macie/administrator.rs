//! The delegated administrator of Macie, Region by Region.
//!
//! In: requests of the management account. Out: the appointment. Sources:
//! <https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-macie.html> (trusted access),
//! <https://docs.aws.amazon.com/macie/latest/user/accounts-mgmt-ao-integrate.html> (one; the management account may be it).
//! A management account that is a member of the current administrator cannot name another or dismiss that one
//! (<https://docs.aws.amazon.com/macie/latest/user/accounts-mgmt-ao-admin-change.html>: it "won't be allowed to access
//! Macie operations for designating a different administrator account"); that it can still ask who it is, and all words,
//! are UNSOURCED.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::administrators::{Office, Refusal};
use crate::sim::world::World;

use super::members;
use super::state::Discovery;

const OFFICE: Office = Office {
    service: "macie2",
    principal: "macie.amazonaws.com",
    regional: true,
    management: true,
    trusts: false,
    deregisters: false,
    refuse,
};

fn refuse(refusal: Refusal<'_>) -> AwsError {
    let code = match refusal {
        Refusal::NotManagement | Refusal::NotTrusted => "AccessDeniedException",
        Refusal::Already(_) | Refusal::Taken(_) => "ConflictException",
        Refusal::NotHolder(_) => "ResourceNotFoundException",
        Refusal::Stranger(_) | Refusal::Inactive(_) | Refusal::Management => "ValidationException",
    };
    AwsError::new(code, format!("The request was refused because {}.", refusal.why()))
}

/// Who administers Macie of the organization that an account is in.
pub(super) fn holder(world: &World, account: &str, region: &str) -> Option<String> {
    OFFICE.holder(world, world.organizations.of(account)?, region)
}

/// The caller is no member of an administrator.
fn must_be_no_member(world: &World, request: &Request) -> Result<(), AwsError> {
    match members::administrator(world, &request.caller.account, &request.region) {
        None => Ok(()),
        Some(_) => {
            let words = "The request was refused because the account is a Macie member account.";
            Err(AwsError::new("AccessDeniedException", words))
        }
    }
}

pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    must_be_no_member(world, request)?;
    OFFICE.appoint(world, request, request.required("adminAccountId"))?;
    Ok(json!({}))
}

pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = request.required("adminAccountId");
    must_be_no_member(world, request)?;
    OFFICE.dismiss(world, request, account)?;
    // Members are disassociated, and Macie stays on in them
    // (https://docs.aws.amazon.com/macie/latest/user/accounts-mgmt-ao-admin-change.html).
    let place = world.macie.places.of(account, &request.region);
    place.members.clear();
    (place.auto_enable, place.discovery) = (false, Discovery::default());
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let holder = OFFICE.told(world, request)?;
    let accounts: Vec<Value> =
        holder.iter().map(|account| json!({ "accountId": account, "status": "ENABLED" })).collect();
    Ok(json!({ "adminAccounts": accounts }))
}
