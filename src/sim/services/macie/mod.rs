//! Amazon Macie: sessions, members of an organization and what they get by themselves, and who administers it.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]. Absent: jobs, findings, buckets, invitations.

mod administrator;
mod members;
mod organization;
mod refusal;
#[cfg(test)]
mod scenarios;
mod session;
mod state;

pub(crate) use organization::account_joined;
pub use state::State;

use crate::sim::paging::Paging;
use crate::sim::service::{Service, never_due, nothing_settles};

/// Pages have 25 items at most, and as many if the request does not say (the greatest value in the model).
const PAGING: Paging = Paging {
    size: "maxResults",
    token: "nextToken",
    usual: 25,
    stale: || refusal::invalid("the value of nextToken is not valid"),
};

/// The service.
pub static SERVICE: Service = Service {
    name: "macie2",
    operations: &[
        ("CreateMember", members::create),
        ("DeleteMember", members::delete),
        ("DescribeOrganizationConfiguration", organization::describe),
        ("DisableMacie", session::disable),
        ("DisableOrganizationAdminAccount", administrator::disable),
        ("DisassociateFromAdministratorAccount", members::leave),
        ("DisassociateMember", members::disassociate),
        ("EnableMacie", session::enable),
        ("EnableOrganizationAdminAccount", administrator::enable),
        ("GetAdministratorAccount", members::get_administrator),
        ("GetAutomatedDiscoveryConfiguration", organization::get_discovery),
        ("GetMacieSession", session::get),
        ("GetMember", members::get),
        ("ListMembers", members::list),
        ("ListOrganizationAdminAccounts", administrator::list),
        ("UpdateAutomatedDiscoveryConfiguration", organization::update_discovery),
        ("UpdateMacieSession", session::update),
        ("UpdateMemberSession", members::update),
        ("UpdateOrganizationConfiguration", organization::update),
    ],
    due: never_due,
    settle: nothing_settles,
};
