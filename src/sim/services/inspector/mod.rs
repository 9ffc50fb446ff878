//! Amazon Inspector: who administers it for an organization.
//!
//! In: requests of its shape table. Out: [`SERVICE`]. Absent: scans, members and findings.

mod administrator;

use crate::sim::service::{Service, never_due, nothing_settles};

/// The service.
pub static SERVICE: Service = Service {
    name: "inspector2",
    operations: &[
        ("DisableDelegatedAdminAccount", administrator::disable),
        ("EnableDelegatedAdminAccount", administrator::enable),
        ("GetDelegatedAdminAccount", administrator::get),
        ("ListDelegatedAdminAccounts", administrator::list),
    ],
    due: never_due,
    settle: nothing_settles,
};
