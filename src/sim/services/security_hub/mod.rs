//! AWS Security Hub: who administers it for an organization.
//!
//! In: requests of its shape table. Out: [`SERVICE`]. Absent: hubs, standards, members, findings and central configuration.

mod administrator;

use crate::sim::service::{Service, never_due, nothing_settles};

/// The service.
pub static SERVICE: Service = Service {
    name: "securityhub",
    operations: &[
        ("DisableOrganizationAdminAccount", administrator::disable),
        ("EnableOrganizationAdminAccount", administrator::enable),
        ("ListOrganizationAdminAccounts", administrator::list),
    ],
    due: never_due,
    settle: nothing_settles,
};
