//! AWS Security Hub: hubs and standards, the finding aggregator, members, central configuration, automation
//! rules, and who administers it.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]. Absent: findings, insights, controls, and the
//! operations of the unified Security Hub beyond its administrator.

mod administrator;
mod aggregators;
mod associations;
mod automation;
mod gate;
mod hubs;
mod members;
mod organization;
mod policies;
mod refusal;
#[cfg(test)]
mod scenarios;
mod standards;
mod state;

pub(crate) use organization::account_joined;
pub use state::State;

use crate::sim::error::AwsError;
use crate::sim::paging::Paging;
use crate::sim::service::Service;

fn stale() -> AwsError {
    refusal::invalid("The provided NextToken is not valid.")
}

/// Pages have 100 items at most, and as many if the request does not say (the greatest value in the model).
const PAGING: Paging = Paging { size: "MaxResults", token: "NextToken", usual: 100, stale };
/// Pages of members have 50.
const MEMBERS: Paging = Paging { usual: 50, ..PAGING };

/// The service.
pub static SERVICE: Service = Service {
    name: "securityhub",
    operations: &[
        ("BatchDeleteAutomationRules", automation::batch_delete),
        ("BatchDisableStandards", standards::disable),
        ("BatchEnableStandards", standards::enable),
        ("BatchGetAutomationRules", automation::batch_get),
        ("BatchGetConfigurationPolicyAssociations", associations::batch_get),
        ("BatchUpdateAutomationRules", automation::batch_update),
        ("CreateAutomationRule", automation::create),
        ("CreateConfigurationPolicy", policies::create),
        ("CreateFindingAggregator", aggregators::create),
        ("CreateMembers", members::create),
        ("DeleteConfigurationPolicy", policies::delete),
        ("DeleteFindingAggregator", aggregators::delete),
        ("DeleteMembers", members::delete),
        ("DescribeHub", hubs::describe),
        ("DescribeOrganizationConfiguration", organization::describe),
        ("DescribeStandards", standards::list),
        ("DisableOrganizationAdminAccount", administrator::disable),
        ("DisableSecurityHub", hubs::disable),
        ("DisassociateMembers", members::disassociate),
        ("EnableOrganizationAdminAccount", administrator::enable),
        ("EnableSecurityHub", hubs::enable),
        ("GetConfigurationPolicy", policies::get),
        ("GetConfigurationPolicyAssociation", associations::get),
        ("GetEnabledStandards", standards::enabled),
        ("GetFindingAggregator", aggregators::get),
        ("GetMembers", members::get),
        ("ListAutomationRules", automation::list),
        ("ListConfigurationPolicies", policies::list),
        ("ListConfigurationPolicyAssociations", associations::list),
        ("ListFindingAggregators", aggregators::list),
        ("ListMembers", members::list),
        ("ListOrganizationAdminAccounts", administrator::list),
        ("StartConfigurationPolicyAssociation", associations::start),
        ("StartConfigurationPolicyDisassociation", associations::end),
        ("UpdateConfigurationPolicy", policies::update),
        ("UpdateFindingAggregator", aggregators::update),
        ("UpdateOrganizationConfiguration", organization::update),
        ("UpdateSecurityHubConfiguration", hubs::update),
    ],
    due: organization::due,
    settle: organization::settle,
};
