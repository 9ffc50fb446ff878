//! The delegated administrator of GuardDuty, Region by Region.
//!
//! In: requests of the management account. Out: the appointment. Sources:
//! <https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_organizations.html> (one account, the same in every Region; the
//! management account may be it), <https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-guardduty.html>
//! (trusted access comes first), <https://docs.aws.amazon.com/guardduty/latest/ug/change-guardduty-delegated-admin.html>
//! (a dismissal leaves the registration with Organizations). The words of the refusals are UNSOURCED: the model declares
//! `BadRequestException` for all of them.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::administrators::{Office, Refusal};
use crate::sim::world::World;

use super::refusal::because;
use super::state::Settings;
use super::{detectors, features, members};

const OFFICE: Office = Office {
    service: "guardduty",
    principal: "guardduty.amazonaws.com",
    regional: true,
    management: true,
    trusts: false,
    deregisters: false,
    refuse,
};

fn refuse(refusal: Refusal<'_>) -> AwsError {
    let words = format!("The request failed because {}.", refusal.why());
    AwsError::new("BadRequestException", words).field("Type", "InvalidInputException")
}

/// Who administers GuardDuty of the organization that an account is in.
pub(super) fn holder(world: &World, account: &str, region: &str) -> Option<String> {
    OFFICE.holder(world, world.organizations.of(account)?, region)
}

/// The administrator gets a detector with its office, unless it has one
/// (<https://docs.aws.amazon.com/guardduty/latest/ug/delegated_admin_permissions.html>); a new office begins without
/// members and settings.
pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (account, region, now) = (request.required("AdminAccountId"), &request.region, request.now);
    OFFICE.appoint(world, request, account)?;
    if world.guardduty.detector(account, region).is_none() {
        let usual = features::fresh(now, |_, usual| usual);
        detectors::open(world, account, region, usual, now);
    }
    Ok(json!({}))
}

pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = request.required("AdminAccountId");
    // "Before you remove a delegated GuardDuty administrator account, you must disassociate all the member accounts
    // [...] and then delete them" (the page on changing it, above). UNSOURCED words.
    if members::has_any(world, account, &request.region) {
        return Err(because("the account has associated member accounts"));
    }
    OFFICE.dismiss(world, request, account)?;
    let place = world.guardduty.place_mut(account, &request.region);
    place.members.clear();
    place.settings = Settings::default();
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let holder = OFFICE.told(world, request)?;
    let accounts: Vec<Value> =
        holder.iter().map(|account| json!({ "AdminAccountId": account, "AdminStatus": "ENABLED" })).collect();
    Ok(json!({ "AdminAccounts": accounts }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::testing::{account, ask_as, done, organization, quiet, refused};

    const GUARDDUTY: &str = "guardduty";
    const ENABLE: &str = "EnableOrganizationAdminAccount";
    const DISABLE: &str = "DisableOrganizationAdminAccount";
    const LIST: &str = "ListOrganizationAdminAccounts";

    #[tokio::test(start_paused = true)]
    async fn an_administrator_is_a_member_of_an_organization_that_trusts_the_service() {
        let (sim, _) = organization(quiet()).await;
        let audit = account(&sim, "audit").await;
        let appoint = |account: &str| json!({"adminAccountId": account});
        assert_eq!(refused(&sim, GUARDDUTY, ENABLE, appoint(&audit)).await, "BadRequestException");
        let trust = json!({"ServicePrincipal": "guardduty.amazonaws.com"});
        done(&sim, "organizations", "EnableAWSServiceAccess", trust.clone()).await;
        assert_eq!(refused(&sim, GUARDDUTY, ENABLE, appoint("999999999999")).await, "BadRequestException");
        done(&sim, GUARDDUTY, ENABLE, appoint(&audit)).await;
        let told = done(&sim, GUARDDUTY, LIST, json!({})).await;
        assert_eq!(told["adminAccounts"], json!([{"adminAccountId": audit, "adminStatus": "ENABLED"}]));
        let registered = done(&sim, "organizations", "ListDelegatedAdministrators", trust).await;
        assert_eq!(registered["DelegatedAdministrators"][0]["Id"], json!(audit));
        let by_member = ask_as(&sim, &audit, None, GUARDDUTY, LIST, json!({})).await;
        assert_eq!(by_member.code().as_deref(), Some("BadRequestException"));
    }

    #[tokio::test(start_paused = true)]
    async fn another_takes_over_only_after_the_dismissal_and_the_deregistration() {
        let (sim, _) = organization(quiet()).await;
        let (audit, other) = (account(&sim, "audit").await, account(&sim, "other").await);
        let principal = "guardduty.amazonaws.com";
        done(&sim, "organizations", "EnableAWSServiceAccess", json!({"ServicePrincipal": principal})).await;
        done(&sim, GUARDDUTY, ENABLE, json!({"adminAccountId": audit})).await;
        let take_over = || refused(&sim, GUARDDUTY, ENABLE, json!({"adminAccountId": other}));
        assert_eq!(take_over().await, "BadRequestException");
        done(&sim, GUARDDUTY, DISABLE, json!({"adminAccountId": audit})).await;
        assert_eq!(take_over().await, "BadRequestException", "Organizations still has the former one");
        let former = json!({"AccountId": audit, "ServicePrincipal": principal});
        done(&sim, "organizations", "DeregisterDelegatedAdministrator", former).await;
        done(&sim, GUARDDUTY, ENABLE, json!({"adminAccountId": other})).await;
        let again = refused(&sim, GUARDDUTY, DISABLE, json!({"adminAccountId": audit})).await;
        assert_eq!(again, "BadRequestException");
    }

    #[tokio::test(start_paused = true)]
    async fn whom_organizations_deregisters_administers_nothing_any_more() {
        let (sim, _) = organization(quiet()).await;
        let audit = account(&sim, "audit").await;
        let principal = "guardduty.amazonaws.com";
        done(&sim, "organizations", "EnableAWSServiceAccess", json!({"ServicePrincipal": principal})).await;
        done(&sim, GUARDDUTY, ENABLE, json!({"adminAccountId": audit})).await;
        let former = json!({"AccountId": audit, "ServicePrincipal": principal});
        done(&sim, "organizations", "DeregisterDelegatedAdministrator", former).await;
        assert_eq!(done(&sim, GUARDDUTY, LIST, json!({})).await["adminAccounts"], json!([]));
        done(&sim, GUARDDUTY, ENABLE, json!({"adminAccountId": "111122223333"})).await;
        let told = done(&sim, GUARDDUTY, LIST, json!({})).await;
        assert_eq!(
            told["adminAccounts"][0]["adminAccountId"],
            json!("111122223333"),
            "the management account may"
        );
    }
}
