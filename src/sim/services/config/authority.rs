//! Who may act for the organization: its management account, or an account registered for the principal.
//!
//! In: the caller and the principal, `config.amazonaws.com` for aggregators and `config-multiaccountsetup.amazonaws.com` for
//! rules and packs, which are two registrations
//! (<https://docs.aws.amazon.com/config/latest/developerguide/aggregated-register-delegated-administrator.html>). Out: the
//! organization. The management account's call gives the principal trusted access by itself (API model). Absent: deeds.

use jiff::Timestamp;

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::organizations::Organization;
use crate::sim::world::World;

use super::refusal::refuse;

/// Aggregators.
pub(super) const AGGREGATION: &str = "config.amazonaws.com";
/// Rules and conformance packs of an organization.
pub(super) const DEPLOYMENT: &str = "config-multiaccountsetup.amazonaws.com";

/// Whether an account administers its organization for a principal.
pub(super) fn administers(organization: &Organization, account: &str, principal: &str) -> bool {
    let registered = organization.delegated.get(account).is_some_and(|all| all.contains_key(principal));
    organization.management == account || (registered && organization.has_service_access(principal))
}

/// The caller's organization, which it administers. UNSOURCED words but those of the last refusal, whose end the model
/// quotes.
pub(super) fn organization<'w>(
    world: &'w World,
    request: &Request,
    principal: &str,
) -> Result<&'w Organization, AwsError> {
    let account = &request.caller.account;
    let organization = world
        .organizations
        .of(account)
        .ok_or_else(|| refuse("NoAvailableOrganization", "Organization is no longer available."))?;
    if !organization.all_features() {
        return Err(refuse(
            "OrganizationAllFeaturesNotEnabled",
            "AWS Config resource cannot be created because your organization does not have all features enabled.",
        ));
    }
    if !administers(organization, account, principal) {
        return Err(refuse(
            "OrganizationAccessDenied",
            "This action can be performed only by the management account or by a registered delegated administrator for AWS Config with permissions to call ListDelegatedAdministrators API.",
        ));
    }
    Ok(organization)
}

/// What a call of the management account does first.
pub(super) fn trust(world: &mut World, account: &str, principal: &str, now: Timestamp) {
    if let Some(organization) = world.organizations.of_mut(account).filter(|one| one.management == account) {
        organization.enable_service_access(principal, now);
    }
}
