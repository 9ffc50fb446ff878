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
        self.delegated.entry(account.to_owned()).or_default().insert(principal.to_owned(), now);
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
            return Err(constraint("CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR"));
        }
        if state != AccountState::Active {
            return Err(constraint("CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR"));
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
        if service.administrators.is_some_and(|most| registered.len() >= most) {
            return Err(constraint("MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED"));
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
        self.account(account).ok_or_else(|| refuse("AccountNotFoundException"))?;
        let services =
            self.delegated.get_mut(account).ok_or_else(|| refuse("AccountNotRegisteredException"))?;
        services.remove(principal).ok_or_else(|| refuse("AccountNotRegisteredException"))?;
        if services.is_empty() {
            self.delegated.remove(account);
        }
        Ok(())
    }
}

pub(super) fn register(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let (account, principal) = (request.required("AccountId"), request.required("ServicePrincipal"));
    organization.can_register(account, principal)?;
    organization.lock(&[account, principal], request.now, window)?;
    organization.register_delegated_administrator(account, principal, request.now)?;
    Ok(json!({}))
}

pub(super) fn deregister(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let (account, principal) = (request.required("AccountId"), request.required("ServicePrincipal"));
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
    organization.account(account).ok_or_else(|| refuse("AccountNotFoundException"))?;
    let services =
        organization.delegated.get(account).ok_or_else(|| refuse("AccountNotRegisteredException"))?;
    let items = services.iter().map(|(principal, since)| json!({"ServicePrincipal": principal, "DelegationEnabledDate": epoch(*since)})).collect();
    page(request, "DelegatedServices", items, empty)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::testing::{account, ask_as, done, organization, quiet, refused};

    const ORG: &str = "organizations";

    const SSO: &str = "sso.amazonaws.com";
    const REGISTER: &str = "RegisterDelegatedAdministrator";

    fn pair(account: &str, service: &str) -> serde_json::Value {
        json!({"AccountId": account, "ServicePrincipal": service})
    }

    #[tokio::test(start_paused = true)]
    async fn registering_asks_for_every_documented_precondition() {
        let (sim, _) = organization(quiet()).await;
        let (audit, other) = (account(&sim, "audit").await, account(&sim, "other").await);
        let untrusted = refused(&sim, ORG, REGISTER, pair(&audit, SSO)).await;
        assert_eq!(untrusted, "ConstraintViolationException/SERVICE_ACCESS_NOT_ENABLED");
        done(&sim, ORG, "EnableAWSServiceAccess", json!({"ServicePrincipal": SSO})).await;
        done(&sim, ORG, REGISTER, pair(&audit, SSO)).await;
        let master = "ConstraintViolationException/CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR";
        let many = "ConstraintViolationException/MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED";
        let unknown = "InvalidInputException/UNRECOGNIZED_SERVICE_PRINCIPAL";
        let cases = [
            (audit.as_str(), "x.example.com", unknown),
            ("111122223333", SSO, master),
            ("999999999999", SSO, "AccountNotFoundException"),
            (audit.as_str(), SSO, "AccountAlreadyRegisteredException"),
            (other.as_str(), SSO, many),
        ];
        for (account, service, expected) in cases {
            let refusal = refused(&sim, ORG, REGISTER, pair(account, service)).await;
            assert_eq!(refusal, expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_delegated_administrator_cannot_be_removed_until_deregistered() {
        let (sim, _) = organization(quiet()).await;
        let audit = account(&sim, "audit").await;
        done(&sim, ORG, "EnableAWSServiceAccess", json!({"ServicePrincipal": SSO})).await;
        done(&sim, ORG, REGISTER, pair(&audit, SSO)).await;
        sim.advance(std::time::Duration::from_secs(5 * 86_400));
        let remove = json!({"AccountId": audit});
        let refusal = refused(&sim, ORG, "RemoveAccountFromOrganization", remove.clone()).await;
        assert_eq!(refusal, "ConstraintViolationException/CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG");
        let deregister = "DeregisterDelegatedAdministrator";
        done(&sim, ORG, deregister, pair(&audit, SSO)).await;
        let again = refused(&sim, ORG, deregister, pair(&audit, SSO)).await;
        assert_eq!(again, "AccountNotRegisteredException");
        done(&sim, ORG, "RemoveAccountFromOrganization", remove).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_delegated_administrator_reads_a_member_does_not_and_neither_writes() {
        let (sim, root) = organization(quiet()).await;
        let (audit, member) = (account(&sim, "audit").await, account(&sim, "member").await);
        done(&sim, ORG, "EnableAWSServiceAccess", json!({"ServicePrincipal": "config.amazonaws.com"})).await;
        done(
            &sim,
            ORG,
            "RegisterDelegatedAdministrator",
            json!({"AccountId": audit, "ServicePrincipal": "config.amazonaws.com"}),
        )
        .await;
        let list =
            async |caller: &str| ask_as(&sim, caller, None, ORG, "ListAccounts", json!({})).await.code();
        assert_eq!(list(&audit).await, None);
        assert_eq!(list(&member).await.as_deref(), Some("AccessDeniedException"));
        assert_eq!(list("999999999999").await.as_deref(), Some("AWSOrganizationsNotInUseException"));
        let write = ask_as(
            &sim,
            &audit,
            None,
            ORG,
            "CreateOrganizationalUnit",
            json!({"ParentId": root, "Name": "A"}),
        )
        .await;
        assert_eq!(write.code().as_deref(), Some("AccessDeniedException"));
        assert_eq!(ask_as(&sim, &member, None, ORG, "DescribeOrganization", json!({})).await.code(), None);
    }
}
