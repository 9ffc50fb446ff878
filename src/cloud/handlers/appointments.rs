//! The services' own calls that appoint and dismiss an administrator: one line each, sent
//! from the management account in the Region of the office.

use aws_sdk_securityhub::types::SecurityHubFeature;

use crate::cloud::call::Site;
use crate::cloud::failure::CallError;

/// The place in Network Security Manager's order of administrators. The document names
/// one, so it is the first.
const FIRST: i32 = 1;

/// Sends the one request that a client builds.
macro_rules! send {
    ($site:ident . $client:ident, $operation:literal, $call:ident $(. $member:ident($value:expr))*) => {{
        let client = $site.clients.$client();
        $site.call($operation, || client.$call()$(.$member($value))*.send()).await?;
    }};
}

/// Carries out a verb that is a service's own; false when it is none of these.
pub(super) async fn begin(site: &Site, verb: &str, account: &str) -> Result<bool, CallError> {
    match verb {
        "enable_guardduty" => {
            send!(
                site.guardduty,
                "guardduty:EnableOrganizationAdminAccount",
                enable_organization_admin_account.admin_account_id(account)
            );
        }
        "disable_guardduty" => {
            send!(
                site.guardduty,
                "guardduty:DisableOrganizationAdminAccount",
                disable_organization_admin_account.admin_account_id(account)
            );
        }
        "enable_securityhub" | "enable_securityhub_v2" => {
            send!(
                site.securityhub,
                "securityhub:EnableOrganizationAdminAccount",
                enable_organization_admin_account.admin_account_id(account).feature(feature(verb))
            );
        }
        "disable_securityhub" | "disable_securityhub_v2" => {
            send!(
                site.securityhub,
                "securityhub:DisableOrganizationAdminAccount",
                disable_organization_admin_account.admin_account_id(account).feature(feature(verb))
            );
        }
        "enable_inspector2" => {
            send!(
                site.inspector2,
                "inspector2:EnableDelegatedAdminAccount",
                enable_delegated_admin_account.delegated_admin_account_id(account)
            );
        }
        "disable_inspector2" => {
            send!(
                site.inspector2,
                "inspector2:DisableDelegatedAdminAccount",
                disable_delegated_admin_account.delegated_admin_account_id(account)
            );
        }
        "enable_macie2" => {
            send!(
                site.macie2,
                "macie2:EnableOrganizationAdminAccount",
                enable_organization_admin_account.admin_account_id(account)
            );
        }
        "disable_macie2" => {
            send!(
                site.macie2,
                "macie2:DisableOrganizationAdminAccount",
                disable_organization_admin_account.admin_account_id(account)
            );
        }
        _ => return others(site, verb, account).await,
    }
    Ok(true)
}

/// The other services: their calls take the account under other names, or take none.
async fn others(site: &Site, verb: &str, account: &str) -> Result<bool, CallError> {
    match verb {
        // Detective dismisses whoever it is; the plan read who that was.
        "enable_detective" => {
            send!(
                site.detective,
                "detective:EnableOrganizationAdminAccount",
                enable_organization_admin_account.account_id(account)
            );
        }
        "disable_detective" => {
            send!(
                site.detective,
                "detective:DisableOrganizationAdminAccount",
                disable_organization_admin_account
            );
        }
        "enable_auditmanager" => {
            send!(
                site.auditmanager,
                "auditmanager:RegisterOrganizationAdminAccount",
                register_organization_admin_account.admin_account_id(account)
            );
        }
        "disable_auditmanager" => {
            send!(
                site.auditmanager,
                "auditmanager:DeregisterOrganizationAdminAccount",
                deregister_organization_admin_account.admin_account_id(account)
            );
        }
        "enable_securitylake" => {
            send!(
                site.securitylake,
                "securitylake:RegisterDataLakeDelegatedAdministrator",
                register_data_lake_delegated_administrator.account_id(account)
            );
        }
        // Security Lake, too, has one and dismisses whoever it is.
        "disable_securitylake" => {
            send!(
                site.securitylake,
                "securitylake:DeregisterDataLakeDelegatedAdministrator",
                deregister_data_lake_delegated_administrator
            );
        }
        _ => return several(site, verb, account).await,
    }
    Ok(true)
}

/// Services with several administrators of their own.
async fn several(site: &Site, verb: &str, account: &str) -> Result<bool, CallError> {
    match verb {
        "enable_network_security_manager" => {
            send!(
                site.networksecuritymanager,
                "network-security-manager:PutAdminAccount",
                put_admin_account.account_id(account).priority(FIRST)
            );
        }
        "disable_network_security_manager" => {
            send!(
                site.networksecuritymanager,
                "network-security-manager:DeleteAdminAccount",
                delete_admin_account.account_id(account)
            );
        }
        "enable_cloudtrail" => {
            send!(
                site.cloudtrail,
                "cloudtrail:RegisterOrganizationDelegatedAdmin",
                register_organization_delegated_admin.member_account_id(account)
            );
        }
        "disable_cloudtrail" => {
            send!(
                site.cloudtrail,
                "cloudtrail:DeregisterOrganizationDelegatedAdmin",
                deregister_organization_delegated_admin.delegated_admin_account_id(account)
            );
        }
        "enable_fms" => {
            send!(site.fms, "fms:AssociateAdminAccount", associate_admin_account.admin_account(account));
        }
        // Sent as the administrator, who names nobody.
        "disable_fms" => {
            send!(site.fms, "fms:DisassociateAdminAccount", disassociate_admin_account);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn feature(verb: &str) -> SecurityHubFeature {
    if verb.ends_with("_v2") { SecurityHubFeature::SecurityHubV2 } else { SecurityHubFeature::SecurityHub }
}
