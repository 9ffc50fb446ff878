//! AWS CloudTrail: who administers it for an organization.
//!
//! In: requests of its shape table. Out: [`SERVICE`]. Absent: trails and what they record.

mod administrators;

use crate::sim::service::{Service, never_due, nothing_settles};

/// The service.
pub static SERVICE: Service = Service {
    name: "cloudtrail",
    operations: &[
        ("DeregisterOrganizationDelegatedAdmin", administrators::deregister),
        ("RegisterOrganizationDelegatedAdmin", administrators::register),
    ],
    due: never_due,
    settle: nothing_settles,
};
