//! What another actor may do between two requests.
//!
//! In: an [`Act`] that names things by id or by the names people use. Out: the world changed behind the client's back.
//! Absent: everything else somebody could do; a test in this process can pass a closure instead.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sim::services::organizations::{Organization, Tags};
use crate::sim::services::{cloudtrail, control_tower, identity_store, sso_admin};
use crate::sim::world::World;

/// What a policy says that somebody else has changed.
const OTHERWISE: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"none:None","Resource":"*"}}"#;

/// A change by somebody else. Accounts are named by id, e-mail address or name; units and the root by id or by their
/// path of names, e.g. `Workloads/Prod` (empty: the root).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Moves an account to another unit.
    MoveAccount {
        /// Which.
        account: String,
        /// Root or unit it is in then.
        to: String,
    },
    /// Gives an account another name.
    RenameAccount {
        /// Which.
        account: String,
        /// New name.
        name: String,
    },
    /// Gives a unit another name.
    RenameUnit {
        /// Which.
        unit: String,
        /// New name.
        name: String,
    },
    /// Creates a unit.
    CreateUnit {
        /// Root or unit above.
        parent: String,
        /// Name.
        name: String,
    },
    /// Deletes a unit, if it is empty.
    DeleteUnit {
        /// Which.
        unit: String,
    },
    /// Sets a tag of a root, unit or account.
    Tag {
        /// Of what.
        target: String,
        /// Key.
        key: String,
        /// Value.
        value: String,
    },
    /// Takes trusted access from a service.
    DisableServiceAccess {
        /// Service principal, e.g. `controltower.amazonaws.com`.
        principal: String,
    },
    /// Deletes an IAM role with its policies.
    DeleteRole {
        /// Account id.
        account: String,
        /// Role name.
        role: String,
    },
    /// Takes a managed policy from a role.
    DetachRolePolicy {
        /// Account id.
        account: String,
        /// Role name.
        role: String,
        /// ARN of the policy.
        policy: String,
    },
    /// Detaches an organization policy.
    DetachPolicy {
        /// Id or name of the policy.
        policy: String,
        /// Root, unit or account.
        target: String,
    },
    /// Puts data into an account, or changes its tags, as far as AWS Backup sees it.
    AddData {
        /// Whose.
        account: String,
        /// Region.
        region: String,
        /// Its type as AWS Backup names it, e.g. `EBS`.
        kind: String,
        /// Its name or id.
        name: String,
        /// Tags by key.
        #[serde(default)]
        tags: BTreeMap<String, String>,
        /// How much it is.
        #[serde(default)]
        bytes: i64,
    },
    /// Attaches an organization policy.
    AttachPolicy {
        /// Id or name of the policy.
        policy: String,
        /// Root, unit or account.
        target: String,
    },
    /// Gives an organization policy another description.
    DescribePolicy {
        /// Id or name of the policy.
        policy: String,
        /// Text.
        description: String,
    },
    /// Gives a permission set another session duration, which its accounts do not have yet.
    EditPermissionSet {
        /// ARN or name.
        permission_set: String,
        /// E.g. `PT4H`.
        session_duration: String,
    },
    /// Takes a permission set in an account from a group or user.
    Unassign {
        /// ARN or name of the permission set.
        permission_set: String,
        /// Id of the group or user.
        principal: String,
        /// Which account.
        account: String,
    },
    /// Gives a group of the identity store another description.
    DescribeGroup {
        /// Its display name.
        group: String,
        /// Text.
        description: String,
    },
    /// Takes an account out of the organization.
    RemoveAccount {
        /// Which.
        account: String,
    },
    /// Makes an organization policy say something else.
    EditPolicy {
        /// Id, name, or the beginning of a name, of a policy on the target.
        policy: String,
        /// Root, unit or account.
        target: String,
    },
    /// Takes away what carries a control of Control Tower out: its resource control policy, its declarative policy,
    /// or its control of Security Hub.
    DisturbControl {
        /// ARN, id or name of the control.
        control: String,
        /// Which unit.
        unit: String,
    },
    /// Disables a control of Control Tower on a unit.
    DisableControl {
        /// ARN, id or name of the control.
        control: String,
        /// Which unit.
        unit: String,
    },
}

impl Act {
    /// Carries it out, and CloudTrail notes it. False: there was nothing to change, or AWS would have refused.
    pub fn carry_out(&self, world: &mut World, now: Timestamp) -> bool {
        let told = self.told(world);
        let done = self.act(world, now);
        if let Some((call, about)) = told.filter(|_| done) {
            cloudtrail::note_other(world, call, about, now);
        }
        done
    }

    fn act(&self, world: &mut World, now: Timestamp) -> bool {
        match self {
            Self::DeleteRole { account, role } => {
                let id = id_of(world, account);
                world.iam.account_mut(&id).roles.remove(role).is_some()
            }
            Self::DetachRolePolicy { account, role, policy } => {
                let id = id_of(world, account);
                let roles = &mut world.iam.account_mut(&id).roles;
                roles.get_mut(role).is_some_and(|role| role.attached.remove(policy))
            }
            Self::EditPermissionSet { permission_set, session_duration } => {
                sso_admin::edit_set(world, permission_set, session_duration)
            }
            Self::Unassign { permission_set, principal, account } => {
                sso_admin::unassign(world, permission_set, principal, account, now)
            }
            Self::DescribeGroup { group, description } => {
                identity_store::describe_group(world, group, description)
            }
            Self::DisableControl { control, unit } => {
                let owner = world.account.clone();
                let organization = world.organizations.of_mut(&owner);
                let unit = organization.and_then(|organization| place(organization, unit));
                unit.is_some_and(|unit| control_tower::disable_control(world, control, &unit, now))
            }
            Self::DisturbControl { control, unit } => {
                let owner = world.account.clone();
                let organization = world.organizations.of(&owner);
                let unit = organization.and_then(|organization| place(organization, unit));
                unit.is_some_and(|unit| control_tower::disturb_control(world, control, &unit))
            }
            Self::RemoveAccount { account } => {
                let owner = world.account.clone();
                let organization = world.organizations.of(&owner);
                let id = organization.and_then(|organization| named_account(organization, account));
                id.is_some_and(|id| world.organizations.remove(&id, now))
            }
            Self::AddData { account, region, kind, name, tags, bytes } => {
                let id = id_of(world, account);
                world.backup.put_named((&id, region), (kind, name), tags.clone(), *bytes)
            }
            _ => self.in_organization(world, now).unwrap_or(false),
        }
    }

    /// The call that it is to CloudTrail, with what it names; none where nobody looks for it.
    fn told(&self, world: &World) -> Option<((&'static str, &'static str), Value)> {
        let organization = world.organizations.of(&world.account)?;
        let account = |name: &str| named_account(organization, name);
        let unit = |path: &str| place(organization, path);
        let either = |name: &str| account(name).or_else(|| unit(name));
        Some(match self {
            Self::MoveAccount { account: moved, to } => (
                ("organizations", "MoveAccount"),
                json!({ "AccountId": account(moved), "DestinationParentId": unit(to) }),
            ),
            Self::RenameAccount { account: named, .. } => {
                (("account", "PutAccountName"), json!({ "AccountId": account(named) }))
            }
            Self::RemoveAccount { account: gone } => {
                (("organizations", "RemoveAccountFromOrganization"), json!({ "AccountId": account(gone) }))
            }
            Self::RenameUnit { unit: named, .. } => (
                ("organizations", "UpdateOrganizationalUnit"),
                json!({ "OrganizationalUnitId": unit(named) }),
            ),
            Self::DeleteUnit { unit: gone } => {
                (("organizations", "DeleteOrganizationalUnit"), json!({ "OrganizationalUnitId": unit(gone) }))
            }
            Self::Tag { target, .. } => {
                (("organizations", "TagResource"), json!({ "ResourceId": either(target) }))
            }
            Self::DisableServiceAccess { principal } => {
                (("organizations", "DisableAWSServiceAccess"), json!({ "ServicePrincipal": principal }))
            }
            Self::DetachPolicy { policy, target } => {
                let (policy, target) = attachment(organization, policy, target)?;
                (("organizations", "DetachPolicy"), json!({ "PolicyId": policy, "TargetId": target }))
            }
            Self::AttachPolicy { policy, target } => {
                let (policy, target) = attachment(organization, policy, target)?;
                (("organizations", "AttachPolicy"), json!({ "PolicyId": policy, "TargetId": target }))
            }
            Self::EditPolicy { policy, target } => {
                let (policy, _) = attachment(organization, policy, target)?;
                (("organizations", "UpdatePolicy"), json!({ "PolicyId": policy }))
            }
            Self::DeleteRole { role, .. } => (("iam", "DeleteRole"), json!({ "RoleName": role })),
            Self::DetachRolePolicy { role, .. } => (("iam", "DetachRolePolicy"), json!({ "RoleName": role })),
            _ => return None,
        })
    }

    fn in_organization(&self, world: &mut World, now: Timestamp) -> Option<bool> {
        let owner = world.account.clone();
        let organization = world.organizations.of_mut(&owner)?;
        Some(match self {
            Self::MoveAccount { account, to } => {
                let (account, to) = (named_account(organization, account)?, place(organization, to)?);
                organization.parent_of(&account) != Some(&to)
                    && organization.move_account(&account, &to, now).is_ok()
            }
            Self::RenameAccount { account, name } => {
                let id = named_account(organization, account)?;
                let account = organization.accounts.get_mut(&id)?;
                std::mem::replace(&mut account.name, name.clone()) != *name
            }
            Self::RenameUnit { unit, name } => {
                let id = place(organization, unit)?;
                let unit = organization.units.get_mut(&id)?;
                std::mem::replace(&mut unit.name, name.clone()) != *name
            }
            Self::CreateUnit { parent, name } => {
                let parent = place(organization, parent)?;
                organization.create_unit(&mut world.ids, &parent, name, Default::default()).is_ok()
            }
            Self::DeleteUnit { unit } => {
                let id = place(organization, unit)?;
                organization.delete_unit(&id).is_ok()
            }
            Self::Tag { target, key, value } => {
                let id = named_account(organization, target).or_else(|| place(organization, target))?;
                tags_of(organization, &id)?.insert(key.clone(), value.clone()).as_ref() != Some(value)
            }
            Self::DisableServiceAccess { principal } => {
                let had = organization.has_service_access(principal);
                organization.disable_service_access(principal);
                had
            }
            Self::DetachPolicy { policy, target } => {
                let (policy, target) = attachment(organization, policy, target)?;
                organization.detach_policy(&policy, &target).is_ok()
            }
            Self::AttachPolicy { policy, target } => {
                let (policy, target) = attachment(organization, policy, target)?;
                organization.attach_policy(&policy, &target).is_ok()
            }
            Self::DescribePolicy { policy, description } => {
                let known = organization.policies.contains_key(policy);
                let named = organization.policies.iter().find(|(_, own)| own.name == *policy);
                let id = if known { policy.clone() } else { named?.0.clone() };
                let policy = organization.policies.get_mut(&id)?;
                std::mem::replace(&mut policy.description, description.clone()) != *description
            }
            Self::EditPolicy { policy, target } => {
                let (policy, _) = attachment(organization, policy, target)?;
                let policy = organization.policies.get_mut(&policy)?;
                std::mem::replace(&mut policy.content, OTHERWISE.to_owned()) != OTHERWISE
            }
            Self::DeleteRole { .. }
            | Self::DetachRolePolicy { .. }
            | Self::RemoveAccount { .. }
            | Self::DisturbControl { .. }
            | Self::EditPermissionSet { .. }
            | Self::Unassign { .. }
            | Self::DescribeGroup { .. }
            | Self::DisableControl { .. }
            | Self::AddData { .. } => false,
        })
    }
}

/// The tags of a root, a unit or an account.
fn tags_of<'o>(organization: &'o mut Organization, id: &str) -> Option<&'o mut Tags> {
    if organization.root.id == id {
        return Some(&mut organization.root.tags);
    }
    match organization.units.get_mut(id) {
        Some(unit) => Some(&mut unit.tags),
        None => Some(&mut organization.accounts.get_mut(id)?.tags),
    }
}

/// The id of an account, by whatever it is called; what nobody is called is an id.
fn id_of(world: &World, account: &str) -> String {
    let organization = world.organizations.of(&world.account);
    let named = organization.and_then(|organization| named_account(organization, account));
    named.unwrap_or_else(|| account.to_owned())
}

pub(in crate::sim) fn named_account(organization: &Organization, name: &str) -> Option<String> {
    let fits = |(id, account): &(&String, &crate::sim::services::organizations::Account)| {
        *id == name || account.email.eq_ignore_ascii_case(name) || account.name == name
    };
    organization.accounts.iter().find(fits).map(|(id, _)| id.clone())
}

/// The id of a root or unit given by id or by its path of names.
fn place(organization: &Organization, path: &str) -> Option<String> {
    if organization.is_parent(path) {
        return Some(path.to_owned());
    }
    let mut at = organization.root.id.as_str();
    for name in path.split('/').filter(|name| !name.is_empty()) {
        let units = organization.units_in(at);
        at = units.into_iter().find(|id| organization.unit(id).is_some_and(|unit| unit.name == name))?;
    }
    Some(at.to_owned())
}

fn attachment(organization: &Organization, policy: &str, target: &str) -> Option<(String, String)> {
    let known = organization.policy_kind(policy).is_some();
    let target = named_account(organization, target).or_else(|| place(organization, target))?;
    let named = organization.policies.iter().find(|(_, own)| own.name == policy).map(|(id, _)| id.as_str());
    // Of Control Tower's own only the beginning of the name is known.
    let begun = || {
        let here = organization.attachments.get(&target)?;
        let mut all = organization.policies.iter();
        let found = all.find(|(id, own)| own.name.starts_with(policy) && here.contains(*id));
        found.map(|(id, _)| id.as_str())
    };
    let policy = if known { policy } else { named.or_else(begun)? };
    Some((policy.to_owned(), target))
}
