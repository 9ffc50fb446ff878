//! Who administers a service for the organization: as Organizations has it registered, and
//! as the services themselves say where they appoint.

use aws_sdk_securityhub::types::SecurityHubFeature;

use super::pages;
use crate::catalog::operations::Verdict;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::model::region::Region;

const REGISTERED: &str = "organizations:ListDelegatedAdministrators";
const SERVICES: &str = "organizations:ListDelegatedServicesForAccount";
const GUARDDUTY: &str = "guardduty:ListOrganizationAdminAccounts";
const SECURITY_HUB: &str = "securityhub:ListOrganizationAdminAccounts";
const INSPECTOR: &str = "inspector2:ListDelegatedAdminAccounts";
const MACIE: &str = "macie2:ListOrganizationAdminAccounts";
const DETECTIVE: &str = "detective:ListOrganizationAdminAccounts";
const AUDIT_MANAGER: &str = "auditmanager:GetOrganizationAdminAccount";
const FIREWALL_MANAGER: &str = "fms:GetAdminAccount";
const NETWORK_SECURITY_MANAGER: &str = "network-security-manager:ListAdminAccounts";

/// The ids of the accounts that Organizations has registered for a service; for any service
/// when none is named.
///
/// # Errors
/// When they cannot be read.
pub async fn registered(connection: &Connection, principal: Option<&str>) -> Result<Vec<String>, CallError> {
    let site = &connection.global();
    let client = site.clients.organizations();
    let found = pages::all(REGISTERED, |token| async move {
        let request = || {
            let request = client.list_delegated_administrators().set_next_token(token.clone());
            request.set_service_principal(principal.map(str::to_owned))
        };
        let answer = site.call(REGISTERED, || request().send()).await?;
        Ok((answer.delegated_administrators().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().filter_map(|one| one.id().map(str::to_owned)).collect())
}

/// The service principals that an account is registered for.
///
/// # Errors
/// When they cannot be read.
pub async fn services_of(connection: &Connection, account: &str) -> Result<Vec<String>, CallError> {
    let site = &connection.global();
    let client = site.clients.organizations();
    let found = pages::all(SERVICES, |token| async move {
        let request =
            || client.list_delegated_services_for_account().account_id(account).set_next_token(token.clone());
        let answer = site.call(SERVICES, || request().send()).await?;
        Ok((answer.delegated_services().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().filter_map(|one| one.service_principal().map(str::to_owned)).collect())
}

/// The ids of the accounts that a service itself has as administrators in a Region. One that
/// is being dismissed is none any more.
///
/// # Errors
/// When they cannot be read, or the way of appointing is not that of a service.
pub async fn appointed(
    connection: &Connection,
    way: &str,
    region: &Region,
) -> Result<Vec<String>, CallError> {
    let site = &connection.own(region);
    let found = match way {
        "guardduty" => guardduty(site).await,
        "securityhub" => securityhub(site, SecurityHubFeature::SecurityHub).await,
        "securityhub_v2" => securityhub(site, SecurityHubFeature::SecurityHubV2).await,
        "inspector2" => inspector2(site).await,
        "macie2" => macie2(site).await,
        "detective" => detective(site).await,
        "auditmanager" => auditmanager(site).await,
        "network_security_manager" => network_security_manager(site).await,
        "fms" => firewall_manager(site).await,
        _ => {
            let message = format!("no service appoints by the way of `{way}`");
            Err(CallError::ours(way, code::UNSENDABLE, message, Verdict::Rejected))
        }
    };
    let holds = found?.into_iter().filter(|(_, status)| !GOING.contains(&status.as_str()));
    Ok(holds.filter_map(|(account, _)| account).collect())
}

/// What services call an administrator that is being dismissed.
const GOING: [&str; 5] =
    ["DISABLE_IN_PROGRESS", "DISABLING_IN_PROGRESS", "PENDING_DELETION", "DELETING", "DELETED"];

/// An account and the service's word for how it stands, empty where it has none.
type Holder = (Option<String>, String);

fn holder(account: Option<&str>, status: Option<&str>) -> Holder {
    (account.map(str::to_owned), status.unwrap_or_default().to_owned())
}

/// Lists with the SDK's paging members of one name and maps each item.
macro_rules! listed {
    ($site:ident . $client:ident, $operation:ident, $call:ident $(. $member:ident($value:expr))*, $items:ident, $map:expr) => {{
        let client = $site.clients.$client();
        let found = pages::all($operation, |token| async move {
            let request = || client.$call()$(.$member($value))*.set_next_token(token.clone());
            let answer = $site.call($operation, || request().send()).await?;
            Ok((answer.$items().to_vec(), answer.next_token().map(str::to_owned)))
        });
        Ok(found.await?.iter().map($map).collect())
    }};
}

async fn guardduty(site: &Site) -> Result<Vec<Holder>, CallError> {
    listed!(site.guardduty, GUARDDUTY, list_organization_admin_accounts, admin_accounts, |one| holder(
        one.admin_account_id(),
        one.admin_status().map(AsRef::as_ref)
    ))
}

async fn securityhub(site: &Site, feature: SecurityHubFeature) -> Result<Vec<Holder>, CallError> {
    let feature = &feature;
    listed!(
        site.securityhub,
        SECURITY_HUB,
        list_organization_admin_accounts.feature(feature.clone()),
        admin_accounts,
        |one| holder(one.account_id(), one.status().map(AsRef::as_ref))
    )
}

async fn inspector2(site: &Site) -> Result<Vec<Holder>, CallError> {
    listed!(site.inspector2, INSPECTOR, list_delegated_admin_accounts, delegated_admin_accounts, |one| {
        holder(one.account_id(), one.status().map(AsRef::as_ref))
    })
}

async fn macie2(site: &Site) -> Result<Vec<Holder>, CallError> {
    listed!(site.macie2, MACIE, list_organization_admin_accounts, admin_accounts, |one| {
        holder(one.account_id(), one.status().map(AsRef::as_ref))
    })
}

async fn detective(site: &Site) -> Result<Vec<Holder>, CallError> {
    listed!(site.detective, DETECTIVE, list_organization_admin_accounts, administrators, |one| {
        holder(one.account_id(), None)
    })
}

async fn network_security_manager(site: &Site) -> Result<Vec<Holder>, CallError> {
    listed!(
        site.networksecuritymanager,
        NETWORK_SECURITY_MANAGER,
        list_admin_accounts,
        admin_accounts,
        |one| { holder(Some(one.account_id()), None) }
    )
}

async fn auditmanager(site: &Site) -> Result<Vec<Holder>, CallError> {
    let client = site.clients.auditmanager();
    match site.call(AUDIT_MANAGER, || client.get_organization_admin_account().send()).await {
        Ok(answer) => Ok(answer.admin_account_id().map(|id| holder(Some(id), None)).into_iter().collect()),
        Err(error) if error.is_missing() => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Firewall Manager's default administrator, if there is one.
async fn firewall_manager(site: &Site) -> Result<Vec<Holder>, CallError> {
    let client = site.clients.fms();
    match site.call(FIREWALL_MANAGER, || client.get_admin_account().send()).await {
        Ok(answer) => {
            let status = answer.role_status().map(AsRef::as_ref);
            Ok(answer.admin_account().map(|id| holder(Some(id), status)).into_iter().collect())
        }
        Err(error) if error.is_missing() => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// How Firewall Manager's administrator stands: its id and `CREATING`, `READY`, `DELETING`
/// and so on; none when there is none any more.
///
/// # Errors
/// When it cannot be read.
pub async fn of_firewall_manager(
    connection: &Connection,
    region: &Region,
) -> Result<Option<(String, String)>, CallError> {
    let found = firewall_manager(&connection.own(region)).await?;
    Ok(found.into_iter().find_map(|(account, status)| Some((account?, status))))
}
