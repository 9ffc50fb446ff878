//! Who administers a service for the organization: as Organizations has it registered, and
//! as the services themselves say where they appoint.

use super::pages;
use crate::catalog::operations::Verdict;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::model::region::Region;

const REGISTERED: &str = "organizations:ListDelegatedAdministrators";
const SERVICES: &str = "organizations:ListDelegatedServicesForAccount";
const GUARDDUTY: &str = "guardduty:ListOrganizationAdminAccounts";

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
    match way {
        "guardduty" => guardduty(connection, region).await,
        _ => {
            let message = format!("no service appoints by the way of `{way}`");
            Err(CallError::ours(way, code::UNSENDABLE, message, Verdict::Rejected))
        }
    }
}

async fn guardduty(connection: &Connection, region: &Region) -> Result<Vec<String>, CallError> {
    use aws_sdk_guardduty::types::AdminStatus;
    let site = &connection.own(region);
    let client = site.clients.guardduty();
    let found = pages::all(GUARDDUTY, |token| async move {
        let request = || client.list_organization_admin_accounts().set_next_token(token.clone());
        let answer = site.call(GUARDDUTY, || request().send()).await?;
        Ok((answer.admin_accounts().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let holds =
        found.await?.into_iter().filter(|one| one.admin_status() != Some(&AdminStatus::DisableInProgress));
    Ok(holds.filter_map(|one| one.admin_account_id().map(str::to_owned)).collect())
}
