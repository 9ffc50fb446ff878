//! AWS Firewall Manager: who administers it for an organization, and policies.
//!
//! In: requests of its shape table; about administrators the service answers in one Region. Out: [`SERVICE`]. Absent: lists,
//! resource sets, notification channels, violations.

mod administrators;
mod policies;
#[cfg(test)]
mod scenarios;
mod state;
mod tags;

use crate::sim::service::{Service, never_due, nothing_settles};

pub use state::State;

/// The service.
pub static SERVICE: Service = Service {
    name: "fms",
    operations: &[
        ("AssociateAdminAccount", administrators::associate),
        ("DeletePolicy", policies::delete),
        ("DisassociateAdminAccount", administrators::disassociate),
        ("GetAdminAccount", administrators::get),
        ("GetAdminScope", administrators::scope),
        ("GetPolicy", policies::get),
        ("ListAdminAccountsForOrganization", administrators::list),
        ("ListComplianceStatus", policies::compliance),
        ("ListPolicies", policies::list),
        ("ListTagsForResource", tags::list),
        ("PutAdminAccount", administrators::put),
        ("PutPolicy", policies::put),
        ("TagResource", tags::tag),
        ("UntagResource", tags::untag),
    ],
    due: never_due,
    settle: nothing_settles,
};
