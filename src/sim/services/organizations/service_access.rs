//! Trusted access of AWS services to the organization: a set.
//!
//! In: requests, or calls by other services on behalf of a customer. Out: which services are trusted, since when.
//! Absent: what a trusted service does with it.

use std::sync::OnceLock;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::access;
use super::paging::page;
use super::policy_types;
use super::refusal::{constraint, invalid};
use super::state::Organization;
use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

/// One row of `service_principals.toml`.
#[derive(Debug, Deserialize)]
pub(super) struct Service {
    principal: String,
    pub(super) administrators: Option<usize>,
}

#[derive(Debug, Deserialize)]
struct Services {
    service: Vec<Service>,
}

/// The facts about a service principal, if Organizations recognises it; a test proves that the file parses.
pub(super) fn recognised(principal: &str) -> Result<&'static Service, AwsError> {
    static SERVICES: OnceLock<Vec<Service>> = OnceLock::new();
    let services = SERVICES.get_or_init(|| {
        toml::from_str::<Services>(include_str!("service_principals.toml"))
            .map(|file| file.service)
            .unwrap_or_default()
    });
    services
        .iter()
        .find(|service| service.principal == principal)
        .ok_or_else(|| invalid("UNRECOGNIZED_SERVICE_PRINCIPAL"))
}

impl Organization {
    /// Trusts a service; a service that is trusted already stays so since then.
    pub fn enable_service_access(&mut self, principal: &str, now: Timestamp) {
        self.service_access.entry(principal.to_owned()).or_insert(now);
    }

    /// Trusts a service no more.
    pub fn disable_service_access(&mut self, principal: &str) {
        self.service_access.remove(principal);
    }
}

pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let principal = request.required("ServicePrincipal");
    recognised(principal)?;
    if !organization.all_features() {
        return Err(constraint("ORGANIZATION_NOT_IN_ALL_FEATURES_MODE"));
    }
    organization.lock(&[principal], request.now, window)?;
    organization.enable_service_access(principal, request.now);
    Ok(json!({}))
}

pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let principal = request.required("ServicePrincipal");
    recognised(principal)?;
    if !organization.all_features() {
        return Err(constraint("ORGANIZATION_NOT_IN_ALL_FEATURES_MODE"));
    }
    let needed = |kind: &String| {
        policy_types::facts(kind).is_some_and(|facts| facts.service.as_deref() == Some(principal))
    };
    if organization.root.policy_types.keys().any(needed) {
        return Err(constraint("POLICY_TYPE_ENABLED_FOR_THIS_SERVICE"));
    }
    organization.lock(&[principal], request.now, window)?;
    organization.disable_service_access(principal);
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let items = organization
        .service_access
        .iter()
        .map(|(principal, since)| json!({"ServicePrincipal": principal, "DateEnabled": epoch(*since)}))
        .collect();
    page(request, "EnabledServicePrincipals", items, empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_of_a_policy_type_is_recognised() {
        let file: Services =
            toml::from_str(include_str!("service_principals.toml")).expect("service_principals.toml");
        assert!(file.service.len() > 50);
        for facts in policy_types::all().values() {
            if let Some(service) = &facts.service {
                assert!(recognised(service).is_ok(), "{service}");
            }
        }
        assert_eq!(
            recognised("nonsense.amazonaws.com").expect_err("a refusal").fields["Reason"],
            "UNRECOGNIZED_SERVICE_PRINCIPAL"
        );
    }
}
