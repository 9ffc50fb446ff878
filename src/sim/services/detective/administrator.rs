//! The administrator of Detective, Region by Region.
//!
//! In: requests of the management account. Out: the appointment. Sources:
//! <https://docs.aws.amazon.com/detective/latest/APIReference/API_EnableOrganizationAdminAccount.html> (it must be the
//! delegated administrator that Organizations has, or the management account),
//! <https://docs.aws.amazon.com/detective/latest/APIReference/API_DisableOrganizationAdminAccount.html> (whoever it is; the
//! registration with Organizations stays, the behaviour graph is deleted),
//! <https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-detective.html> (an appointment
//! switches trusted access on). The words are UNSOURCED.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::administrators::{Office, Refusal};
use crate::sim::world::World;

use super::graphs;

const OFFICE: Office = Office {
    service: "detective",
    principal: "detective.amazonaws.com",
    regional: true,
    management: true,
    trusts: true,
    deregisters: false,
    refuse,
};

fn refuse(refusal: Refusal<'_>) -> AwsError {
    let words = format!("The request was refused because {}.", refusal.why());
    match refusal {
        Refusal::NotManagement => AwsError::new("AccessDeniedException", words),
        _ => AwsError::new("ValidationException", words).field("ErrorCode", "INVALID_REQUEST_BODY"),
    }
}

/// Who administers Detective of the organization that an account is in.
pub(super) fn holder(world: &World, account: &str, region: &str) -> Option<String> {
    OFFICE.holder(world, world.organizations.of(account)?, region)
}

/// The administrator gets a behaviour graph with its office, unless it has one.
pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = request.required("AccountId");
    OFFICE.appoint(world, request, account)?;
    graphs::open(world, account, &request.region, request.now);
    Ok(json!({}))
}

pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let holder = OFFICE.told(world, request)?;
    let account = holder.ok_or_else(|| refuse(Refusal::NotHolder("of nobody")))?;
    OFFICE.dismiss(world, request, &account)?;
    world.detective.graphs.remove(&account, &request.region);
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let holder = OFFICE.told(world, request)?;
    let accounts: Vec<Value> = holder.iter().map(|account| json!({ "AccountId": account })).collect();
    Ok(json!({ "Administrators": accounts }))
}
