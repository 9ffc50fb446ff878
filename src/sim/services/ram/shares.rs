//! CreateResourceShare, UpdateResourceShare, DeleteResourceShare.
//!
//! In: requests of the owner. Out: shares, and how they look in answers. Source:
//! <https://docs.aws.amazon.com/ram/latest/APIReference/API_CreateResourceShare.html> and its neighbours. Names need not be
//! unique. Absent: permissions (each share has the default ones), quotas.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::associations::{Asked, join};
use super::refusal::{invalid, malformed_arn, no_share, not_permitted, other_input};
use super::state::Share;

/// A share as answers show it.
pub(super) fn view(arn: &str, share: &Share) -> Value {
    let tags: Vec<Value> =
        share.tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    json!({
        "resourceShareArn": arn,
        "name": share.name,
        "owningAccountId": share.owner,
        "allowExternalPrincipals": share.external,
        "status": share.status(),
        "creationTime": epoch(share.created),
        "lastUpdatedTime": epoch(share.updated),
        "featureSet": "STANDARD",
        "tags": tags,
    })
}

/// An answer that gives the request's token back.
pub(super) fn answer(request: &Request, name: &str, value: Value) -> Value {
    let mut answer = Map::new();
    answer.insert(name.to_owned(), value);
    if let Some(token) = request.text("clientToken") {
        answer.insert("clientToken".to_owned(), json!(token));
    }
    Value::Object(answer)
}

/// The caller's live share of the request.
///
/// # Errors
/// If the ARN is none, the share is not there, or another's.
pub(super) fn own<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut Share, AwsError> {
    let arn = request.required("resourceShareArn");
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, "ram", region, owner, rest] = parts.as_slice() else { return Err(malformed_arn(arn)) };
    if !rest.starts_with("resource-share/") {
        return Err(malformed_arn(arn));
    }
    if *owner != request.caller.account {
        return Err(not_permitted(format!(
            "ResourceShare {arn} is not owned by account {}.",
            request.caller.account
        )));
    }
    let shares = world.ram.regions.get_mut(*region).filter(|_| *region == request.region);
    let share = shares.and_then(|shares| shares.get_mut(arn)).filter(|share| share.deleted.is_none());
    share.ok_or_else(|| no_share(arn))
}

/// A repeat with the same token and the same input answers with the same share.
pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (owner, region) = (&request.caller.account, &request.region);
    let token = token(request);
    if let Some((given, rest)) = &token {
        let known = world.ram.regions.get(region).into_iter().flatten();
        let mut ours = known.filter(|(_, share)| share.owner == *owner);
        let repeated = ours.find(|(_, share)| share.token.as_ref().is_some_and(|(known, _)| known == given));
        if let Some((arn, share)) = repeated {
            let same = share.token.as_ref().is_some_and(|(_, known)| known == rest);
            return if same {
                Ok(answer(request, "resourceShare", view(arn, share)))
            } else {
                Err(other_input())
            };
        }
    }
    if request.required("name").is_empty() {
        return Err(invalid("The name of a resource share cannot be empty."));
    }
    let mut share = Share {
        name: request.required("name").to_owned(),
        owner: owner.clone(),
        external: request.boolean("allowExternalPrincipals").unwrap_or(true),
        created: request.now,
        updated: request.now,
        deleted: None,
        tags: tags(request),
        resources: BTreeMap::new(),
        principals: BTreeMap::new(),
        token,
    };
    let asked = Asked::of(world, request, share.external)?;
    join(world, &mut share, &asked, request.now);
    let arn = format!("arn:aws:ram:{region}:{owner}:resource-share/{}", world.ids.uuid());
    let answer = answer(request, "resourceShare", view(&arn, &share));
    world.ram.regions.entry(region.clone()).or_default().insert(arn, share);
    Ok(answer)
}

/// The request's token, with the rest of its input.
fn token(request: &Request) -> Option<(String, String)> {
    let token = request.text("clientToken")?;
    let mut rest = request.input.clone();
    if let Some(members) = rest.as_object_mut() {
        members.remove("clientToken");
    }
    Some((token.to_owned(), rest.to_string()))
}

fn tags(request: &Request) -> BTreeMap<String, String> {
    let tag = |tag: &Value| Some((tag["key"].as_str()?.to_owned(), tag["value"].as_str()?.to_owned()));
    request.list("tags").iter().filter_map(tag).collect()
}

/// A share that holds somebody outside cannot be closed to outsiders.
pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let now = request.now;
    let share = own(world, request)?;
    if request.text("name").is_some_and(str::is_empty) {
        return Err(invalid("The name of a resource share cannot be empty."));
    }
    let outside = share.principals.values().any(|principal| principal.holds() && principal.external);
    if request.boolean("allowExternalPrincipals") == Some(false) && outside {
        return Err(not_permitted("The resource share has principals outside of the organization."));
    }
    share.external = request.boolean("allowExternalPrincipals").unwrap_or(share.external);
    if let Some(name) = request.text("name") {
        name.clone_into(&mut share.name);
    }
    share.updated = now;
    let view = view(request.required("resourceShareArn"), share);
    Ok(answer(request, "resourceShare", view))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let now = request.now;
    let share = own(world, request)?;
    share.deleted = Some(now);
    share.updated = now;
    for association in share.resources.values_mut().chain(share.principals.values_mut()) {
        association.ended.get_or_insert((now, now));
    }
    Ok(answer(request, "returnValue", json!(true)))
}
