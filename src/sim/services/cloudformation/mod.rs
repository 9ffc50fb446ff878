//! AWS CloudFormation, as far as organizations meet it.
//!
//! In: requests of its shape table. Out: [`SERVICE`]. Absent: stacks, stack sets, hooks.

mod organizations_access;

use crate::sim::service::{Service, never_due, nothing_settles};

/// The service.
pub static SERVICE: Service = Service {
    name: "cloudformation",
    operations: &[
        ("ActivateOrganizationsAccess", organizations_access::activate),
        ("DeactivateOrganizationsAccess", organizations_access::deactivate),
        ("DescribeOrganizationsAccess", organizations_access::describe),
    ],
    due: never_due,
    settle: nothing_settles,
};
