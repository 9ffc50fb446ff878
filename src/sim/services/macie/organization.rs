//! What an administrator sets for its organization: whether accounts that join get Macie, and automated discovery.
//!
//! Source: <https://docs.aws.amazon.com/macie/latest/APIReference/admin-configuration.html>,
//! <https://docs.aws.amazon.com/macie/latest/APIReference/automated-discovery-configuration.html>. Absent: which accounts
//! discovery is on for one by one.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::refusal::not_administrator;
use super::{administrator, members, session};

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    members::must_administer(world, request)?;
    let place = world.macie.places.get(&request.caller.account, &request.region);
    Ok(json!({
        "autoEnable": place.is_some_and(|place| place.auto_enable),
        "maxAccountLimitReached": place.is_some_and(|place| place.members.len() >= members::MOST),
    }))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    members::must_administer(world, request)?;
    let place = world.macie.places.of(&request.caller.account, &request.region);
    place.auto_enable = request.boolean("autoEnable").unwrap_or_default();
    Ok(json!({}))
}

/// Of the organization for its administrator, of itself for a stand-alone account; a member has no say.
fn may_discover(world: &World, request: &Request) -> Result<(), AwsError> {
    session::of(world, request)?;
    match members::administrator(world, &request.caller.account, &request.region) {
        Some(_) => Err(not_administrator()),
        None => Ok(()),
    }
}

pub(super) fn get_discovery(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    may_discover(world, request)?;
    let place = world.macie.places.get(&request.caller.account, &request.region);
    let discovery = place.map(|place| place.discovery.clone()).unwrap_or_default();
    let mut view = Map::new();
    view.insert("status".into(), json!(if discovery.enabled { "ENABLED" } else { "DISABLED" }));
    let reach = if discovery.reach.is_empty() { "NONE" } else { discovery.reach.as_str() };
    view.insert("autoEnableOrganizationMembers".into(), json!(reach));
    for (name, at) in [("firstEnabledAt", discovery.first), ("lastUpdatedAt", discovery.updated)] {
        view.extend(at.map(|at| (name.to_owned(), json!(epoch(at)))));
    }
    Ok(Value::Object(view))
}

/// Without a word on members it is ALL, as the model says.
pub(super) fn update_discovery(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    may_discover(world, request)?;
    let enabled = request.text("status") == Some("ENABLED");
    let place = world.macie.places.of(&request.caller.account, &request.region);
    let discovery = &mut place.discovery;
    discovery.enabled = enabled;
    request.text("autoEnableOrganizationMembers").unwrap_or("ALL").clone_into(&mut discovery.reach);
    discovery.updated = Some(request.now);
    discovery.first = discovery.first.or_else(|| enabled.then_some(request.now));
    Ok(json!({}))
}

/// An account has joined an organization: in each Region whose administrator wants it, it becomes a member.
pub(crate) fn account_joined(world: &mut World, account: &str, now: Timestamp) {
    for region in world.macie.places.regions() {
        let Some(holder) = administrator::holder(world, account, &region) else { continue };
        if world.macie.places.get(&holder, &region).is_some_and(|place| place.auto_enable) {
            // Nobody asked, so nobody is told of an account that cannot be a member.
            let _ = members::enrol(world, &holder, account, &region, now);
        }
    }
}
