//! The delegated administrator of Security Lake, the same in all Regions.
//!
//! In: requests of the management account. Out: the appointment. Sources:
//! <https://docs.aws.amazon.com/security-lake/latest/APIReference/API_RegisterDataLakeDelegatedAdministrator.html> (the
//! management account cannot be it), <https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-sl.html>
//! (the call switches trusted access on). UNSOURCED: that a dismissal takes the registration with it, and the words.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::administrators::{Office, Refusal};
use crate::sim::world::World;

const OFFICE: Office = Office {
    service: "securitylake",
    principal: "securitylake.amazonaws.com",
    regional: false,
    management: false,
    trusts: true,
    deregisters: true,
    refuse,
};

fn refuse(refusal: Refusal<'_>) -> AwsError {
    let code = match refusal {
        Refusal::NotManagement => "AccessDeniedException",
        Refusal::NotHolder(_) => "ResourceNotFoundException",
        Refusal::Already(_) | Refusal::Taken(_) => "ConflictException",
        _ => "BadRequestException",
    };
    AwsError::new(code, format!("The request was refused because {}.", refusal.why()))
}

pub(super) fn register(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    OFFICE.appoint(world, request, request.required("accountId"))?;
    Ok(json!({}))
}

pub(super) fn deregister(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let holder = OFFICE.told(world, request)?;
    let account = holder.ok_or_else(|| refuse(Refusal::NotHolder("of nobody")))?;
    OFFICE.dismiss(world, request, &account)?;
    Ok(json!({}))
}
