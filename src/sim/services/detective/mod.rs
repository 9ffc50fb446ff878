//! Amazon Detective: who administers it for an organization.
//!
//! In: requests of its shape table. Out: [`SERVICE`]. Absent: behaviour graphs, members and data sources.

mod administrator;

use crate::sim::service::{Service, never_due, nothing_settles};

/// The service.
pub static SERVICE: Service = Service {
    name: "detective",
    operations: &[
        ("DisableOrganizationAdminAccount", administrator::disable),
        ("EnableOrganizationAdminAccount", administrator::enable),
        ("ListOrganizationAdminAccounts", administrator::list),
    ],
    due: never_due,
    settle: nothing_settles,
};
