//! Amazon GuardDuty: detectors, their features, members of an organization and who administers them.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]. Absent: findings, filters, lists, publishing
//! destinations, malware scans, invitations beyond their first step, statistics.

mod administrator;
mod detectors;
mod features;
mod members;
mod organization;
mod policy;
mod refusal;
#[cfg(test)]
mod scenarios;
mod state;

pub(crate) use organization::account_joined;
pub use state::State;

use crate::sim::paging::Paging;
use crate::sim::service::Service;

/// Pages have 50 items at most, and as many if the request does not say (the greatest value in the model).
const PAGING: Paging = Paging {
    size: "MaxResults",
    token: "NextToken",
    usual: 50,
    stale: || refusal::because("an invalid or out-of-range value is specified as an input parameter"),
};

/// The service.
pub static SERVICE: Service = Service {
    name: "guardduty",
    operations: &[
        ("CreateDetector", detectors::create),
        ("CreateMembers", members::create),
        ("DeleteDetector", detectors::delete),
        ("DeleteMembers", members::delete),
        ("DescribeOrganizationConfiguration", organization::describe),
        ("DisableOrganizationAdminAccount", administrator::disable),
        ("DisassociateFromAdministratorAccount", members::leave),
        ("DisassociateMembers", members::disassociate),
        ("EnableOrganizationAdminAccount", administrator::enable),
        ("GetAdministratorAccount", members::get_administrator),
        ("GetDetector", detectors::get),
        ("GetMemberDetectors", members::get_detectors),
        ("GetMembers", members::get),
        ("ListDetectors", detectors::list),
        ("ListMembers", members::list),
        ("ListOrganizationAdminAccounts", administrator::list),
        ("StartMonitoringMembers", members::start),
        ("StopMonitoringMembers", members::stop),
        ("UpdateDetector", detectors::update),
        ("UpdateMemberDetectors", members::update_detectors),
        ("UpdateOrganizationConfiguration", organization::update),
    ],
    due: organization::due,
    settle: organization::settle,
};
