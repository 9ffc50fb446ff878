//! AWS CloudFormation, as far as organizations meet it: service-managed stack sets.
//!
//! In: requests of its shape table, accounts that move or are made. Out: its [`State`] and [`SERVICE`]. Absent: stacks of
//! single accounts, what a stack makes, self-managed stack sets, drift, registered types.

mod authority;
mod auto_deployment;
mod instances;
mod operations;
mod organizations_access;
#[cfg(test)]
mod scenarios;
mod stack_sets;
mod state;
mod template;

pub use state::State;

use jiff::Timestamp;

use crate::sim::paging::Paging;
use crate::sim::service::Service;
use crate::sim::world::World;

/// The greatest page in the model, and the usual one.
const PAGING: Paging = Paging {
    size: "MaxResults",
    token: "NextToken",
    usual: 100,
    stale: || authority::invalid("The provided NextToken is not valid."),
};

/// An account has joined an organization.
pub(crate) fn account_joined(world: &mut World, now: Timestamp) {
    auto_deployment::account_joined(world, now);
}

fn due(world: &World) -> Option<Timestamp> {
    operations::due(world).into_iter().chain(auto_deployment::due(world)).min()
}

fn settle(world: &mut World, now: Timestamp) {
    operations::settle(world, now);
    auto_deployment::settle(world, now);
}

/// The service.
pub static SERVICE: Service = Service {
    name: "cloudformation",
    operations: &[
        ("ActivateOrganizationsAccess", organizations_access::activate),
        ("CreateStackInstances", instances::create),
        ("CreateStackSet", stack_sets::create),
        ("DeactivateOrganizationsAccess", organizations_access::deactivate),
        ("DeleteStackInstances", instances::delete),
        ("DeleteStackSet", stack_sets::delete),
        ("DescribeOrganizationsAccess", organizations_access::describe),
        ("DescribeStackInstance", instances::describe),
        ("DescribeStackSet", stack_sets::describe),
        ("DescribeStackSetOperation", operations::describe),
        ("ListStackInstances", instances::list),
        ("ListStackSetAutoDeploymentTargets", stack_sets::targets),
        ("ListStackSetOperationResults", operations::list_results),
        ("ListStackSetOperations", operations::list),
        ("ListStackSets", stack_sets::list),
        ("StopStackSetOperation", operations::stop),
        ("UpdateStackInstances", instances::update),
        ("UpdateStackSet", stack_sets::update),
    ],
    due,
    settle,
};
