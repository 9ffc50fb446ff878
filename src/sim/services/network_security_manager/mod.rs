//! AWS Network Security Manager: who administers it for an organization.
//!
//! In: requests of its shape table. Out: [`SERVICE`]. Absent: rules, policies, scopes and deployments.

mod administrators;

use crate::sim::service::{Service, never_due, nothing_settles};

/// The service.
pub static SERVICE: Service = Service {
    name: "network-security-manager",
    operations: &[
        ("DeleteAdminAccount", administrators::delete),
        ("GetAdminAccount", administrators::get),
        ("ListAdminAccounts", administrators::list),
        ("PutAdminAccount", administrators::put),
    ],
    due: never_due,
    settle: nothing_settles,
};
