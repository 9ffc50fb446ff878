//! Amazon Inspector: the scans of accounts, members of an organization and what they get by themselves, and who
//! administers it.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]. Absent: findings, coverage, filters, reports.

mod administrator;
mod members;
mod organization;
mod policy;
mod refusal;
mod scans;
#[cfg(test)]
mod scenarios;
mod state;

pub(crate) use organization::account_joined;
pub use state::State;

use crate::sim::paging::Paging;
use crate::sim::service::{Service, never_due, nothing_settles};

/// Pages have 50 items at most, and as many if the request does not say (the greatest value in the model).
const PAGING: Paging = Paging {
    size: "maxResults",
    token: "nextToken",
    usual: 50,
    stale: || refusal::invalid("the value of nextToken is not valid"),
};

/// The service.
pub static SERVICE: Service = Service {
    name: "inspector2",
    operations: &[
        ("AssociateMember", members::associate),
        ("BatchGetAccountStatus", scans::status),
        ("DescribeOrganizationConfiguration", organization::describe),
        ("Disable", scans::disable),
        ("DisableDelegatedAdminAccount", administrator::disable),
        ("DisassociateMember", members::disassociate),
        ("Enable", scans::enable),
        ("EnableDelegatedAdminAccount", administrator::enable),
        ("GetDelegatedAdminAccount", administrator::get),
        ("GetMember", members::get),
        ("ListDelegatedAdminAccounts", administrator::list),
        ("ListMembers", members::list),
        ("UpdateOrganizationConfiguration", organization::update),
    ],
    due: never_due,
    settle: nothing_settles,
};
