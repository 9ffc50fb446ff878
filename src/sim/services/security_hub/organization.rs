//! How an organization is configured: locally, Region by Region, or centrally from the home Region.
//!
//! In: DescribeOrganizationConfiguration and UpdateOrganizationConfiguration; accounts that join; time. Out: settings, and
//! hubs of members. Central configuration needs a finding aggregator in the home Region, and then AutoEnable is false and
//! AutoEnableStandards NONE (<https://docs.aws.amazon.com/securityhub/latest/userguide/start-central-configuration.html>).
//! How long it is PENDING is published nowhere (UNSOURCED): two minutes here.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::refusal::{invalid, no_access};
use super::state::{Central, Local};
use super::{administrator, associations, gate, members};

const PREPARATION: Duration = Duration::from_secs(120);

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::administrator(world, request)?;
    let account = world.security_hub.accounts.get(&request.caller.account);
    let local = account.and_then(|account| account.local.get(&request.region)).cloned().unwrap_or_default();
    let central = account.and_then(|account| account.central.as_ref());
    let (kind, status) = match central.map(|central| central.ends) {
        None => ("LOCAL", "ENABLED"),
        Some(Some(_)) => ("CENTRAL", "PENDING"),
        Some(None) => ("CENTRAL", "ENABLED"),
    };
    Ok(json!({
        "AutoEnable": local.auto_enable,
        "AutoEnableStandards": if local.standards { "DEFAULT" } else { "NONE" },
        "MemberAccountLimitReached": false,
        "OrganizationConfiguration": {"ConfigurationType": kind, "Status": status},
    }))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::administrator(world, request)?;
    let auto_enable = request.boolean("AutoEnable").unwrap_or_default();
    let asked = request.text("AutoEnableStandards");
    let caller = request.caller.account.clone();
    let account = world.security_hub.account_mut(&caller);
    let central = account.central.is_some();
    let kind = request.input["OrganizationConfiguration"]["ConfigurationType"].as_str();
    let wanted = kind.unwrap_or(if central { "CENTRAL" } else { "LOCAL" });
    if wanted != "CENTRAL" {
        // UNSOURCED: without AutoEnableStandards, what accounts get on joining: the model's DEFAULT.
        let local = Local { auto_enable, standards: asked.unwrap_or("DEFAULT") == "DEFAULT" };
        account.local.insert(request.region.clone(), local);
        stop_central(world, &caller);
        return Ok(json!({}));
    }
    if auto_enable || asked == Some("DEFAULT") {
        return Err(invalid(
            "With central configuration, AutoEnable must be false and AutoEnableStandards must be NONE.",
        ));
    }
    if account.aggregator.as_ref().is_none_or(|aggregator| aggregator.home != request.region) {
        return Err(no_access("Central configuration requires a finding aggregator in this Region."));
    }
    // "You must designate a home Region and at least one linked Region"
    // (https://docs.aws.amazon.com/securityhub/latest/userguide/aggregation-central-configuration.html). UNSOURCED words.
    let links = account.aggregator.as_ref().is_some_and(|aggregator| aggregator.mode != "NO_REGIONS");
    if !links {
        return Err(no_access("Central configuration requires at least one linked Region."));
    }
    account.local.clear();
    if !central {
        let ends = world.end_of(request.now, PREPARATION);
        let home = request.region.clone();
        world.security_hub.account_mut(&caller).central = Some(Central { home, ends: Some(ends) });
    }
    Ok(json!({}))
}

/// The end of central configuration is the end of its policies
/// (<https://docs.aws.amazon.com/securityhub/latest/userguide/disable-central-configuration.html>); hubs stay as they are.
pub(super) fn stop_central(world: &mut World, account: &str) {
    let Some(account) = world.security_hub.accounts.get_mut(account) else { return };
    if account.central.take().is_some() {
        account.policies.clear();
        account.associations.clear();
    }
}

/// An account has joined an organization: it gets the hub, the standards or the configuration that the administrator set.
pub(crate) fn account_joined(world: &mut World, account: &str, now: Timestamp) {
    let regions: Vec<String> = world.security_hub.hubs.keys().cloned().collect();
    for region in regions {
        let Some(holder) = administrator::holder(world, account, &region) else { continue };
        let Some(known) = world.security_hub.accounts.get(&holder) else { continue };
        let local = known.local.get(&region).cloned().unwrap_or_default();
        let central =
            known.central.as_ref().is_some_and(|central| central.ends.is_none() && central.home == region);
        if central {
            associations::configure(world, &holder, account, now);
        } else if local.auto_enable {
            // Nobody asked, so nobody is told of an account that cannot be a member.
            let _ = members::enrol(world, &holder, account, &region, now);
        }
    }
}

/// When the next configuration or association is there.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    let accounts = world.security_hub.accounts.values();
    accounts
        .flat_map(|account| {
            let central = account.central.iter().filter_map(|central| central.ends);
            central.chain(account.associations.values().filter_map(|association| association.ends))
        })
        .min()
}

/// Lets what is due be there.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    let mut changed = Vec::new();
    for (id, account) in &mut world.security_hub.accounts {
        if let Some(central) =
            account.central.as_mut().filter(|central| central.ends.is_some_and(|at| at <= now))
        {
            central.ends = None;
        }
        for (target, association) in &mut account.associations {
            if association.ends.is_some_and(|at| at <= now) {
                association.ends = None;
                changed.push((id.clone(), target.clone()));
            }
        }
    }
    for (administrator, target) in changed {
        associations::spread(world, &administrator, &target, now);
    }
}
