//! The delegated administrator of Audit Manager, Region by Region.
//!
//! In: requests of the management account. Out: the appointment. Sources:
//! <https://docs.aws.amazon.com/audit-manager/latest/APIReference/API_RegisterOrganizationAdminAccount.html>,
//! <https://docs.aws.amazon.com/audit-manager/latest/userguide/setup-prerequisites.html>. UNSOURCED: that trusted access is
//! switched on by it, that the management account cannot be it, and the words. Absent: that an account sets Audit Manager up
//! first, which no new customer can since 2026-04-30; every account counts as set up.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::administrators::{Office, Refusal};
use crate::sim::world::World;

const OFFICE: Office = Office {
    service: "auditmanager",
    principal: "auditmanager.amazonaws.com",
    regional: true,
    management: false,
    trusts: true,
    deregisters: false,
    refuse,
};

fn refuse(refusal: Refusal<'_>) -> AwsError {
    let code = match refusal {
        Refusal::NotManagement => "AccessDeniedException",
        Refusal::NotHolder(_) => "ResourceNotFoundException",
        _ => "ValidationException",
    };
    AwsError::new(code, format!("The request was refused because {}.", refusal.why()))
}

fn answer(world: &World, request: &Request, account: &str) -> Value {
    let organization = world.organizations.of(&request.caller.account);
    json!({ "adminAccountId": account, "organizationId": organization.map(|organization| &organization.id) })
}

pub(super) fn register(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = request.required("adminAccountId");
    OFFICE.appoint(world, request, account)?;
    Ok(answer(world, request, account))
}

pub(super) fn deregister(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let holder = OFFICE.told(world, request)?.unwrap_or_default();
    let account = request.text("adminAccountId").unwrap_or(&holder);
    OFFICE.dismiss(world, request, account)?;
    Ok(json!({}))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let holder = OFFICE.told(world, request)?;
    Ok(holder.map_or_else(|| json!({}), |account| answer(world, request, &account)))
}
