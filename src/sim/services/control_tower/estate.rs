//! Control Tower's view of the organization it governs.
//!
//! In: the world. Out: the organization of the landing zone, its units, accounts and policies. Absent: changes (`acts`).
//!
//! The world has one landing zone, in the organization of the world's own account.

use jiff::Timestamp;

use crate::sim::services::organizations::{self, AccountState};
use crate::sim::world::World;

/// The policy type of guardrails.
pub(super) const SCP: &str = "SERVICE_CONTROL_POLICY";

/// The organization, as far as a landing zone cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Organization {
    pub(super) management: String,
    pub(super) all_features: bool,
    /// Id of the root.
    pub(super) root: String,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) id: String,
    pub(super) arn: String,
    pub(super) name: String,
    /// Id of the unit or root above.
    pub(super) parent: String,
}

/// A member account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) id: String,
    /// Id of the unit or root it is in.
    pub(super) parent: String,
    pub(super) active: bool,
    /// It is the management account.
    pub(super) management: bool,
}

fn tree(world: &World) -> Option<&organizations::Organization> {
    world.organizations.of(&world.account)
}

/// The organization of the landing zone, if there is one.
pub(super) fn organization(world: &World) -> Option<Organization> {
    tree(world).map(|tree| Organization {
        management: tree.management.clone(),
        all_features: tree.all_features(),
        root: tree.root.id.clone(),
    })
}

/// A unit by id.
pub(super) fn unit(world: &World, id: &str) -> Option<Unit> {
    let tree = tree(world)?;
    let unit = tree.unit(id)?;
    Some(Unit {
        id: id.to_owned(),
        arn: tree.unit_arn(id),
        name: unit.name.clone(),
        parent: unit.parent.clone(),
    })
}

/// A unit by ARN.
pub(super) fn unit_by_arn(world: &World, arn: &str) -> Option<Unit> {
    let id = tree(world)?.unit_by_arn(arn)?.0.to_owned();
    unit(world, &id)
}

/// Units directly under a unit or root.
pub(super) fn child_units(world: &World, parent: &str) -> Vec<Unit> {
    let ids = tree(world).map(|tree| tree.units_in(parent)).unwrap_or_default();
    ids.into_iter().filter_map(|id| unit(world, id)).collect()
}

/// Ids of the units anywhere below a unit.
pub(super) fn units_under(world: &World, unit: &str) -> Vec<String> {
    tree(world)
        .map(|tree| tree.units_under(unit).into_iter().map(str::to_owned).collect())
        .unwrap_or_default()
}

/// Ids of what a unit or account is in, nearest first, the root last.
pub(super) fn ancestors(world: &World, child: &str) -> Vec<String> {
    tree(world).map(|tree| tree.ancestors(child).into_iter().map(str::to_owned).collect()).unwrap_or_default()
}

fn as_member(tree: &organizations::Organization, id: &str) -> Option<Member> {
    let account = tree.account(id)?;
    Some(Member {
        id: id.to_owned(),
        parent: account.parent.clone(),
        active: account.state == AccountState::Active,
        management: tree.management == id,
    })
}

/// A member account by id.
pub(super) fn member(world: &World, id: &str) -> Option<Member> {
    as_member(tree(world)?, id)
}

/// Accounts directly in a unit, whatever their state.
pub(super) fn accounts_in(world: &World, unit: &str) -> Vec<Member> {
    let Some(tree) = tree(world) else {
        return Vec::new();
    };
    tree.accounts_in(unit).into_iter().filter_map(|id| as_member(tree, id)).collect()
}

/// Ids of the active member accounts in a unit and in the units below it.
pub(super) fn accounts_under(world: &World, unit: &str) -> Vec<String> {
    let Some(tree) = tree(world) else {
        return Vec::new();
    };
    let members = tree.accounts_under(unit).into_iter().filter_map(|id| as_member(tree, id));
    members.filter(|member| member.active && !member.management).map(|member| member.id).collect()
}

/// The ARN of a member account.
pub(super) fn account_arn(world: &World, id: &str) -> Option<String> {
    let tree = tree(world)?;
    tree.account(id).map(|_| tree.account_arn(id))
}

/// How many moves of accounts there were.
pub(super) fn moves(world: &World) -> usize {
    tree(world).map_or(0, |tree| tree.moves.len())
}

/// The moves of accounts after the first `seen`: account, where it is since, when.
pub(super) fn moves_after(world: &World, seen: usize) -> Vec<(String, String, Timestamp)> {
    let moves = tree(world).map(|tree| tree.moves.iter().skip(seen));
    moves.into_iter().flatten().map(|moved| (moved.account.clone(), moved.to.clone(), moved.at)).collect()
}

/// Has a service trusted access.
pub(super) fn has_service_access(world: &World, principal: &str) -> bool {
    tree(world).is_some_and(|tree| tree.has_service_access(principal))
}

/// Is a policy attached to a unit itself.
pub(super) fn is_attached(world: &World, policy: &str, unit: &str) -> bool {
    tree(world).and_then(|tree| tree.attachments.get(unit)).is_some_and(|attached| attached.contains(policy))
}

/// How many service control policies are attached to a unit itself, those of AWS included.
pub(super) fn attached_scps(world: &World, unit: &str) -> usize {
    tree(world).map_or(0, |tree| tree.attached(unit, SCP).len())
}
