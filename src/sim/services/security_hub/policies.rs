//! Configuration policies: made, listed, changed and deleted by the administrator in the home Region.
//!
//! Source: <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_CreateConfigurationPolicy.html> and its
//! neighbours, and the model's notes at `SecurityHubPolicy`. The words of the refusals are UNSOURCED.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::refusal::{conflict, invalid, missing};
use super::state::{Account, Policy};
use super::{PAGING, associations, gate, standards};

fn view(id: &str, policy: &Policy) -> Map<String, Value> {
    let mut view = Map::new();
    view.insert("Arn".into(), json!(policy.arn));
    view.insert("Id".into(), json!(id));
    view.insert("Name".into(), json!(policy.name));
    if let Some(description) = &policy.description {
        view.insert("Description".into(), json!(description));
    }
    view.insert("UpdatedAt".into(), json!(epoch(policy.updated)));
    view
}

fn full_view(id: &str, policy: &Policy) -> Value {
    let mut view = view(id, policy);
    view.insert("CreatedAt".into(), json!(epoch(policy.created)));
    view.insert("ConfigurationPolicy".into(), policy.content.clone());
    Value::Object(view)
}

/// With the service on, standards and one list of controls must be given; with it off, neither may.
fn check(content: &Value, region: &str) -> Result<(), AwsError> {
    let policy = &content["SecurityHub"];
    let Some(enabled) = policy["ServiceEnabled"].as_bool() else {
        return Err(invalid("ServiceEnabled must be specified."));
    };
    let standards_given = policy["EnabledStandardIdentifiers"].as_array();
    let controls = policy["SecurityControlsConfiguration"].as_object();
    if !enabled {
        return match standards_given.is_some_and(|list| !list.is_empty()) || controls.is_some() {
            true => Err(invalid("Standards and controls cannot be specified if ServiceEnabled is false.")),
            false => Ok(()),
        };
    }
    let (Some(listed), Some(controls)) = (standards_given, controls) else {
        return Err(invalid(
            "EnabledStandardIdentifiers and SecurityControlsConfiguration must be specified if ServiceEnabled is true.",
        ));
    };
    let lists = ["EnabledSecurityControlIdentifiers", "DisabledSecurityControlIdentifiers"];
    if lists.iter().all(|list| controls.contains_key(*list)) {
        return Err(invalid(format!("Only one of {} and {} can be specified.", lists[0], lists[1])));
    }
    match listed.iter().filter_map(Value::as_str).find(|arn| !standards::exists(arn, region)) {
        Some(unknown) => Err(invalid(format!("The standard {unknown} does not exist."))),
        None => Ok(()),
    }
}

/// The id and policy behind an id or an ARN.
pub(super) fn named<'a>(
    account: &'a Account,
    identifier: &str,
) -> Result<(&'a String, &'a Policy), AwsError> {
    let id = identifier.rsplit('/').next().unwrap_or(identifier);
    account
        .policies
        .get_key_value(id)
        .ok_or_else(|| missing(format!("The configuration policy {identifier} does not exist.")))
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = gate::central(world, request)?;
    let (name, content) = (request.required("Name"), &request.input["ConfigurationPolicy"]);
    check(content, &request.region)?;
    if account.policies.values().any(|policy| policy.name == name) {
        return Err(conflict(format!("A configuration policy with the name {name} already exists.")));
    }
    let id = world.ids.uuid();
    let caller = &request.caller.account;
    let policy = Policy {
        arn: format!("arn:aws:securityhub:{}:{caller}:configuration-policy/{id}", request.region),
        name: name.to_owned(),
        description: request.text("Description").map(str::to_owned),
        created: request.now,
        updated: request.now,
        content: content.clone(),
    };
    let view = full_view(&id, &policy);
    world.security_hub.account_mut(caller).policies.insert(id, policy);
    Ok(view)
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let found = gate::central(world, request)?.policies.iter().collect();
    PAGING.page(request, "ConfigurationPolicySummaries", found, |(id, policy): (&String, &Policy)| {
        let mut view = view(id, policy);
        view.insert("ServiceEnabled".into(), json!(policy.enables()));
        Value::Object(view)
    })
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (id, policy) = named(gate::central(world, request)?, request.required("Identifier"))?;
    Ok(full_view(id, policy))
}

/// What is associated with a changed policy is configured anew
/// (<https://docs.aws.amazon.com/securityhub/latest/userguide/update-policy.html>).
pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = gate::central(world, request)?;
    let (id, policy) = named(account, request.required("Identifier"))?;
    let mut changed = policy.clone();
    if let Some(content) = request.input.get("ConfigurationPolicy") {
        check(content, &request.region)?;
        changed.content = content.clone();
    }
    if let Some(name) = request.text("Name") {
        if account.policies.iter().any(|(other, policy)| other != id && policy.name == name) {
            return Err(conflict(format!("A configuration policy with the name {name} already exists.")));
        }
        name.clone_into(&mut changed.name);
    }
    if let Some(description) = request.text("Description") {
        changed.description = Some(description.to_owned());
    }
    changed.updated = request.now;
    let (id, view) = (id.clone(), full_view(id, &changed));
    let ends: Timestamp = world.end_of(request.now, associations::REACHING);
    let account = world.security_hub.account_mut(&request.caller.account);
    account.policies.insert(id.clone(), changed);
    for association in account.associations.values_mut().filter(|association| association.policy == id) {
        association.ends = Some(ends);
        association.updated = request.now;
    }
    Ok(view)
}

/// Only what is associated with nothing is deleted, as the model says.
pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = gate::central(world, request)?;
    let (id, _) = named(account, request.required("Identifier"))?;
    if account.associations.values().any(|association| association.policy == *id) {
        return Err(conflict("The configuration policy is associated with a target."));
    }
    let id = id.clone();
    world.security_hub.account_mut(&request.caller.account).policies.remove(&id);
    Ok(json!({}))
}
