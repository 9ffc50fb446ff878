//! What an administrator sets for accounts that join its organization.
//!
//! Source: <https://docs.aws.amazon.com/inspector/v2/APIReference/API_UpdateOrganizationConfiguration.html>. A scan that
//! a request leaves out is off, as the model has it for the members that are not required (UNSOURCED).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::scans::TYPES;
use super::{administrator, members, scans};

fn view(world: &World, request: &Request) -> Value {
    let place = world.inspector.places.get(&request.caller.account, &request.region);
    let on = |kind: &str| place.is_some_and(|place| place.auto.contains(kind));
    Value::Object(
        TYPES.iter().map(|(kind, name)| ((*name).to_owned(), json!(on(kind)))).collect::<Map<_, _>>(),
    )
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    members::must_administer(world, request)?;
    let place = world.inspector.places.get(&request.caller.account, &request.region);
    Ok(json!({
        "autoEnable": view(world, request),
        "maxAccountLimitReached": place.is_some_and(|place| place.members.len() >= members::MOST),
    }))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    members::must_administer(world, request)?;
    let given = &request.input["autoEnable"];
    let on = TYPES.iter().filter(|(_, name)| given[*name].as_bool() == Some(true));
    let place = world.inspector.places.of(&request.caller.account, &request.region);
    place.auto = on.map(|(kind, _)| (*kind).to_owned()).collect();
    Ok(json!({ "autoEnable": view(world, request) }))
}

/// An account has joined an organization: in each Region whose administrator wants it, it is scanned as a member.
pub(crate) fn account_joined(world: &mut World, account: &str, now: Timestamp) {
    for region in world.inspector.places.regions() {
        let Some(holder) = administrator::holder(world, account, &region) else { continue };
        let auto = world.inspector.places.get(&holder, &region).map(|place| place.auto.clone());
        let auto = auto.unwrap_or_default();
        // Nobody asked, so nobody is told of an account that cannot be a member.
        if !auto.is_empty() && members::enrol(world, &holder, account, &region, now).is_ok() {
            for kind in auto {
                scans::open(world, account, &region, &kind, now);
            }
        }
    }
}
