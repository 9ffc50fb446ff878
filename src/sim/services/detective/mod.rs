//! Amazon Detective: behaviour graphs, their members and sources of data, and who administers them.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]. Absent: investigations, invitations, and how much
//! data there is.

mod administrator;
mod graphs;
mod members;
mod refusal;
#[cfg(test)]
mod scenarios;
mod state;

pub(crate) use members::account_joined;
pub use state::State;

use crate::sim::paging::Paging;
use crate::sim::service::{Service, never_due, nothing_settles};

/// Pages have 200 items at most, and as many if the request does not say (the greatest value in the model).
const PAGING: Paging = Paging {
    size: "MaxResults",
    token: "NextToken",
    usual: 200,
    stale: || refusal::invalid("the value of NextToken is not valid"),
};

/// The service.
pub static SERVICE: Service = Service {
    name: "detective",
    operations: &[
        ("CreateGraph", graphs::create),
        ("CreateMembers", members::create),
        ("DeleteGraph", graphs::delete),
        ("DeleteMembers", members::delete),
        ("DescribeOrganizationConfiguration", members::describe),
        ("DisableOrganizationAdminAccount", administrator::disable),
        ("DisassociateMembership", members::leave),
        ("EnableOrganizationAdminAccount", administrator::enable),
        ("GetMembers", members::get),
        ("ListDatasourcePackages", graphs::list_sources),
        ("ListGraphs", graphs::list),
        ("ListMembers", members::list),
        ("ListOrganizationAdminAccounts", administrator::list),
        ("StartMonitoringMember", members::start),
        ("UpdateDatasourcePackages", graphs::start_sources),
        ("UpdateOrganizationConfiguration", members::update),
    ],
    due: never_due,
    settle: nothing_settles,
};
