//! GUARDDUTY_POLICY: an organization policy that switches GuardDuty and its plans, in place of the administrator's settings.
//!
//! In: the effective policy of an account. Out: its detector with the features that the policy names, which nothing else
//! changes then. It is looked at whenever somebody looks at the account, so that nothing runs in the background.
//!
//! "After you enable the policy type, the Regional auto-enable settings no longer apply, whether or not a policy is
//! attached" (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_guardduty.html>); a Region's
//! block replaces the default one, and `foundational` must be there if anything else is
//! (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_guardduty_syntax.html>).

use jiff::Timestamp;
use serde_json::Value;

use crate::sim::error::AwsError;
use crate::sim::world::World;

use super::refusal::because;
use super::state::Detector;
use super::{detectors, features};

const KIND: &str = "GUARDDUTY_POLICY";
/// Whether GuardDuty itself is on.
const FOUNDATIONAL: &str = "foundational";

/// Whether the policy type is on in the organization of an account, which needs trusted access too.
pub(super) fn is_on(world: &World, account: &str) -> bool {
    world.organizations.of(account).is_some_and(|organization| {
        organization.type_enabled(KIND) && organization.has_service_access("guardduty.amazonaws.com")
    })
}

/// What the effective policy says for a Region, if it says anything.
fn block(world: &World, account: &str, region: &str) -> Option<Value> {
    let organization = world.organizations.of(account)?;
    let (document, _) = organization.effective_policy(KIND, account)?;
    let enablement = &document["guardduty"]["enablement"];
    let block = enablement.get(region).or_else(|| enablement.get("default"))?;
    block.get(FOUNDATIONAL)?;
    Some(block.clone())
}

fn says(block: &Value, plan: &str) -> Option<bool> {
    block.get(plan)?["status"].as_str().map(|status| status == "enabled")
}

/// Brings an account to what its policy says.
pub(super) fn look(world: &mut World, account: &str, region: &str, now: Timestamp) {
    let said = if is_on(world, account) { block(world, account, region) } else { None };
    let Some(block) = said else {
        release(world, account, region);
        return;
    };
    let on = says(&block, FOUNDATIONAL).unwrap_or_default();
    if on && world.guardduty.detector(account, region).is_none() {
        let none = features::fresh(now, |_, _| false);
        detectors::open(world, account, region, none, now);
    }
    let Some(detector) = world.guardduty.detector_mut(account, region) else { return };
    detector.enabled = on;
    for (name, feature) in &mut detector.features {
        let plan = name.to_lowercase();
        let wanted = says(&block, &plan);
        feature.by_policy = wanted.is_some();
        let Some(wanted) = wanted else { continue };
        let switches = &block[plan.as_str()]["additional_configuration"];
        for (switch, on) in &mut feature.additional {
            *on = says(switches, &switch.to_lowercase()).unwrap_or(*on);
        }
        if feature.enabled != wanted {
            feature.enabled = wanted;
            feature.updated = now;
        }
    }
}

/// Without a policy what it switched stays as it is (UNSOURCED) and is anybody's again.
fn release(world: &mut World, account: &str, region: &str) {
    let held = world.guardduty.detector(account, region);
    if held.is_some_and(|detector| detector.features.values().any(|feature| feature.by_policy))
        && let Some(detector) = world.guardduty.detector_mut(account, region)
    {
        detector.features.values_mut().for_each(|feature| feature.by_policy = false);
    }
}

/// Refuses a change of what a policy keeps: it is read-only through the API. UNSOURCED words.
pub(super) fn leaves_alone<'n>(
    detector: &Detector,
    mut touched: impl Iterator<Item = &'n str>,
) -> Result<(), AwsError> {
    let kept = |name: &&str| detector.features.get(*name).is_some_and(|feature| feature.by_policy);
    match touched.find(kept) {
        Some(name) => Err(because(format!("{name} is managed by an organization policy"))),
        None => Ok(()),
    }
}
