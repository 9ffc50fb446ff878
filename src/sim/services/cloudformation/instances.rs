//! CreateStackInstances, UpdateStackInstances, DeleteStackInstances and their readers.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackInstances.html> and its
//! neighbours: fifty units at most in a call, and a service-managed stack set deploys to units. Absent: parameter overrides,
//! which are taken and not kept.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::PAGING;
use super::authority::invalid;
use super::operations::{self, Asked};
use super::stack_sets::named;
use super::state::{Action, Instance, Outcome};

const MOST_UNITS: usize = 50;

/// The request's targets are units of the organization.
fn check(world: &World, request: &Request) -> Result<(), AwsError> {
    let (owner, _) = named(world, request)?;
    if !request.list("Accounts").is_empty() {
        return Err(invalid(
            "Accounts cannot be specified for a SERVICE_MANAGED stack set: use DeploymentTargets",
        ));
    }
    let units = request.input["DeploymentTargets"]["OrganizationalUnitIds"].as_array();
    let units: Vec<&str> = units.into_iter().flatten().filter_map(Value::as_str).collect();
    if units.is_empty() {
        return Err(invalid(
            "DeploymentTargets with OrganizationalUnitIds must be specified for a SERVICE_MANAGED stack set",
        ));
    }
    if units.len() > MOST_UNITS {
        return Err(invalid(format!("OrganizationalUnitIds has more than {MOST_UNITS} items")));
    }
    if request.list("Regions").is_empty() {
        return Err(invalid("Regions must be specified"));
    }
    let organization = world.organizations.of(&owner);
    let unknown = units.iter().find(|unit| !organization.is_some_and(|known| known.is_parent(unit)));
    match unknown {
        Some(unknown) => Err(invalid(format!("Invalid organizational unit {unknown}"))),
        None => Ok(()),
    }
}

fn operate(world: &mut World, request: &Request, action: Action) -> Result<Value, AwsError> {
    check(world, request)?;
    let asked = Asked::of(request, action)?;
    let (_, set) = named(world, request)?;
    operations::free(set, &asked)?;
    let id = operations::begin(world, request, &request.region, asked)?;
    Ok(json!({ "OperationId": id }))
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    operate(world, request, Action::Create)
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    operate(world, request, Action::Update)
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    operate(world, request, Action::Delete)
}

fn view(set: &str, account: &str, region: &str, instance: &Instance) -> Value {
    let mut view = json!({
        "StackSetId": set,
        "Account": account,
        "Region": region,
        "StackId": instance.stack,
        "Status": instance.state.instance(),
        "StackInstanceStatus": { "DetailedStatus": instance.state.text() },
        "OrganizationalUnitId": instance.target,
        "DriftStatus": "NOT_CHECKED",
        "LastOperationId": instance.operation,
    });
    if let Some(reason) = instance.reason.as_ref().filter(|_| instance.state != Outcome::Succeeded) {
        view["StatusReason"] = json!(reason);
    }
    view
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (_, set) = named(world, request)?;
    let (account, region) = (request.text("StackInstanceAccount"), request.text("StackInstanceRegion"));
    let filters = request.list("Filters");
    let all = set.instances.iter().flat_map(|(account, regions)| {
        regions.iter().map(move |(region, instance)| (account.as_str(), region.as_str(), instance))
    });
    let fits = |(at, within, instance): &(&str, &str, &Instance)| {
        account.is_none_or(|account| account == *at)
            && region.is_none_or(|region| region == *within)
            && filters.iter().all(|filter| {
                let values = filter["Values"].as_str().unwrap_or_default();
                match filter["Name"].as_str() {
                    Some("DETAILED_STATUS") => values.split(',').any(|value| value == instance.state.text()),
                    Some("LAST_OPERATION_ID") => values == instance.operation,
                    _ => values == "NOT_CHECKED",
                }
            })
    };
    let found = all.filter(fits).collect();
    PAGING.page(request, "Summaries", found, |(account, region, instance)| {
        view(&set.id, account, region, instance)
    })
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (_, set) = named(world, request)?;
    let (account, region) =
        (request.required("StackInstanceAccount"), request.required("StackInstanceRegion"));
    let instance = set.instances.get(account).and_then(|regions| regions.get(region)).ok_or_else(|| {
        let words = format!(
            "Stack instance for stack set {}, account {account} and region {region} not found",
            set.id
        );
        AwsError::new("StackInstanceNotFoundException", words)
    })?;
    Ok(json!({ "StackInstance": view(&set.id, account, region, instance) }))
}
