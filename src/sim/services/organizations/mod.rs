//! AWS Organizations.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]. Absent: permissions by policy.
//!
//! Other services act on an organization through methods of [`Organization`]:
//! - look: `account`, `unit`, `unit_by_arn`, `parent_of`, `ancestors`, `depth`, `units_in`, `units_under`,
//!   `accounts_in`, `accounts_under`, `path`, `unit_arn`, `account_arn`, `has_service_access`, `type_enabled`,
//!   `attached`, `targets_of`, `policy_named`, `policy_content`;
//! - act on behalf of a customer: `create_unit`, `delete_unit`, `move_account`, `create_policy`, `update_policy`,
//!   `delete_policy`, `attach_policy`, `detach_policy`, `enable_service_access`, `disable_service_access`,
//!   `register_delegated_administrator`, `deregister_delegated_administrator`.
//!
//! `State::of` and `State::of_mut` find the organization an account is a member of.

mod access;
mod accounts;
mod answers;
mod attachments;
mod backup_policy;
mod closing;
mod creation;
mod delegated_rights;
mod delegation;
mod effective;
mod events;
mod handshakes;
mod lock;
mod membership;
mod organization;
mod paging;
mod policies;
mod policy_document;
mod policy_types;
pub(crate) mod refusal;
mod resource_policy;
mod service_access;
mod state;
mod tags;
mod transfers;
mod tree;
mod units;

pub(crate) use backup_policy::faulty_plans;
pub(crate) use creation::{create_at_once, seat, stand_alone};
pub use state::{
    Account, AccountState, Creation, CreationOutcome, FeatureSet, Handshake, Joined, Move, Organization,
    Policy, ResourcePolicy, Root, Standalone, State, Tags, TypeStatus, Unit,
};

use crate::sim::service::Service;

/// The service.
pub static SERVICE: Service = Service {
    name: "organizations",
    operations: &[
        ("AcceptHandshake", answers::accept),
        ("AttachPolicy", attachments::attach),
        ("CancelHandshake", answers::cancel),
        ("CloseAccount", closing::close),
        ("CreateAccount", creation::create),
        ("CreateGovCloudAccount", creation::create_govcloud),
        ("CreateOrganization", organization::create),
        ("CreateOrganizationalUnit", units::create),
        ("CreatePolicy", policies::create),
        ("DeclineHandshake", answers::decline),
        ("DeleteOrganization", organization::delete),
        ("DeleteOrganizationalUnit", units::delete),
        ("DeletePolicy", policies::delete),
        ("DeleteResourcePolicy", resource_policy::delete),
        ("DeregisterDelegatedAdministrator", delegation::deregister),
        ("DescribeAccount", accounts::describe),
        ("DescribeCreateAccountStatus", creation::describe_status),
        ("DescribeEffectivePolicy", effective::describe),
        ("DescribeHandshake", answers::describe),
        ("DescribeOrganization", organization::describe),
        ("DescribeOrganizationalUnit", units::describe),
        ("DescribePolicy", policies::describe),
        ("DescribeResourcePolicy", resource_policy::describe),
        ("DescribeResponsibilityTransfer", transfers::unknown),
        ("DetachPolicy", attachments::detach),
        ("DisableAWSServiceAccess", service_access::disable),
        ("DisablePolicyType", policy_types::disable),
        ("EnableAWSServiceAccess", service_access::enable),
        ("EnableAllFeatures", organization::enable_all_features),
        ("EnablePolicyType", policy_types::enable),
        ("InviteAccountToOrganization", handshakes::invite),
        ("LeaveOrganization", membership::leave),
        ("ListAWSServiceAccessForOrganization", service_access::list),
        ("ListAccounts", accounts::list),
        ("ListAccountsForParent", accounts::list_for_parent),
        ("ListAccountsWithInvalidEffectivePolicy", effective::list_invalid),
        ("ListChildren", accounts::list_children),
        ("ListCreateAccountStatus", creation::list_statuses),
        ("ListDelegatedAdministrators", delegation::list),
        ("ListDelegatedServicesForAccount", delegation::list_services),
        ("ListEffectivePolicyValidationErrors", effective::list_errors),
        ("ListHandshakesForAccount", handshakes::list_for_account),
        ("ListHandshakesForOrganization", handshakes::list_for_organization),
        ("ListInboundResponsibilityTransfers", transfers::list),
        ("ListOrganizationalUnitsForParent", units::list_for_parent),
        ("ListOutboundResponsibilityTransfers", transfers::list),
        ("ListParents", accounts::list_parents),
        ("ListPolicies", policies::list),
        ("ListPoliciesForTarget", attachments::list_for_target),
        ("ListRoots", organization::list_roots),
        ("ListTagsForResource", tags::list),
        ("ListTargetsForPolicy", attachments::list_targets),
        ("MoveAccount", accounts::r#move),
        ("PutResourcePolicy", resource_policy::put),
        ("RegisterDelegatedAdministrator", delegation::register),
        ("RemoveAccountFromOrganization", membership::remove),
        ("TagResource", tags::tag),
        ("TerminateResponsibilityTransfer", transfers::unknown),
        ("UntagResource", tags::untag),
        ("UpdateOrganizationalUnit", units::update),
        ("UpdatePolicy", policies::update),
        ("UpdateResponsibilityTransfer", transfers::unknown),
    ],
    due: events::due,
    settle: events::settle,
};
