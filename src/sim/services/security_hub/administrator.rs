//! The delegated administrators of Security Hub CSPM, Region by Region, and of Security Hub, once for all Regions.
//!
//! In: requests of the management account. Out: the appointment. Sources:
//! <https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-securityhub.html> (an appointment
//! switches trusted access on), <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-set-da.html> (both
//! have one administrator; a dismissal from one is a dismissal from both; the management account cannot be that of Security
//! Hub). UNSOURCED: that the management account cannot be that of CSPM either, on which AWS's pages disagree, and the words.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::administrators::{Office, Refusal};
use crate::sim::world::World;

use super::{organization, refusal};

const CSPM: Office = Office {
    service: "securityhub",
    principal: "securityhub.amazonaws.com",
    regional: true,
    management: false,
    trusts: true,
    deregisters: false,
    refuse,
};

const UNIFIED: Office = Office {
    service: "securityhub.v2",
    principal: "securityhub.amazonaws.com",
    regional: false,
    management: false,
    trusts: true,
    deregisters: false,
    refuse,
};

fn refuse(refusal: Refusal<'_>) -> AwsError {
    let code = match refusal {
        Refusal::NotManagement => "InvalidAccessException",
        _ => "InvalidInputException",
    };
    AwsError::new(code, format!("The request was refused because {}.", refusal.why())).field("Code", code)
}

/// The feature that a request means; Security Hub CSPM when it names none.
fn office(request: &Request) -> (&'static Office, &'static str) {
    match request.text("Feature") {
        Some("SecurityHubV2") => (&UNIFIED, "SecurityHubV2"),
        _ => (&CSPM, "SecurityHub"),
    }
}

/// Who administers Security Hub CSPM of the organization that an account is in.
pub(super) fn holder(world: &World, account: &str, region: &str) -> Option<String> {
    CSPM.holder(world, world.organizations.of(account)?, region)
}

pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (office, feature) = office(request);
    let account = request.required("AdminAccountId");
    office.appoint(world, request, account)?;
    // Whoever lost the office through Organizations has lost its central configuration
    // (https://docs.aws.amazon.com/securityhub/latest/userguide/start-central-configuration.html).
    organization::stop_central(world, account);
    Ok(json!({ "AdminAccountId": account, "Feature": feature }))
}

pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (office, _) = office(request);
    // "While CENTRAL is on" the administrator stays
    // (https://docs.aws.amazon.com/securityhub/latest/userguide/designate-orgs-admin-account.html). UNSOURCED words.
    let account = world.security_hub.accounts.get(request.required("AdminAccountId"));
    if account.is_some_and(|account| account.central.is_some()) {
        return Err(refusal::invalid(
            "The administrator cannot be removed while central configuration is used.",
        ));
    }
    office.dismiss(world, request, request.required("AdminAccountId"))?;
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (office, feature) = office(request);
    let holder = office.told(world, request)?;
    let accounts: Vec<Value> =
        holder.iter().map(|account| json!({ "AccountId": account, "Status": "ENABLED" })).collect();
    Ok(json!({ "AdminAccounts": accounts, "Feature": feature }))
}
