//! AWS Config: recorders, delivery channels, aggregators, and rules and conformance packs of an organization.
//!
//! In: requests of its shape table, recorders that Control Tower sets up, accounts that join. Out: its [`State`] and
//! [`SERVICE`]. Absent: configuration items, rules and packs of single accounts, evaluations, queries, remediations, other
//! clouds.

mod aggregators;
mod authority;
mod authorizations;
mod baseline;
mod channels;
mod deployments;
mod linked;
mod packs;
mod recorders;
mod refusal;
mod rules;
#[cfg(test)]
mod scenarios;
mod state;
mod tags;

pub(crate) use baseline::{Collector, Wanted, aggregate, forget, in_the_way, record};
pub use state::State;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::sim::paging::Paging;
use crate::sim::service::Service;
use crate::sim::world::World;

/// UNSOURCED: how many items a page has if the request does not say; the model gives the greatest number.
const PAGES: Paging = Paging { size: "Limit", token: "NextToken", usual: 100, stale: refusal::stale };
/// The newer operations name the size of a page like other services.
const PAGING: Paging = Paging { size: "MaxResults", token: "NextToken", usual: 20, stale: refusal::stale };

/// The letters at the end of an ARN: of what the resource is, so that the world's ids go on as without it.
fn mark(parts: &[&str], length: usize) -> String {
    hex::encode(Sha256::digest(parts.join("/"))).chars().take(length).collect()
}

/// An account has joined an organization.
pub(crate) fn account_joined(world: &mut World, account: &str, now: Timestamp) {
    deployments::account_joined(world, account, now);
}

/// The service.
pub static SERVICE: Service = Service {
    name: "config",
    operations: &[
        ("DeleteAggregationAuthorization", authorizations::delete),
        ("DeleteConfigurationAggregator", aggregators::delete),
        ("DeleteConfigurationRecorder", recorders::delete),
        ("DeleteDeliveryChannel", channels::delete),
        ("DeleteOrganizationConfigRule", rules::delete),
        ("DeleteOrganizationConformancePack", packs::delete),
        ("DeleteServiceLinkedConfigurationRecorder", linked::delete),
        ("DescribeAggregationAuthorizations", authorizations::describe),
        ("DescribeConfigurationAggregatorSourcesStatus", aggregators::statuses),
        ("DescribeConfigurationAggregators", aggregators::describe),
        ("DescribeConfigurationRecorderStatus", recorders::status),
        ("DescribeConfigurationRecorders", recorders::describe),
        ("DescribeDeliveryChannelStatus", channels::status),
        ("DescribeDeliveryChannels", channels::describe),
        ("DescribeOrganizationConfigRuleStatuses", rules::statuses),
        ("DescribeOrganizationConfigRules", rules::describe),
        ("DescribeOrganizationConformancePackStatuses", packs::statuses),
        ("DescribeOrganizationConformancePacks", packs::describe),
        ("GetOrganizationConfigRuleDetailedStatus", rules::details),
        ("GetOrganizationConformancePackDetailedStatus", packs::details),
        ("GetOrganizationCustomRulePolicy", rules::policy),
        ("ListConfigurationRecorders", recorders::list),
        ("ListTagsForResource", tags::list),
        ("PutAggregationAuthorization", authorizations::put),
        ("PutConfigurationAggregator", aggregators::put),
        ("PutConfigurationRecorder", recorders::put),
        ("PutDeliveryChannel", channels::put),
        ("PutOrganizationConfigRule", rules::put),
        ("PutOrganizationConformancePack", packs::put),
        ("PutServiceLinkedConfigurationRecorder", linked::put),
        ("StartConfigurationRecorder", recorders::start),
        ("StopConfigurationRecorder", recorders::stop),
        ("TagResource", tags::tag),
        ("UntagResource", tags::untag),
    ],
    due: deployments::due,
    settle: deployments::settle,
};
