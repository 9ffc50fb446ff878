//! Delegated administrators: member accounts that administer a trusted service.
//!
//! In: requests, or calls by other services on behalf of a customer. Out: registrations per account and service.
//! Absent: the services' own designation calls.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::access;
use super::paging::page;
use super::refusal::{constraint, refuse};
use super::service_access::recognised;
use super::state::{AccountState, Organization};
use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

impl Organization {
    /// Registers an account for a service.
    ///
    /// # Errors
    /// `AccountNotFoundException`, `AccountAlreadyRegisteredException`, `InvalidInputException` for an unknown
    /// service, or one of the constraints of
    /// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_RegisterDelegatedAdministrator.html>.
    pub fn register_delegated_administrator(
        &mut self,
        account: &str,
        principal: &str,
        now: Timestamp,
    ) -> Result<(), AwsError> {
        self.can_register(account, principal)?;
        self.delegated
            .entry(account.to_owned())
            .or_default()
            .insert(principal.to_owned(), now);
        Ok(())
    }

    fn can_register(&self, account: &str, principal: &str) -> Result<(), AwsError> {
        let service = recognised(principal)?;
        if !self.all_features() {
            return Err(constraint("ORGANIZATION_NOT_IN_ALL_FEATURES_MODE"));
        }
        let state = self
            .account(account)
            .map(|account| account.state)
            .ok_or_else(|| refuse("AccountNotFoundException"))?;
        if account == self.management {
            return Err(constraint(
                "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR",
            ));
        }
        if state != AccountState::Active {
            return Err(constraint(
                "CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR",
            ));
        }
        if !self.has_service_access(principal) {
            return Err(constraint("SERVICE_ACCESS_NOT_ENABLED"));
        }
        let registered: Vec<&String> = self
            .delegated
            .iter()
            .filter(|(_, services)| services.contains_key(principal))
            .map(|(account, _)| account)
            .collect();
        if registered.iter().any(|other| *other == account) {
            return Err(refuse("AccountAlreadyRegisteredException"));
        }
        if service
            .administrators
            .is_some_and(|most| registered.len() >= most)
        {
            return Err(constraint(
                "MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED",
            ));
        }
        Ok(())
    }

    /// Takes a registration back.
    ///
    /// # Errors
    /// `AccountNotFoundException`, `AccountNotRegisteredException`.
    pub fn deregister_delegated_administrator(
        &mut self,
        account: &str,
        principal: &str,
    ) -> Result<(), AwsError> {
        self.account(account)
            .ok_or_else(|| refuse("AccountNotFoundException"))?;
        let services = self
            .delegated
            .get_mut(account)
            .ok_or_else(|| refuse("AccountNotRegisteredException"))?;
        services
            .remove(principal)
            .ok_or_else(|| refuse("AccountNotRegisteredException"))?;
        if services.is_empty() {
            self.delegated.remove(account);
        }
        Ok(())
    }
}

pub(super) fn register(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let (account, principal) = (
        request.required("AccountId"),
        request.required("ServicePrincipal"),
    );
    organization.can_register(account, principal)?;
    organization.lock(&[account, principal], request.now, window)?;
    organization.register_delegated_administrator(account, principal, request.now)?;
    Ok(json!({}))
}

pub(super) fn deregister(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let (account, principal) = (
        request.required("AccountId"),
        request.required("ServicePrincipal"),
    );
    recognised(principal)?;
    organization.lock(&[account, principal], request.now, window)?;
    organization.deregister_delegated_administrator(account, principal)?;
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let principal = request.text("ServicePrincipal");
    if let Some(principal) = principal {
        recognised(principal)?;
    }
    let view = |account: &String, since: &Timestamp| {
        let mut view = organization
            .account(account)
            .map(|member| organization.account_base(account, member))
            .unwrap_or_default();
        view["DelegationEnabledDate"] = json!(epoch(*since));
        view
    };
    let since = |services: &std::collections::BTreeMap<String, Timestamp>| match principal {
        Some(principal) => services.get(principal).copied(),
        None => services.values().min().copied(),
    };
    let items = organization
        .delegated
        .iter()
        .filter_map(|(account, services)| Some(view(account, &since(services)?)))
        .collect();
    page(request, "DelegatedAdministrators", items, empty)
}

pub(super) fn list_services(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let account = request.required("AccountId");
    organization
        .account(account)
        .ok_or_else(|| refuse("AccountNotFoundException"))?;
    let services = organization
        .delegated
        .get(account)
        .ok_or_else(|| refuse("AccountNotRegisteredException"))?;
    let items = services.iter().map(|(principal, since)| json!({"ServicePrincipal": principal, "DelegationEnabledDate": epoch(*since)})).collect();
    page(request, "DelegatedServices", items, empty)
}
