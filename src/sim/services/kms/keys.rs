//! Keys: create, read, describe, switch on and off, delete after a waiting period, tag.
//!
//! Sources: the KMS API reference page of each operation
//! (<https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html>). Absent: custom key stores and imported
//! key material, which a landing zone does not use.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::lookup::{key, key_mut, place, usable};
use super::render::{self, page};
use super::state::{Deletion, Key, MultiRegion};
use super::{policies, specs};

const TAGS: usize = 50;
const DAY: u64 = 86_400;

/// The tags of a request, checked.
pub(super) fn tags(request: &Request) -> Result<BTreeMap<String, String>, AwsError> {
    let mut tags = BTreeMap::new();
    for tag in request.list("Tags") {
        let part = |name: &str| {
            tag.get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let key = part("TagKey");
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(AwsError::new(
                "TagException",
                "Tags beginning with aws: are reserved",
            ));
        }
        if tags.insert(key, part("TagValue")).is_some() {
            return Err(AwsError::new("TagException", "Duplicate tag keys"));
        }
    }
    within_quota(tags)
}

fn within_quota(tags: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, AwsError> {
    if tags.len() > TAGS {
        return Err(AwsError::new("TagException", "Too many tags"));
    }
    Ok(tags)
}

fn spec_of(request: &Request) -> Result<&str, AwsError> {
    match (
        request.text("KeySpec"),
        request.text("CustomerMasterKeySpec"),
    ) {
        (Some(_), Some(_)) => Err(AwsError::new(
            "ValidationException",
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
        )),
        (Some(spec), None) | (None, Some(spec)) => Ok(spec),
        (None, None) => Ok("SYMMETRIC_DEFAULT"),
    }
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let spec = spec_of(request)?;
    let usage = specs::usage(spec, request.text("KeyUsage")).ok_or_else(|| {
        match request.text("KeyUsage") {
            Some(usage) => AwsError::new(
                "ValidationException",
                format!("KeyUsage {usage} is not compatible with KeySpec {spec}"),
            ),
            None => AwsError::new(
                "ValidationException",
                format!("You must specify a KeyUsage value for KeySpec {spec}"),
            ),
        }
    })?;
    let origin = request.text("Origin").unwrap_or("AWS_KMS");
    if !["AWS_KMS", "EXTERNAL"].contains(&origin) {
        let words = "Custom key stores are not available in this account.";
        return Err(AwsError::new("UnsupportedOperationException", words));
    }
    let tags = tags(request)?;
    let account = request.caller.account.as_str();
    let policy = policies::given(world, request)?.unwrap_or_else(|| policies::default(account));
    let multi_region = request.boolean("MultiRegion").unwrap_or(false);
    let id = if multi_region {
        format!("mrk-{}", world.ids.hex(32))
    } else {
        world.ids.uuid()
    };
    let key = Key {
        arn: format!("arn:aws:kms:{}:{account}:key/{id}", request.region),
        account: account.to_owned(),
        region: request.region.clone(),
        created: request.now,
        description: request.text("Description").unwrap_or_default().to_owned(),
        spec: spec.to_owned(),
        usage: usage.to_owned(),
        origin: origin.to_owned(),
        // A key for imported material waits for it.
        state: if origin == "EXTERNAL" {
            "PendingImport"
        } else {
            "Enabled"
        }
        .to_owned(),
        policy,
        tags,
        multi_region: multi_region.then(|| MultiRegion {
            primary: request.region.clone(),
            replicas: BTreeSet::new(),
        }),
        rotation: None,
        deletion: None,
        passing: None,
        id: id.clone(),
    };
    let answer = json!({ "KeyMetadata": render::metadata(&key) });
    world
        .kms
        .region_mut(account, &request.region)
        .keys
        .insert(id, key);
    Ok(answer)
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = place(world, request, true, true)?;
    Ok(json!({ "KeyMetadata": render::metadata(key(world, &place)?) }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let region = world
        .kms
        .region_mut(&request.caller.account, &request.region);
    let row = |key: &Key| {
        (
            key.id.clone(),
            json!({ "KeyId": key.id, "KeyArn": key.arn }),
        )
    };
    let items = region.keys.values().map(row).collect();
    page(request, "Keys", 100, items)
}

pub(super) fn update_description(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = place(world, request, false, false)?;
    let key = key_mut(world, &place)?;
    usable(key, false)?;
    request
        .required("Description")
        .clone_into(&mut key.description);
    Ok(json!({}))
}

pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    switch(world, request, "Enabled")
}

pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    switch(world, request, "Disabled")
}

fn switch(world: &mut World, request: &Request, state: &str) -> Result<Value, AwsError> {
    let place = place(world, request, false, false)?;
    let key = key_mut(world, &place)?;
    usable(key, false)?;
    if key.state == "PendingImport" {
        let words = format!("{} is pending import.", key.arn);
        return Err(AwsError::new("KMSInvalidStateException", words));
    }
    state.clone_into(&mut key.state);
    Ok(json!({}))
}

pub(super) fn schedule_deletion(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = place(world, request, false, false)?;
    let days = request.integer("PendingWindowInDays").unwrap_or(30);
    if !(7..=30).contains(&days) {
        let words = "PendingWindowInDays must be between 7 and 30 days, inclusive.";
        return Err(AwsError::new("ValidationException", words));
    }
    let key = key_mut(world, &place)?;
    usable(key, false)?;
    // A primary waits until its last replica is gone; its own window begins only then.
    let waits = key.is_primary()
        && key
            .multi_region
            .as_ref()
            .is_some_and(|set| !set.replicas.is_empty());
    let at = (!waits).then(|| later(request.now, Duration::from_secs(days.unsigned_abs() * DAY)));
    key.deletion = Some(Deletion {
        window_days: days,
        at,
    });
    key.state = if waits {
        "PendingReplicaDeletion"
    } else {
        "PendingDeletion"
    }
    .to_owned();
    let mut answer =
        json!({ "KeyId": key.arn, "KeyState": key.state, "PendingWindowInDays": days });
    if let Some(at) = at {
        answer["DeletionDate"] = json!(epoch(at));
    }
    Ok(answer)
}

pub(super) fn cancel_deletion(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = place(world, request, false, false)?;
    let key = key_mut(world, &place)?;
    if key.deletion.take().is_none() {
        let words = format!("{} is not pending deletion.", key.arn);
        return Err(AwsError::new("KMSInvalidStateException", words));
    }
    "Disabled".clone_into(&mut key.state);
    Ok(json!({ "KeyId": key.arn }))
}

pub(super) fn tag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let more = tags(request)?;
    let place = place(world, request, false, false)?;
    let key = key_mut(world, &place)?;
    usable(key, false)?;
    let mut all = key.tags.clone();
    all.extend(more);
    key.tags = within_quota(all)?;
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = place(world, request, false, false)?;
    let gone: Vec<&str> = request
        .list("TagKeys")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let key = key_mut(world, &place)?;
    usable(key, false)?;
    key.tags.retain(|key, _| !gone.contains(&key.as_str()));
    Ok(json!({}))
}

pub(super) fn list_tags(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = place(world, request, false, false)?;
    let key = key(world, &place)?;
    let row = |(key, value): (&String, &String)| {
        (key.clone(), json!({ "TagKey": key, "TagValue": value }))
    };
    page(request, "Tags", 50, key.tags.iter().map(row).collect())
}
