//! Tags of instances and permission sets.
//!
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_TagResource.html>; at most 50
//! (<https://docs.aws.amazon.com/singlesignon/latest/userguide/tagging.html>). Words are UNSOURCED.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::refusal::{denied, invalid, missing};
use super::state::Instance;
use super::{PAGING, gate};

const MOST: usize = 50;

/// The tags of a creating or tagging request.
pub(super) fn given(request: &Request) -> Result<BTreeMap<String, String>, AwsError> {
    let mut tags = BTreeMap::new();
    for tag in request.list("Tags") {
        let text = |member: &str| tag[member].as_str().unwrap_or_default().to_owned();
        if text("Key").to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid("Tag keys that begin with aws: are reserved."));
        }
        if tags.insert(text("Key"), text("Value")).is_some() {
            return Err(invalid("A tag key was given more than once."));
        }
    }
    if tags.len() > MOST { Err(too_many()) } else { Ok(tags) }
}

fn too_many() -> AwsError {
    AwsError::new("ServiceQuotaExceededException", format!("A resource can have {MOST} tags at most."))
}

/// The instance that a taggable ARN belongs to.
fn instance_of(arn: &str) -> String {
    match arn.strip_prefix("arn:aws:sso:::permissionSet/") {
        Some(rest) => format!("arn:aws:sso:::instance/{}", rest.split('/').next().unwrap_or_default()),
        None => arn.to_owned(),
    }
}

/// The instance of the request's resource, if the caller may work on it.
fn owner<'w>(world: &'w World, request: &Request) -> Result<&'w Instance, AwsError> {
    let arn = request.required("ResourceArn");
    let instance = instance_of(arn);
    if request.text("InstanceArn").is_some_and(|given| given != instance) {
        return Err(missing(format!("Could not find the resource {arn} in the instance.")));
    }
    let mut asked = request.clone();
    if let Some(input) = asked.input.as_object_mut() {
        input.insert("InstanceArn".to_owned(), json!(instance));
    }
    gate::instance(world, &asked)
}

fn tags_of<'w>(instance: &'w Instance, arn: &str) -> Result<&'w BTreeMap<String, String>, AwsError> {
    if arn == instance.arn { Ok(&instance.tags) } else { gate::set(instance, arn).map(|set| &set.tags) }
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let tags = tags_of(owner(world, request)?, request.required("ResourceArn"))?;
    PAGING.page(request, "Tags", tags.iter().collect(), |(key, value)| json!({"Key": key, "Value": value}))
}

fn change(
    world: &mut World,
    request: &Request,
    change: impl FnOnce(&mut BTreeMap<String, String>),
) -> Result<Value, AwsError> {
    let arn = request.required("ResourceArn");
    let mut changed = tags_of(owner(world, request)?, arn)?.clone();
    change(&mut changed);
    if changed.len() > MOST {
        return Err(too_many());
    }
    let instance = world.sso_admin.instances.get_mut(&instance_of(arn)).ok_or_else(denied)?;
    match instance.sets.get_mut(arn) {
        Some(set) => set.tags = changed,
        None => instance.tags = changed,
    }
    Ok(json!({}))
}

pub(super) fn tag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let given = given(request)?;
    change(world, request, |tags| tags.extend(given))
}

pub(super) fn untag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    change(world, request, |tags| {
        for key in request.list("TagKeys").iter().filter_map(Value::as_str) {
            tags.remove(key);
        }
    })
}
