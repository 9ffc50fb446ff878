//! UpdateGlobalSettings, DescribeGlobalSettings: what an organization has switched on.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateGlobalSettings.html> (the management account
//! alone; three switches, each a text) and its neighbour (for every member). UNSOURCED: that a switch which a request
//! leaves out keeps its position, and what is shown before anything was set.

use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::queries;
use crate::sim::services::organizations::Organization;
use crate::sim::world::World;

use super::PRINCIPAL;
use super::refusal::{invalid_request, invalid_value, missing, no_organization};
use super::state::Global;

/// Copies between the accounts of the organization.
pub(super) const CROSS_ACCOUNT: &str = "isCrossAccountBackupEnabled";
/// Approval teams of logically air-gapped vaults.
pub(super) const APPROVAL: &str = "isMpaEnabled";
/// The service-linked role that follows the delegated administrators.
const ADMINISTRATORS: &str = "isDelegatedAdministratorEnabled";
const SWITCHES: [&str; 3] = [CROSS_ACCOUNT, APPROVAL, ADMINISTRATORS];

fn organization<'w>(world: &'w World, request: &Request) -> Result<&'w Organization, AwsError> {
    world.organizations.of(&request.caller.account).ok_or_else(no_organization)
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = organization(world, request)?;
    if organization.management != request.caller.account {
        return Err(invalid_request(
            "Only the management account of the organization can update global settings.",
        ));
    }
    let id = organization.id.clone();
    let given = request.input.get("GlobalSettings").and_then(Value::as_object);
    let given = given.filter(|given| !given.is_empty());
    let given = given.ok_or_else(|| missing("GlobalSettings must be specified."))?;
    let mut wanted = Vec::new();
    for (name, value) in given {
        let on = match value.as_str() {
            Some("true") => true,
            Some("false") => false,
            _ => return Err(invalid_value(format!("The value of {name} must be true or false."))),
        };
        if !SWITCHES.contains(&name.as_str()) {
            return Err(invalid_value(format!("{name} is not a global setting.")));
        }
        wanted.push((name.clone(), on));
    }
    if wanted.contains(&(ADMINISTRATORS.to_owned(), true)) {
        queries::ensure_service_linked_role(world, &request.caller.account, PRINCIPAL, request.now);
    }
    let fresh = Global { switches: Default::default(), updated: request.now };
    let global = world.backup.global.entry(id).or_insert(fresh);
    global.switches.extend(wanted);
    global.updated = request.now;
    Ok(json!({}))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = organization(world, request)?;
    let shown = |switch: &str| world.backup.switched_on(&organization.id, switch).to_string();
    let switches: Map<String, Value> =
        SWITCHES.iter().map(|switch| ((*switch).to_owned(), json!(shown(switch)))).collect();
    let updated =
        world.backup.global.get(&organization.id).map_or(organization.created, |global| global.updated);
    Ok(json!({ "GlobalSettings": switches, "LastUpdateTime": epoch(updated) }))
}
