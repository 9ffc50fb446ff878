//! IAM Identity Center, by the name of its API: `sso-admin`.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]. An organization's instance is made by Control Tower
//! or by [`enable`], which stands for the console. Absent: applications, trusted token issuers, attributes for access
//! control, further Regions.

mod acts;
mod assignments;
mod gate;
mod instances;
mod operations;
mod permission_sets;
mod policies;
mod provisioning;
mod refusal;
mod roles;
#[cfg(test)]
mod scenarios;
mod state;
mod tags;

use jiff::Timestamp;

pub(crate) use acts::{WantedSet, assign, edit_set, ensure_instance, ensure_set, unassign};
pub(crate) use gate::administers;
pub use state::State;
pub(crate) use state::{Assignment, Instance};

use crate::sim::paging::Paging;
use crate::sim::service::Service;
use crate::sim::world::World;

/// Pages have 100 items at most, and as many if the request does not say (the greatest value in the model).
const PAGING: Paging = Paging {
    size: "MaxResults",
    token: "NextToken",
    usual: 100,
    stale: || refusal::invalid("The provided NextToken is not valid."),
};

/// Enables Identity Center for the organization of a management account as its console does; there is no API for it
/// (<https://docs.aws.amazon.com/singlesignon/latest/userguide/enable-identity-center.html>). Says the instance's ARN.
pub fn enable(world: &mut World, management: &str, region: &str, now: Timestamp) -> String {
    let arn = ensure_instance(world, management, region, now);
    if let Some(organization) = world.organizations.of_mut(management) {
        organization.enable_service_access(gate::PRINCIPAL, now);
    }
    arn
}

/// The service.
pub static SERVICE: Service = Service {
    name: "sso-admin",
    operations: &[
        ("AttachCustomerManagedPolicyReferenceToPermissionSet", policies::attach_customer),
        ("AttachManagedPolicyToPermissionSet", policies::attach_managed),
        ("CreateAccountAssignment", assignments::create),
        ("CreateInstance", instances::create),
        ("CreatePermissionSet", permission_sets::create),
        ("DeleteAccountAssignment", assignments::delete),
        ("DeleteInlinePolicyFromPermissionSet", policies::delete_inline),
        ("DeleteInstance", instances::delete),
        ("DeletePermissionSet", permission_sets::delete),
        ("DeletePermissionsBoundaryFromPermissionSet", policies::delete_boundary),
        ("DescribeAccountAssignmentCreationStatus", assignments::creation_status),
        ("DescribeAccountAssignmentDeletionStatus", assignments::deletion_status),
        ("DescribeInstance", instances::describe),
        ("DescribePermissionSet", permission_sets::describe),
        ("DescribePermissionSetProvisioningStatus", provisioning::status),
        ("DetachCustomerManagedPolicyReferenceFromPermissionSet", policies::detach_customer),
        ("DetachManagedPolicyFromPermissionSet", policies::detach_managed),
        ("GetInlinePolicyForPermissionSet", policies::get_inline),
        ("GetPermissionsBoundaryForPermissionSet", policies::get_boundary),
        ("ListAccountAssignmentCreationStatus", assignments::creation_statuses),
        ("ListAccountAssignmentDeletionStatus", assignments::deletion_statuses),
        ("ListAccountAssignments", assignments::list),
        ("ListAccountAssignmentsForPrincipal", assignments::list_for_principal),
        ("ListAccountsForProvisionedPermissionSet", provisioning::accounts),
        ("ListCustomerManagedPolicyReferencesInPermissionSet", policies::list_customer),
        ("ListInstances", instances::list),
        ("ListManagedPoliciesInPermissionSet", policies::list_managed),
        ("ListPermissionSetProvisioningStatus", provisioning::statuses),
        ("ListPermissionSets", permission_sets::list),
        ("ListPermissionSetsProvisionedToAccount", provisioning::sets),
        ("ListTagsForResource", tags::list),
        ("ProvisionPermissionSet", provisioning::provision),
        ("PutInlinePolicyToPermissionSet", policies::put_inline),
        ("PutPermissionsBoundaryToPermissionSet", policies::put_boundary),
        ("TagResource", tags::tag),
        ("UntagResource", tags::untag),
        ("UpdateInstance", instances::update),
        ("UpdatePermissionSet", permission_sets::update),
    ],
    due: operations::due,
    settle: operations::settle,
};
