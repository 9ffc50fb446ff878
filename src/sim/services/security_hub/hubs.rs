//! EnableSecurityHub, DescribeHub, UpdateSecurityHubConfiguration, DisableSecurityHub.
//!
//! Source: <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_EnableSecurityHub.html> and its neighbours.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::queries;
use crate::sim::world::World;

use super::refusal::{conflict, no_access};
use super::state::Hub;
use super::{administrator, gate, standards};

/// Makes the hub of an account, and the role that Security Hub works with; an existing hub stays as it is.
pub(super) fn open(world: &mut World, account: &str, region: &str, now: Timestamp) {
    if world.security_hub.hub(account, region).is_some() {
        return;
    }
    queries::ensure_service_linked_role(world, account, "securityhub.amazonaws.com", now);
    let hub = Hub {
        subscribed: now,
        auto_enable_controls: true,
        generator: "SECURITY_CONTROL".to_owned(),
        standards: BTreeMap::new(),
        tags: BTreeMap::new(),
    };
    world.security_hub.hubs.entry(region.to_owned()).or_default().insert(account.to_owned(), hub);
}

/// The words are those that AWS's users quote.
pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (account, region) = (&request.caller.account, &request.region);
    if world.security_hub.hub(account, region).is_some() {
        return Err(conflict("Account is already subscribed to Security Hub"));
    }
    open(world, account, region, request.now);
    if request.boolean("EnableDefaultStandards").unwrap_or(true) {
        standards::enable_default(world, account, region, request.now);
    }
    if let Some(hub) = world.security_hub.hub_mut(account, region) {
        if let Some(generator) = request.text("ControlFindingGenerator") {
            generator.clone_into(&mut hub.generator);
        }
        let tags = request.input["Tags"].as_object().into_iter().flatten();
        hub.tags = tags.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect();
    }
    Ok(json!({}))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let hub = gate::hub(world, request)?;
    Ok(json!({
        "HubArn": format!("arn:aws:securityhub:{}:{}:hub/default", request.region, request.caller.account),
        "SubscribedAt": hub.subscribed.to_string(),
        "AutoEnableControls": hub.auto_enable_controls,
        "ControlFindingGenerator": hub.generator,
    }))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::hub(world, request)?;
    if let Some(hub) = world.security_hub.hub_mut(&request.caller.account, &request.region) {
        hub.auto_enable_controls = request.boolean("AutoEnableControls").unwrap_or(hub.auto_enable_controls);
        if let Some(generator) = request.text("ControlFindingGenerator") {
            generator.clone_into(&mut hub.generator);
        }
    }
    Ok(json!({}))
}

/// The administrator's hub stays, as the model says. UNSOURCED words.
pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::hub(world, request)?;
    let (caller, region) = (request.caller.account.as_str(), &request.region);
    if administrator::holder(world, caller, region).as_deref() == Some(caller) {
        return Err(no_access("Security Hub CSPM can't be disabled in the account of its administrator."));
    }
    if let Some(hubs) = world.security_hub.hubs.get_mut(region) {
        hubs.remove(caller);
    }
    for account in world.security_hub.accounts.values_mut() {
        account.members.get_mut(region).and_then(|members| members.remove(caller));
    }
    Ok(json!({}))
}
