//! AWS CloudTrail: trails, and who administers it for an organization.
//!
//! In: requests of its shape table, and the trail that Control Tower keeps. Out: its [`State`] and [`SERVICE`]. Absent: event
//! data stores, insights, dashboards.

mod administrators;
mod baseline;
mod events;
#[cfg(test)]
mod scenarios;
mod state;
mod tags;
mod trails;

pub(crate) use baseline::{Wanted, record, withdraw};
pub(crate) use events::{note, note_other};
pub use state::State;

use crate::sim::service::{Service, never_due, nothing_settles};

/// The service's principal.
const PRINCIPAL: &str = "cloudtrail.amazonaws.com";

/// The service.
pub static SERVICE: Service = Service {
    name: "cloudtrail",
    operations: &[
        ("AddTags", tags::add),
        ("CreateTrail", trails::create),
        ("DeleteTrail", trails::delete),
        ("DeregisterOrganizationDelegatedAdmin", administrators::deregister),
        ("DescribeTrails", trails::describe),
        ("GetEventSelectors", trails::selectors),
        ("GetTrail", trails::get),
        ("GetTrailStatus", trails::status),
        ("ListTags", tags::list),
        ("ListTrails", trails::list),
        ("LookupEvents", events::look_up),
        ("PutEventSelectors", trails::put_selectors),
        ("RegisterOrganizationDelegatedAdmin", administrators::register),
        ("RemoveTags", tags::remove),
        ("StartLogging", trails::start),
        ("StopLogging", trails::stop),
        ("UpdateTrail", trails::update),
    ],
    due: never_due,
    settle: nothing_settles,
};
