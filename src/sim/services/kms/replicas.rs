//! Multi-Region keys: replicas, the change of the primary, and the passing states of both.
//!
//! Rules: <https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html>,
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdatePrimaryRegion.html>,
//! <https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-delete.html>.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::later;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::account::regions;
use crate::sim::world::World;

use super::keys::tags;
use super::lookup::{Place, key, place, usable};
use super::state::{Key, MultiRegion};
use super::{policies, render};

/// `Creating` and `Updating` last "a few seconds".
const PASSING: Duration = Duration::from_secs(5);

fn unsupported(words: String) -> AwsError {
    AwsError::new("UnsupportedOperationException", words)
}

fn primary<'w>(world: &'w World, at: &Place) -> Result<(&'w Key, &'w MultiRegion), AwsError> {
    let key = key(world, at)?;
    let set = key
        .multi_region
        .as_ref()
        .ok_or_else(|| unsupported(format!("{} is not a multi-region key.", key.arn)))?;
    if !key.is_primary() {
        return Err(unsupported(format!(
            "{} is not a multi-region primary key.",
            key.arn
        )));
    }
    usable(key, true)?;
    Ok((key, set))
}

pub(super) fn replicate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let at = place(world, request, false, false)?;
    let to = request.required("ReplicaRegion");
    let (key, set) = primary(world, &at)?;
    if world.kms.key(&at.account, to, &at.id).is_some() {
        let words = format!("Replica key {} already exists in {to}.", at.id);
        return Err(AwsError::new("AlreadyExistsException", words));
    }
    // A Region the account has not opted in to cannot hold its keys; AWS's words for it are UNSOURCED.
    if !regions::is_usable(world, &at.account, to) {
        return Err(unsupported(format!(
            "The Region {to} is not enabled for this account."
        )));
    }
    let mut set = set.clone();
    set.replicas.insert(to.to_owned());
    let mut replica = Key {
        arn: format!("arn:aws:kms:{to}:{}:key/{}", at.account, at.id),
        region: to.to_owned(),
        created: request.now,
        description: request.text("Description").unwrap_or_default().to_owned(),
        // Policy, tags and description are the replica's own: none is taken over from the primary.
        policy: policies::default(&at.account),
        tags: tags(request)?,
        state: "Creating".to_owned(),
        rotation: None,
        deletion: None,
        passing: None,
        ..key.clone()
    };
    if let Some(policy) = policies::given(world, request)? {
        replica.policy = policy;
    }
    replica.passing = Some((world.end_of(request.now, PASSING), "Enabled".to_owned()));
    world
        .kms
        .region_mut(&at.account, to)
        .keys
        .insert(at.id.clone(), replica);
    tell_set(world, &at.account, &at.id, &set);
    let replica = world
        .kms
        .key(&at.account, to, &at.id)
        .ok_or_else(|| AwsError::internal("the replica is gone"))?;
    Ok(json!({
        "ReplicaKeyMetadata": render::metadata(replica),
        "ReplicaPolicy": replica.policy,
        "ReplicaTags": render::tags(&replica.tags),
    }))
}

fn tell_set(world: &mut World, account: &str, id: &str, set: &MultiRegion) {
    for member in world.kms.set_mut(account, id) {
        member.multi_region = Some(set.clone());
    }
}

pub(super) fn update_primary(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let at = place(world, request, false, false)?;
    let to = request.required("PrimaryRegion");
    let (_, set) = primary(world, &at)?;
    let mut set = set.clone();
    let next = world
        .kms
        .key(&at.account, to, &at.id)
        .filter(|_| set.replicas.contains(to));
    let next = next.ok_or_else(|| {
        AwsError::new(
            "NotFoundException",
            format!(
                "Key 'arn:aws:kms:{to}:{}:key/{}' does not exist",
                at.account, at.id
            ),
        )
    })?;
    usable(next, true)?;
    let rotation = key(world, &at)?.rotation;
    set.replicas.remove(to);
    set.replicas.insert(at.region.clone());
    to.clone_into(&mut set.primary);
    let end = world.end_of(request.now, PASSING);
    tell_set(world, &at.account, &at.id, &set);
    for member in world.kms.set_mut(&at.account, &at.id) {
        if member.region == at.region || member.region == to {
            let before = std::mem::replace(&mut member.state, "Updating".to_owned());
            member.passing = Some((end, before));
        }
        // Rotation is a property of the set, kept at its primary.
        member.rotation = rotation.filter(|_| member.region == to);
    }
    Ok(json!({}))
}

/// When the next passing state or waiting period ends.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    let ends = |key: &Key| {
        let passing = key.passing.as_ref().map(|(at, _)| *at);
        let deletion = key.deletion.and_then(|deletion| deletion.at);
        passing.into_iter().chain(deletion).min()
    };
    world.kms.keys().filter_map(ends).min()
}

/// Ends passing states, deletes keys whose waiting period is over, and starts the waiting period of a primary whose last
/// replica went.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    let mut gone = Vec::new();
    for regions in world.kms.accounts.values_mut() {
        for region in regions.values_mut() {
            for key in region.keys.values_mut() {
                if let Some((_, state)) = key.passing.take_if(|(at, _)| *at <= now) {
                    // A deletion scheduled meanwhile keeps its own state.
                    if key.deletion.is_none() {
                        key.state = state;
                    }
                }
                if key
                    .deletion
                    .and_then(|deletion| deletion.at)
                    .is_some_and(|at| at <= now)
                {
                    gone.push((key.account.clone(), key.region.clone(), key.id.clone()));
                }
            }
        }
    }
    for (account, region, id) in gone {
        let here = world.kms.region_mut(&account, &region);
        here.keys.remove(&id);
        here.aliases.retain(|_, alias| alias.target != id);
        forget_replica(world, &account, &region, &id, now);
    }
}

fn forget_replica(world: &mut World, account: &str, region: &str, id: &str, now: Timestamp) {
    for member in world.kms.set_mut(account, id) {
        let Some(set) = member.multi_region.as_mut() else {
            continue;
        };
        set.replicas.remove(region);
        let alone = set.replicas.is_empty() && set.primary == member.region;
        if let Some(deletion) = member
            .deletion
            .as_mut()
            .filter(|deletion| alone && deletion.at.is_none())
        {
            let window = Duration::from_secs(deletion.window_days.unsigned_abs() * 86_400);
            deletion.at = Some(later(now, window));
            "PendingDeletion".clone_into(&mut member.state);
        }
    }
}
