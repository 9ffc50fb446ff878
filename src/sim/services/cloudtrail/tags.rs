//! AddTags, RemoveTags and ListTags of trails.
//!
//! In: requests that name a trail by its ARN. Out: tags in their places. Absent: tags of event data stores and channels.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::trails::{named, owned, refuse};

/// A trail is named by its ARN here.
fn is_arn(id: &str) -> Result<(), AwsError> {
    if id.starts_with("arn:") && id.contains(":trail/") {
        return Ok(());
    }
    Err(refuse("CloudTrailARNInvalid", format!("The ARN {id} is not valid.")))
}

fn change(
    world: &mut World,
    request: &Request,
    change: impl Fn(&mut std::collections::BTreeMap<String, String>, &str, &str),
) -> Result<Value, AwsError> {
    let id = request.required("ResourceId");
    is_arn(id)?;
    let (owner, arn) = owned(world, request, id)?;
    if let Some(trail) = world.cloudtrail.trails_mut(&owner).get_mut(&arn) {
        for tag in request.list("TagsList") {
            let (key, value) = (tag["Key"].as_str(), tag["Value"].as_str().unwrap_or_default());
            change(&mut trail.tags, key.unwrap_or_default(), value);
        }
    }
    Ok(json!({}))
}

pub(super) fn add(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    change(world, request, |tags, key, value| {
        tags.insert(key.to_owned(), value.to_owned());
    })
}

pub(super) fn remove(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    change(world, request, |tags, key, _| {
        tags.remove(key);
    })
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let mut rows = Vec::new();
    for id in request.list("ResourceIdList").iter().filter_map(Value::as_str) {
        is_arn(id)?;
        let (_, arn, trail) = named(world, request, id)?;
        let tags: Vec<Value> =
            trail.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
        rows.push(json!({ "ResourceId": arn, "TagsList": tags }));
    }
    Ok(json!({ "ResourceTagList": rows }))
}
