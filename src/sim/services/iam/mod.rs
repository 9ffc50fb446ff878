//! IAM, per account: roles, policies, service-linked roles, account settings.
//!
//! In: requests of its shape table; acts of other services through [`queries`]. Out: its [`State`] and [`SERVICE`].
//! Absent: users, groups, instance profiles, identity providers (a landing zone has none), policy simulation, and
//! the question whether a caller's own policies allow a call: every simulated caller is an administrator.

mod account_settings;
pub(crate) mod aws_managed;
pub(crate) mod document;
pub(crate) mod evaluate;
mod managed_policies;
mod paging;
mod policy_versions;
pub(crate) mod principals;
pub mod queries;
mod render;
mod role_policies;
mod roles;
mod root_access;
mod service_linked;
mod state;
mod statement;
mod tags;
#[cfg(test)]
pub(crate) mod testing;

use crate::sim::service::Service;

pub use queries::open_account;
pub use state::{Role, State};

/// The service.
pub static SERVICE: Service = Service {
    name: "iam",
    operations: &[
        ("AttachRolePolicy", role_policies::attach),
        ("CreateAccountAlias", account_settings::create_alias),
        ("CreatePolicy", managed_policies::create),
        ("CreatePolicyVersion", policy_versions::create_version),
        ("CreateRole", roles::create),
        ("CreateServiceLinkedRole", service_linked::create),
        ("DeleteAccountAlias", account_settings::delete_alias),
        ("DeleteAccountPasswordPolicy", account_settings::delete_password_policy),
        ("DeletePolicy", managed_policies::delete),
        ("DeletePolicyVersion", policy_versions::delete_version),
        ("DeleteRole", roles::delete),
        ("DeleteRolePermissionsBoundary", roles::delete_boundary),
        ("DeleteRolePolicy", role_policies::delete),
        ("DeleteServiceLinkedRole", service_linked::delete),
        ("DisableOrganizationsRootCredentialsManagement", root_access::disable_credentials),
        ("DisableOrganizationsRootSessions", root_access::disable_sessions),
        ("EnableOrganizationsRootCredentialsManagement", root_access::enable_credentials),
        ("EnableOrganizationsRootSessions", root_access::enable_sessions),
        ("ListOrganizationsFeatures", root_access::list),
        ("DetachRolePolicy", role_policies::detach),
        ("GetAccountPasswordPolicy", account_settings::get_password_policy),
        ("GetAccountSummary", account_settings::summary),
        ("GetPolicy", managed_policies::get),
        ("GetPolicyVersion", policy_versions::get_version),
        ("GetRole", roles::get),
        ("GetRolePolicy", role_policies::get),
        ("GetServiceLinkedRoleDeletionStatus", service_linked::deletion_status),
        ("ListAccountAliases", account_settings::list_aliases),
        ("ListAttachedRolePolicies", role_policies::list_attached),
        ("ListEntitiesForPolicy", managed_policies::list_entities),
        ("ListGroups", account_settings::list_groups),
        ("ListInstanceProfiles", account_settings::list_instance_profiles),
        ("ListInstanceProfilesForRole", account_settings::list_instance_profiles_for_role),
        ("ListPolicies", managed_policies::list),
        ("ListPolicyTags", tags::list_policy_tags),
        ("ListPolicyVersions", policy_versions::list_versions),
        ("ListRolePolicies", role_policies::list),
        ("ListRoleTags", tags::list_tags),
        ("ListRoles", roles::list),
        ("ListUsers", account_settings::list_users),
        ("PutRolePermissionsBoundary", roles::put_boundary),
        ("PutRolePolicy", role_policies::put),
        ("SetDefaultPolicyVersion", policy_versions::set_default_version),
        ("TagPolicy", tags::tag_policy),
        ("TagRole", tags::tag),
        ("UntagPolicy", tags::untag_policy),
        ("UntagRole", tags::untag),
        ("UpdateAccountPasswordPolicy", account_settings::update_password_policy),
        ("UpdateAssumeRolePolicy", roles::update_trust),
        ("UpdateRole", roles::update),
        ("UpdateRoleDescription", roles::update_description),
    ],
    due: service_linked::due,
    settle: service_linked::settle,
};
