//! AWS Audit Manager: who administers it for an organization.
//!
//! In: requests of its shape table. Out: [`SERVICE`]. Absent: assessments, evidence and settings.

mod administrator;

use crate::sim::service::{Service, never_due, nothing_settles};

/// The service.
pub static SERVICE: Service = Service {
    name: "auditmanager",
    operations: &[
        ("DeregisterOrganizationAdminAccount", administrator::deregister),
        ("GetOrganizationAdminAccount", administrator::get),
        ("RegisterOrganizationAdminAccount", administrator::register),
    ],
    due: never_due,
    settle: nothing_settles,
};
