//! Account Factory's portfolio: when there is one, and who may launch from it.
//!
//! Sources: <https://docs.aws.amazon.com/controltower/latest/userguide/shared-account-resources.html> (its name),
//! <https://docs.aws.amazon.com/controltower/latest/userguide/config-integration-feature-comparison.html> (only with
//! Config), <https://docs.aws.amazon.com/servicecatalog/latest/dg/API_Operations_AWS_Service_Catalog.html>. Nobody is in
//! it by being an administrator. UNSOURCED: whom Control Tower itself puts into it; here the role of its permission set
//! for administrators.

use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::{Caller, Request};
use crate::sim::services::control_tower;
use crate::sim::services::iam::queries::session_role;
use crate::sim::world::World;

use super::page;
use super::refusal::{invalid, missing};
use super::state::Portfolio;

pub(super) const NAME: &str = "AWS Control Tower Account Factory Portfolio";
/// Whoever signs in to the management account by Control Tower's own permission set.
const ADMINISTRATORS: &str =
    "arn:aws:iam:::role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_AWSAdministratorAccess*";

/// The portfolio, where the caller sees one: it comes with the landing zone, and is made when first asked for.
pub(super) fn seen<'w>(world: &'w mut World, request: &Request) -> Option<&'w Portfolio> {
    if !control_tower::has_account_factory(world, &request.caller.account, &request.region) {
        return None;
    }
    if world.service_catalog.portfolio.is_none() {
        let ids = &mut world.ids;
        let portfolio = Portfolio {
            id: format!("port-{}", ids.alphanumeric(13)),
            product: format!("prod-{}", ids.alphanumeric(13)),
            artifact: format!("pa-{}", ids.alphanumeric(13)),
            path: format!("lpv3-{}", ids.alphanumeric(13)),
            made: request.now,
            principals: [ADMINISTRATORS.to_owned()].into(),
        };
        world.service_catalog.portfolio = Some(portfolio);
    }
    world.service_catalog.portfolio.as_ref()
}

/// The portfolio, which must be the one of the request.
fn named<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut Portfolio, AwsError> {
    let id = request.required("PortfolioId");
    let there = seen(world, request).is_some_and(|portfolio| portfolio.id == id);
    let portfolio = world.service_catalog.portfolio.as_mut().filter(|_| there);
    portfolio.ok_or_else(|| missing("Portfolio", id))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = &request.caller.account;
    let all: Vec<Portfolio> = seen(world, request).cloned().into_iter().collect();
    page(request, "PortfolioDetails", all, |portfolio| {
        json!({
            "Id": portfolio.id,
            "ARN": format!("arn:aws:catalog:{}:{account}:portfolio/{}", request.region, portfolio.id),
            "DisplayName": NAME,
            "Description": "AWS Control Tower Account Factory Portfolio",
            "CreatedTime": epoch(portfolio.made),
            "ProviderName": "AWS Control Tower",
        })
    })
}

pub(super) fn principals(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let portfolio = named(world, request)?;
    let all: Vec<String> = portfolio.principals.iter().cloned().collect();
    page(request, "Principals", all, |arn| json!({ "PrincipalARN": arn, "PrincipalType": kind(&arn) }))
}

fn kind(arn: &str) -> &'static str {
    if arn.starts_with("arn:aws:iam:::") { "IAM_PATTERN" } else { "IAM" }
}

pub(super) fn associate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (arn, wanted) = (request.required("PrincipalARN"), request.required("PrincipalType"));
    let named_role = arn.starts_with("arn:aws:iam::")
        && [":role/", ":user/", ":group/"].iter().any(|part| arn.contains(part));
    if !named_role || kind(arn) != wanted {
        return Err(invalid(format!("Invalid principal ARN {arn} of type {wanted}.")));
    }
    named(world, request)?.principals.insert(arn.to_owned());
    Ok(json!({}))
}

pub(super) fn disassociate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let arn = request.required("PrincipalARN");
    if !named(world, request)?.principals.remove(arn) {
        return Err(missing("Principal", arn));
    }
    Ok(json!({}))
}

/// Whether a caller may launch: by its own ARN, by that of its role, or by a pattern.
pub(super) fn admits(world: &World, portfolio: &Portfolio, caller: &Caller) -> bool {
    let role = session_role(world, caller).map(|role| role.arn.as_str());
    let own = [Some(caller.arn.as_str()), role];
    own.into_iter().flatten().any(|arn| portfolio.principals.iter().any(|known| fits(known, arn)))
}

/// A pattern leaves the account out and may hold `*` in its path and name.
fn fits(known: &str, arn: &str) -> bool {
    let Some(pattern) = known.strip_prefix("arn:aws:iam:::") else { return known == arn };
    let Some((_, resource)) = arn.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    crate::sim::authorization::pattern::glob(pattern, resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_roles_of_any_account_and_an_arn_itself() {
        let role = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_AWSAdministratorAccess_1";
        assert!(fits(ADMINISTRATORS, role));
        assert!(!fits(ADMINISTRATORS, "arn:aws:iam::111122223333:role/Admin"));
        assert!(fits("arn:aws:iam::111122223333:role/Admin", "arn:aws:iam::111122223333:role/Admin"));
    }
}
