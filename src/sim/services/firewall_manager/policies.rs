//! Policies: PutPolicy, GetPolicy, ListPolicies, DeletePolicy, and what they find.
//!
//! Source: <https://docs.aws.amazon.com/fms/2018-01-01/APIReference/API_PutPolicy.html> and its neighbours. A policy belongs to
//! the administrator that put it, in one Region; it covers accounts and units that come later by itself. An update must carry
//! the token of the version that it replaces. UNSOURCED: the words, how many policies there may be beside AWS's quota, and
//! which resource types go with which service beyond the rows here. Absent: resource sets, lists, what a policy does in
//! accounts: compliance follows from AWS Config recording there, without which nothing is evaluated.

use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::paging::Paging;
use crate::sim::request::Request;
use crate::sim::services::organizations::{AccountState, Organization};
use crate::sim::world::World;

use super::state::Policy;

/// Policies per organization and Region (<https://docs.aws.amazon.com/waf/latest/developerguide/fms-limits.html>).
const MOST: usize = 50;
const PAGING: Paging = Paging {
    size: "MaxResults",
    token: "NextToken",
    usual: 100,
    stale: || AwsError::new("InvalidOperationException", "The NextToken is not valid."),
};

pub(super) fn invalid(words: impl Into<String>) -> AwsError {
    AwsError::new("InvalidInputException", words)
}

pub(super) fn missing(words: impl Into<String>) -> AwsError {
    AwsError::new("ResourceNotFoundException", words)
}

/// The caller's organization, of which it is a Firewall Manager administrator that is set up.
pub(super) fn administered<'w>(world: &'w World, request: &Request) -> Result<&'w Organization, AwsError> {
    let account = &request.caller.account;
    let refusal = |words: &str| AwsError::new("InvalidOperationException", words);
    let organization = world.organizations.of(account);
    let organization =
        organization.ok_or_else(|| refusal("The account is not a member of an organization."))?;
    let standing = world.firewall_manager.organizations.get(&organization.id);
    match standing.and_then(|all| all.get(account)).map(|one| one.role(request.now)) {
        Some("READY") => Ok(organization),
        Some(_) => Err(refusal("The Firewall Manager administrator is still being set up.")),
        None => Err(AwsError::new(
            "AccessDeniedException",
            "The account is not a Firewall Manager administrator.",
        )),
    }
}

/// The service's data agree with its type, and name units and accounts of the organization.
fn check(world: &World, request: &Request, given: &Value) -> Result<(), AwsError> {
    let organization = administered(world, request)?;
    let data = &given["SecurityServicePolicyData"];
    let kind = data["Type"].as_str().unwrap_or_default();
    match data["ManagedServiceData"].as_str() {
        Some(text) => {
            let parsed: Value =
                serde_json::from_str(text).map_err(|_| invalid("ManagedServiceData is not valid JSON."))?;
            if parsed["type"] != kind {
                return Err(invalid(format!("The type in ManagedServiceData must be {kind}.")));
            }
        }
        None if kind == "SHIELD_ADVANCED" || kind == "NETWORK_ACL_COMMON" => {}
        None => return Err(invalid("ManagedServiceData must be specified.")),
    }
    if kind == "SHIELD_ADVANCED"
        && given["ResourceType"] == "AWS::CloudFront::Distribution"
        && request.region != "us-east-1"
    {
        return Err(invalid("Policies for CloudFront distributions are put in us-east-1."));
    }
    let scope = |map: &str, key: &str| -> Vec<String> {
        let items = given[map][key].as_array().into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    for map in ["IncludeMap", "ExcludeMap"] {
        let stranger = scope(map, "ACCOUNT").into_iter().find(|id| organization.account(id).is_none());
        let unknown = scope(map, "ORG_UNIT").into_iter().find(|id| !organization.is_parent(id));
        if let Some(wrong) = stranger.or(unknown) {
            return Err(invalid(format!("{wrong} in {map} is not in the organization.")));
        }
    }
    let list = given["ResourceTypeList"].as_array().is_some_and(|list| !list.is_empty());
    if list && given["ResourceType"] != "ResourceTypeList" {
        return Err(invalid("ResourceType must be ResourceTypeList when ResourceTypeList is given."));
    }
    Ok(())
}

pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let given = request.input["Policy"].clone();
    check(world, request, &given)?;
    let (owner, region) = (request.caller.account.clone(), request.region.clone());
    let known = given["PolicyId"].as_str().map(str::to_owned);
    let all = world.firewall_manager.policies(&owner, &region);
    let id = match &known {
        Some(id) => {
            let before = all.and_then(|all| all.get(id));
            let before = before.ok_or_else(|| missing(format!("The policy {id} does not exist.")))?;
            if given["PolicyUpdateToken"].as_str() != Some(before.token.as_str()) {
                return Err(invalid(
                    "The PolicyUpdateToken does not match the current version of the policy.",
                ));
            }
            id.clone()
        }
        None => {
            if all.is_some_and(|all| all.len() >= MOST) {
                return Err(AwsError::new("LimitExceededException", "The limit of policies is reached."));
            }
            world.ids.uuid()
        }
    };
    let mut body: Map<String, Value> = given.as_object().cloned().unwrap_or_default();
    for member in ["PolicyId", "PolicyUpdateToken", "PolicyStatus"] {
        body.remove(member);
    }
    let tags = request
        .list("TagList")
        .iter()
        .filter_map(|tag| Some((tag["Key"].as_str()?.to_owned(), tag["Value"].as_str()?.to_owned())));
    let tags = tags.collect();
    let token = format!("1:{}", world.ids.hex(24));
    let policies = world.firewall_manager.policies_mut(&owner, &region);
    let tags = policies.get(&id).map_or(tags, |before| before.tags.clone());
    let policy = Policy { body, token, updated: request.now, tags };
    let view = view(&id, &policy);
    policies.insert(id.clone(), policy);
    Ok(json!({ "Policy": view, "PolicyArn": arn(request, &id) }))
}

pub(super) fn arn(request: &Request, id: &str) -> String {
    format!("arn:aws:fms:{}:{}:policy/{id}", request.region, request.caller.account)
}

fn view(id: &str, policy: &Policy) -> Value {
    let mut view = policy.body.clone();
    view.insert("PolicyId".into(), json!(id));
    view.insert("PolicyUpdateToken".into(), json!(policy.token));
    view.insert("PolicyStatus".into(), json!("ACTIVE"));
    view.entry("DeleteUnusedFMManagedResources").or_insert(json!(false));
    Value::Object(view)
}

fn named<'w>(world: &'w World, request: &Request) -> Result<&'w Policy, AwsError> {
    administered(world, request)?;
    let id = request.required("PolicyId");
    let all = world.firewall_manager.policies(&request.caller.account, &request.region);
    all.and_then(|all| all.get(id)).ok_or_else(|| missing(format!("The policy {id} does not exist.")))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let policy = named(world, request)?;
    let id = request.required("PolicyId");
    Ok(json!({ "Policy": view(id, policy), "PolicyArn": arn(request, id) }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    administered(world, request)?;
    let all = world.firewall_manager.policies(&request.caller.account, &request.region);
    let found = all.into_iter().flatten().collect();
    PAGING.page(request, "PolicyList", found, |(id, policy): (&String, &Policy)| {
        json!({
            "PolicyArn": arn(request, id),
            "PolicyId": id,
            "PolicyName": policy.body["PolicyName"],
            "ResourceType": policy.body["ResourceType"],
            "SecurityServiceType": policy.body["SecurityServicePolicyData"]["Type"],
            "RemediationEnabled": policy.body["RemediationEnabled"],
            "DeleteUnusedFMManagedResources": policy.body.get("DeleteUnusedFMManagedResources").unwrap_or(&json!(false)),
            "PolicyStatus": "ACTIVE",
        })
    })
}

/// One that is not there is refused.
pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    named(world, request)?;
    let policies = world.firewall_manager.policies_mut(&request.caller.account, &request.region);
    policies.remove(request.required("PolicyId"));
    Ok(json!({}))
}

/// The accounts in the scope of a policy: those included, or all but those excluded.
fn scope(organization: &Organization, policy: &Policy) -> Vec<String> {
    let named = |map: &str| -> Option<Vec<String>> {
        let map = policy.body.get(map)?;
        let texts = |key: &str| -> Vec<String> {
            map[key]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|id| id.as_str().map(str::to_owned))
                .collect()
        };
        let below = texts("ORG_UNIT").into_iter().flat_map(|unit| {
            let inside: Vec<String> =
                organization.accounts_under(&unit).into_iter().map(str::to_owned).collect();
            inside
        });
        Some(texts("ACCOUNT").into_iter().chain(below).collect())
    };
    let active = organization.accounts.iter().filter(|(_, one)| one.state == AccountState::Active);
    let all: Vec<String> = active.map(|(id, _)| id.clone()).collect();
    let (included, excluded) = (named("IncludeMap"), named("ExcludeMap").unwrap_or_default());
    all.into_iter()
        .filter(|id| match &included {
            Some(included) => included.contains(id),
            None => !excluded.contains(id),
        })
        .collect()
}

/// An account is in compliance where AWS Config records; elsewhere Firewall Manager cannot tell.
pub(super) fn compliance(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let policy = named(world, request)?;
    let organization = administered(world, request)?;
    let rows = scope(organization, policy);
    let (name, id) = (&policy.body["PolicyName"], request.required("PolicyId"));
    PAGING.page(request, "PolicyComplianceStatusList", rows, |account| {
        let records = world.config.records(&account, &request.region);
        let mut row = json!({
            "PolicyOwner": request.caller.account,
            "PolicyId": id,
            "PolicyName": name,
            "MemberAccount": account,
            "LastUpdated": epoch(policy.updated),
            "EvaluationResults": [],
        });
        if records {
            row["EvaluationResults"] = json!([{ "ComplianceStatus": "COMPLIANT", "ViolatorCount": 0, "EvaluationLimitExceeded": false }]);
        } else {
            row["IssueInfoMap"] = json!({ "AWSCONFIG": "AWS Config is not enabled in the account." });
        }
        row
    })
}
