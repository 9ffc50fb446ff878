//! Amazon Security Lake: who administers it for an organization.
//!
//! In: requests of its shape table. Out: [`SERVICE`]. Absent: data lakes, sources and subscribers.

mod administrator;

use crate::sim::service::{Service, never_due, nothing_settles};

/// The service.
pub static SERVICE: Service = Service {
    name: "securitylake",
    operations: &[
        ("DeregisterDataLakeDelegatedAdministrator", administrator::deregister),
        ("RegisterDataLakeDelegatedAdministrator", administrator::register),
    ],
    due: never_due,
    settle: nothing_settles,
};
