//! AWS Firewall Manager: who administers it for an organization.
//!
//! In: requests of its shape table, which the service answers in one Region. Out: [`SERVICE`]. Absent: policies, lists,
//! notification channels, compliance.

mod administrators;
mod state;

use crate::sim::service::{Service, never_due, nothing_settles};

pub use state::State;

/// The service.
pub static SERVICE: Service = Service {
    name: "fms",
    operations: &[
        ("AssociateAdminAccount", administrators::associate),
        ("DisassociateAdminAccount", administrators::disassociate),
        ("GetAdminAccount", administrators::get),
        ("GetAdminScope", administrators::scope),
        ("ListAdminAccountsForOrganization", administrators::list),
        ("PutAdminAccount", administrators::put),
    ],
    due: never_due,
    settle: nothing_settles,
};
