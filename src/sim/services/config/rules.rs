//! Config rules of an organization.
//!
//! In: PutOrganizationConfigRule and its neighbours. Out: deployments. Source: the API model. The text of a Guard rule is read
//! with a call of its own. UNSOURCED: the limit. Absent: Lambda functions, which are taken as they are named, and whether a
//! managed rule of the given identifier exists.

use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::authority::{self, DEPLOYMENT};
use super::deployments::{self, Family};
use super::refusal::refuse;

const FAMILY: Family = Family {
    of: |place| &place.rules,
    of_mut: |place| &mut place.rules,
    name: "OrganizationConfigRuleName",
    names: "OrganizationConfigRuleNames",
    kind: "organization-config-rule",
    unknown: "NoSuchOrganizationConfigRule",
    limit: ("MaxNumberOfOrganizationConfigRulesExceeded", 150),
    listing: "OrganizationConfigRules",
    statuses: "OrganizationConfigRuleStatuses",
    details: "OrganizationConfigRuleDetailedStatus",
    status: "OrganizationRuleStatus",
    detail: ("ConfigRuleName", "MemberAccountRuleStatus"),
};

const MANAGED: &str = "OrganizationManagedRuleMetadata";
const LAMBDA: &str = "OrganizationCustomRuleMetadata";
const GUARD: &str = "OrganizationCustomPolicyRuleMetadata";

pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let given: Vec<&str> =
        [MANAGED, LAMBDA, GUARD].into_iter().filter(|kind| request.input.get(*kind).is_some()).collect();
    let [kind] = given.as_slice() else {
        let words = "Exactly one of OrganizationManagedRuleMetadata, OrganizationCustomRuleMetadata and OrganizationCustomPolicyRuleMetadata must be specified.";
        return Err(refuse("InvalidParameterValue", words));
    };
    let input = request.input[*kind]["InputParameters"].as_str();
    if input.is_some_and(|text| !serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object())) {
        return Err(refuse("InvalidParameterValue", "InputParameters must be a JSON object."));
    }
    let body = Map::from_iter([((*kind).to_owned(), request.input[*kind].clone())]);
    let arn = deployments::put(world, request, &FAMILY, body)?;
    Ok(json!({ "OrganizationConfigRuleArn": arn }))
}

/// The listing tells everything of a Guard rule but its text.
pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let mut page = deployments::describe(world, request, &FAMILY)?;
    for rule in page[FAMILY.listing].as_array_mut().into_iter().flatten() {
        if let Some(guard) = rule.get_mut(GUARD).and_then(Value::as_object_mut) {
            guard.remove("PolicyText");
        }
    }
    Ok(page)
}

pub(super) fn policy(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    authority::organization(world, request, DEPLOYMENT)?;
    let place = world.config.deployed(&request.caller.account, &request.region);
    let rule = place.and_then(|place| place.rules.get(request.required(FAMILY.name)));
    let text = rule.and_then(|rule| rule.body.get(GUARD)?.get("PolicyText")?.as_str());
    let text = text.ok_or_else(|| refuse(FAMILY.unknown, "The organization rule does not exist."))?;
    Ok(json!({ "PolicyText": text }))
}

pub(super) fn statuses(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    deployments::statuses(world, request, &FAMILY)
}

pub(super) fn details(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    deployments::details(world, request, &FAMILY)
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    deployments::delete(world, request, &FAMILY)
}
