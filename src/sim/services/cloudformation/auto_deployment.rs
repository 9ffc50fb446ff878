//! Auto-deployment: stacks follow the accounts that come into a target or leave it.
//!
//! In: accounts that move and accounts that are made. Out: the same stacks as if an operation had been asked for, some minutes
//! later. Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html>.
//! UNSOURCED: how long it takes. Absent: the operations that AWS lists for it, and retained stacks as such: a stack set that
//! retains keeps its instance out of the listing, as AWS does.

use std::time::Duration;

use jiff::Timestamp;

use crate::sim::clock::later;
use crate::sim::world::World;

use super::operations;

const TAKES: Duration = Duration::from_mins(3);

fn moves(world: &World, owner: &str) -> Option<(String, usize)> {
    world.organizations.of(owner).map(|organization| (organization.id.clone(), organization.moves.len()))
}

/// Takes note of the moves so far: what happened before a stack set was there is none of its business.
pub(super) fn look(world: &mut World, owner: &str) {
    if let Some((id, count)) = moves(world, owner) {
        world.cloudformation.moves_seen.insert(id, count);
    }
}

/// Whether accounts moved that no stack set has seen yet.
fn has_news(world: &World) -> bool {
    let state = &world.cloudformation;
    !state.regions.is_empty()
        && state.every().filter(|(_, set)| set.auto).any(|(owner, _)| {
            moves(world, owner).is_some_and(|(id, count)| state.moves_seen.get(&id) != Some(&count))
        })
}

/// An account was made, in the root.
pub(super) fn account_joined(world: &mut World, now: Timestamp) {
    if world.cloudformation.every().any(|(_, set)| set.auto) {
        world.cloudformation.follow_up = Some(later(now, TAKES));
    }
}

pub(super) fn due(world: &World) -> Option<Timestamp> {
    let news = has_news(world).then_some(world.time);
    news.into_iter().chain(world.cloudformation.follow_up).min()
}

pub(super) fn settle(world: &mut World, now: Timestamp) {
    if has_news(world) {
        let owners: Vec<String> = world.cloudformation.every().map(|(owner, _)| owner.clone()).collect();
        for owner in owners {
            look(world, &owner);
        }
        world.cloudformation.follow_up = Some(later(now, TAKES));
    }
    if world.cloudformation.follow_up.is_none_or(|at| at > now) {
        return;
    }
    world.cloudformation.follow_up = None;
    let mut following = Vec::new();
    for (region, owners) in &world.cloudformation.regions {
        for (owner, sets) in owners {
            let auto = sets.iter().filter(|(_, set)| set.auto);
            following.extend(auto.map(|(name, _)| (owner.clone(), region.clone(), name.clone())));
        }
    }
    for (owner, region, name) in following {
        operations::follow(world, &owner, &region, &name);
    }
}
