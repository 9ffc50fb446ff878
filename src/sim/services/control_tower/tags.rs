//! Tags of the landing zone, of enabled baselines and of enabled controls.
//!
//! In: requests, and the `tags` of the creating calls. Out: the tags of an ARN. Absent: tag policies.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::gate;
use super::refusal::not_found;

/// Adds the tags of a request to an ARN.
pub(super) fn put(world: &mut World, arn: &str, tags: Option<&Value>) {
    let new: BTreeMap<String, String> = tags
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect();
    world.control_tower.tags.entry(arn.to_owned()).or_default().extend(new);
}

/// ListTagsForResource.
pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let arn = existing(world, request)?;
    let tags = world.control_tower.tags.get(&arn).cloned().unwrap_or_default();
    Ok(json!({ "tags": tags }))
}

/// TagResource.
pub(super) fn tag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let arn = existing(world, request)?;
    put(world, &arn, request.input.get("tags"));
    Ok(json!({}))
}

/// UntagResource.
pub(super) fn untag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let arn = existing(world, request)?;
    let keys = request.list("tagKeys").to_vec();
    if let Some(tags) = world.control_tower.tags.get_mut(&arn) {
        tags.retain(|key, _| !keys.iter().any(|gone| gone.as_str() == Some(key)));
    }
    Ok(json!({}))
}

fn existing(world: &World, request: &Request) -> Result<String, AwsError> {
    gate::management(world, request)?;
    let arn = request.required("resourceArn");
    let state = &world.control_tower;
    let known = state.zone.as_ref().is_some_and(|zone| zone.arn == arn)
        || state.enabled_baselines.contains_key(arn)
        || state.enabled_controls.contains_key(arn);
    if known && gate::is_here(arn, request) {
        Ok(arn.to_owned())
    } else {
        Err(not_found(format!("AWS Control Tower could not find the resource {arn}.")))
    }
}
