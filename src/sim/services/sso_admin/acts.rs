//! What others do in Identity Center: Control Tower, which wants an instance, sets and access of its own, and somebody
//! at the console.
//!
//! In: the world and what is wanted. Out: it is so, at once. Absent: what Control Tower wants
//! (`control_tower/access.rs`).

use jiff::Timestamp;

use crate::sim::world::World;

use super::state::{Assignment, PermissionSet, Work};
use super::{instances, operations, permission_sets};

/// A permission set that a service wants to exist.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WantedSet<'a> {
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
    /// ARNs of AWS managed policies.
    pub(crate) managed: &'a [String],
}

/// The ARN of the instance of an organization, made in `region` if there is none.
pub(crate) fn ensure_instance(world: &mut World, management: &str, region: &str, now: Timestamp) -> String {
    match world.sso_admin.of_organization(management) {
        Some(instance) => instance.arn.clone(),
        None => instances::open(world, management, true, region, now),
    }
}

/// The ARN of the permission set of a name, made if it is missing; an existing one is left as it is.
pub(crate) fn ensure_set(
    world: &mut World,
    instance: &str,
    wanted: &WantedSet<'_>,
    now: Timestamp,
) -> Option<String> {
    let known = world.sso_admin.instances.get(instance)?;
    if let Some(set) = known.set_named(wanted.name) {
        return Some(set.arn.clone());
    }
    let arn = permission_sets::fresh_arn(world, instance);
    let mut set = PermissionSet::new(arn.clone(), wanted.name, now);
    set.description = Some(wanted.description.to_owned());
    set.managed = wanted.managed.to_vec();
    world.sso_admin.instances.get_mut(instance)?.sets.insert(arn.clone(), set);
    Some(arn)
}

/// Gives a group a permission set in an account.
///
/// # Errors
/// In words, as a failed CreateAccountAssignment has them.
pub(crate) fn assign(
    world: &mut World,
    instance: &str,
    set: &str,
    group: &str,
    account: &str,
    now: Timestamp,
) -> Result<(), String> {
    let assignment = Assignment {
        account: account.to_owned(),
        set: set.to_owned(),
        kind: "GROUP".to_owned(),
        principal: group.to_owned(),
    };
    let known = world.sso_admin.instances.get(instance);
    if known.is_some_and(|known| known.assignments.contains(&assignment)) {
        return Ok(());
    }
    operations::carry_out(world, instance, &Work::Assign(assignment), now)
}

/// The instance and the ARN of a permission set by its ARN or name.
fn known_set(world: &World, named: &str) -> Option<(String, String)> {
    world.sso_admin.instances.values().find_map(|instance| {
        let set = instance.sets.get(named).or_else(|| instance.set_named(named))?;
        Some((instance.arn.clone(), set.arn.clone()))
    })
}

/// Somebody edits a permission set; whoever has it keeps what was provisioned. False: it was so, or is not there.
pub(crate) fn edit_set(world: &mut World, set: &str, session_duration: &str) -> bool {
    let Some((instance, set)) = known_set(world, set) else { return false };
    let instance = world.sso_admin.instances.get_mut(&instance);
    let Some(set) = instance.and_then(|instance| instance.sets.get_mut(&set)) else { return false };
    let former = std::mem::replace(&mut set.session_duration, session_duration.to_owned());
    let changed = former != session_duration;
    set.revision += u64::from(changed);
    changed
}

/// Somebody takes a permission set in an account from whoever has it. False: nobody had it.
pub(crate) fn unassign(world: &mut World, set: &str, principal: &str, account: &str, now: Timestamp) -> bool {
    let Some((instance, set)) = known_set(world, set) else { return false };
    let known = world.sso_admin.instances.get(&instance);
    let wanted = |one: &&Assignment| one.set == set && one.principal == principal && one.account == account;
    let Some(assignment) = known.and_then(|known| known.assignments.iter().find(wanted)).cloned() else {
        return false;
    };
    operations::carry_out(world, &instance, &Work::Unassign(assignment), now).is_ok()
}
