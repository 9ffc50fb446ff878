//! What Control Tower changes in Organizations and IAM, with the rights AWS gives the service.
//!
//! In: the world and what is wanted. Out: the change, or why Organizations refused it. Absent: asking (`estate`).

use jiff::Timestamp;

use crate::sim::error::AwsError;
use crate::sim::services::iam::queries::{self, ADMINISTRATOR_ACCESS, WantedRole};
use crate::sim::services::organizations::{self, Policy, TypeStatus};
use crate::sim::world::World;

use super::estate::SCP;

/// The role Control Tower works with in an account
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/enrollment-prerequisites.html>).
pub(super) const EXECUTION_ROLE: &str = "AWSControlTowerExecution";
/// The role Organizations works with.
const ACCESS_ROLE: &str = "OrganizationAccountAccessRole";
/// The policy every root, unit and account has while service control policies are on
/// (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>).
const FULL_ACCESS: &str = "p-FullAWSAccess";

fn tree(world: &mut World) -> Result<&mut organizations::Organization, String> {
    let account = world.account.clone();
    world.organizations.of_mut(&account).ok_or_else(|| "The organization is gone.".to_owned())
}

fn words(error: AwsError) -> String {
    error.message
}

/// Gives a service trusted access; nothing happens if it has it.
pub(super) fn enable_service_access(
    world: &mut World,
    principal: &str,
    now: Timestamp,
) -> Result<(), String> {
    tree(world)?.enable_service_access(principal, now);
    Ok(())
}

/// Takes trusted access from a service.
pub(super) fn disable_service_access(world: &mut World, principal: &str) {
    if let Ok(tree) = tree(world) {
        tree.disable_service_access(principal);
    }
}

/// Creates a unit and says its id.
pub(super) fn create_unit(world: &mut World, parent: &str, name: &str) -> Result<String, String> {
    let account = world.account.clone();
    let tree = world.organizations.of_mut(&account).ok_or("The organization is gone.")?;
    tree.create_unit(&mut world.ids, parent, name, organizations::Tags::new()).map_err(words)
}

/// Puts an account into a unit; nothing happens if it is there.
pub(super) fn move_account(world: &mut World, account: &str, to: &str, now: Timestamp) -> Result<(), String> {
    let tree = tree(world)?;
    if tree.parent_of(account) == Some(to) {
        return Ok(());
    }
    tree.move_account(account, to, now).map_err(words)
}

/// Makes an account the administrator of a service for the organization; nothing happens if it is.
pub(super) fn delegate(
    world: &mut World,
    service: &str,
    account: &str,
    now: Timestamp,
) -> Result<(), String> {
    let tree = tree(world)?;
    if tree.delegated.get(account).is_some_and(|services| services.contains_key(service)) {
        return Ok(());
    }
    tree.register_delegated_administrator(account, service, now).map_err(words)
}

/// Takes the administration of a service from an account, if it has it.
pub(super) fn undelegate(world: &mut World, service: &str, account: &str) {
    if let Ok(tree) = tree(world) {
        // Whoever took it away before left nothing to do.
        let _ = tree.deregister_delegated_administrator(account, service);
    }
}

/// Creates a service control policy and says its id; the policy type is enabled in the root if it was not.
pub(super) fn create_policy(
    world: &mut World,
    name: &str,
    content: &str,
    now: Timestamp,
) -> Result<String, String> {
    let account = world.account.clone();
    let tree = world.organizations.of_mut(&account).ok_or("The organization is gone.")?;
    enable_scps(tree);
    let policy = Policy {
        name: name.to_owned(),
        description: "Managed by AWS Control Tower".to_owned(),
        kind: SCP.to_owned(),
        content: content.to_owned(),
        changed: now,
        ..Policy::default()
    };
    tree.create_policy(&mut world.ids, policy).map_err(words)
}

/// The policy type is on, and with it the policy of AWS that allows everything, on everything.
fn enable_scps(tree: &mut organizations::Organization) {
    if tree.type_enabled(SCP) {
        return;
    }
    tree.root.policy_types.insert(SCP.to_owned(), TypeStatus::Enabled);
    let root = tree.root.id.clone();
    for target in tree.units.keys().chain(tree.accounts.keys()).chain([&root]) {
        tree.attachments.entry(target.clone()).or_default().insert(FULL_ACCESS.to_owned());
    }
}

/// Changes the content of a policy.
pub(super) fn update_policy(
    world: &mut World,
    policy: &str,
    content: &str,
    now: Timestamp,
) -> Result<(), String> {
    tree(world)?.update_policy(policy, content, now).map_err(words)
}

/// Attaches a policy to a unit.
pub(super) fn attach_policy(world: &mut World, policy: &str, unit: &str) -> Result<(), String> {
    tree(world)?.attach_policy(policy, unit).map_err(words)
}

/// Detaches a policy from everything and deletes it.
pub(super) fn delete_policy(world: &mut World, policy: &str) {
    if let Ok(tree) = tree(world) {
        for attached in tree.attachments.values_mut() {
            attached.remove(policy);
        }
        tree.policies.remove(policy);
    }
}

/// Makes sure Control Tower can work in an account.
pub(super) fn ensure_execution_role(world: &mut World, account: &str, management: &str, now: Timestamp) {
    ensure_admin_role(world, account, EXECUTION_ROLE, management, now);
}

/// Leaves an account: its own role goes, and the access role of Organizations is there afterwards.
pub(super) fn exchange_execution_role(world: &mut World, account: &str, management: &str, now: Timestamp) {
    queries::remove_role(world, account, EXECUTION_ROLE);
    ensure_admin_role(world, account, ACCESS_ROLE, management, now);
}

fn ensure_admin_role(world: &mut World, account: &str, name: &str, management: &str, now: Timestamp) {
    let trust = queries::trust_of_account(management);
    let wanted = WantedRole {
        path: "/",
        name,
        trust: &trust,
        description: None,
        managed: &[ADMINISTRATOR_ACCESS],
        inline: &[],
    };
    queries::ensure_role(world, account, &wanted, now);
}
