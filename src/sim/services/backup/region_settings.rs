//! UpdateRegionSettings, DescribeRegionSettings, GetSupportedResourceTypes: which types of resources a Region backs up.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html>. Full management is a
//! preference of DynamoDB and EFS alone, as the acceptance tests of Terraform's AWS provider show it. UNSOURCED: that
//! types which a request leaves out stay as they are, and the words of the refusals.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::refusal::{invalid_value, missing};
use super::resource_types::{self, Type};
use super::state::Place;

/// Incremental backups can be chosen for DynamoDB alone, as the model says.
const INCREMENTAL: &str = "DynamoDB";

impl Place {
    /// Whether a type is switched on.
    pub(super) fn backs_up(&self, kind: &Type) -> bool {
        self.opt_in.get(&kind.name).copied().unwrap_or(kind.opt_in)
    }
}

/// The types and switches of a member, by their own names.
fn given(
    request: &Request,
    member: &str,
    known: impl Fn(&Type) -> bool,
) -> Result<BTreeMap<String, bool>, AwsError> {
    let entries = request.input.get(member).and_then(Value::as_object).into_iter().flatten();
    let switch = |(name, value): (&String, &Value)| match resource_types::named(name) {
        Some(kind) if known(kind) => Ok((kind.name.clone(), value.as_bool().unwrap_or_default())),
        _ => Err(invalid_value(format!("Resource type {name} is not supported in {member}."))),
    };
    entries.map(switch).collect()
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let members =
        ["ResourceTypeOptInPreference", "ResourceTypeManagementPreference", "ResourceTypeOptInIncremental"];
    if members.iter().all(|member| request.input.get(*member).is_none()) {
        return Err(missing("At least one preference must be specified."));
    }
    let opt_in = given(request, members[0], |_| true)?;
    let managed = given(request, members[1], |kind| kind.managed.is_some())?;
    let incremental = given(request, members[2], |kind| kind.name == INCREMENTAL)?;
    let place = world.backup.place_mut(&request.caller.account, &request.region);
    place.opt_in.extend(opt_in);
    place.managed.extend(managed);
    place.incremental.extend(incremental);
    Ok(json!({}))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let none = Place::default();
    let place = world.backup.place(&request.caller.account, &request.region).unwrap_or(&none);
    let types = resource_types::all();
    let opt_in: BTreeMap<&str, bool> =
        types.iter().map(|kind| (kind.name.as_str(), place.backs_up(kind))).collect();
    let managed: BTreeMap<&str, bool> = types
        .iter()
        .filter_map(|kind| {
            let now = place.managed.get(&kind.name).copied();
            Some((kind.name.as_str(), now.or(kind.managed)?))
        })
        .collect();
    let incremental = place.incremental.get(INCREMENTAL).copied().unwrap_or_default();
    Ok(json!({
        "ResourceTypeOptInPreference": opt_in,
        "ResourceTypeManagementPreference": managed,
        "ResourceTypeOptInIncremental": { INCREMENTAL: incremental },
    }))
}

pub(super) fn supported(_: &mut World, _: &Request) -> Result<Value, AwsError> {
    let names: Vec<&str> = resource_types::all().iter().map(|kind| kind.name.as_str()).collect();
    Ok(json!({ "ResourceTypes": names }))
}
