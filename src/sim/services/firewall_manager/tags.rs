//! Tags of policies: TagResource, UntagResource, ListTagsForResource.
//!
//! In: the ARN of a policy of the caller's. Out: its tags. Absent: tags of lists and resource sets.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::policies::{administered, arn, missing};

fn tags<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut BTreeMap<String, String>, AwsError> {
    administered(world, request)?;
    let wanted = request.required("ResourceArn");
    let policies = world.firewall_manager.policies_mut(&request.caller.account, &request.region);
    let found = policies.iter_mut().find(|(id, _)| arn(request, id) == wanted);
    found
        .map(|(_, policy)| &mut policy.tags)
        .ok_or_else(|| missing(format!("The resource {wanted} does not exist.")))
}

pub(super) fn tag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let tags = tags(world, request)?;
    for tag in request.list("TagList") {
        if let (Some(key), Some(value)) = (tag["Key"].as_str(), tag["Value"].as_str()) {
            tags.insert(key.to_owned(), value.to_owned());
        }
    }
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let tags = tags(world, request)?;
    for key in request.list("TagKeys").iter().filter_map(Value::as_str) {
        tags.remove(key);
    }
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let tags = tags(world, request)?.iter();
    let rows: Vec<Value> = tags.map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    Ok(json!({ "TagList": rows }))
}
