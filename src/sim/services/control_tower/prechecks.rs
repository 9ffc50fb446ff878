//! What AWS finds on a unit after it took the request: the operation then fails with these words as its status message.
//!
//! In: the world and a unit or enabled baseline. Out: why the operation will fail, if it will. Rules:
//! <https://docs.aws.amazon.com/controltower/latest/userguide/common-eg-failures.html>. Absent: what is found about single
//! accounts (`obstacles`); stack-set quotas and portfolios, which are not checked.

use crate::sim::world::World;

use super::state::EnabledBaseline;
use super::{estate, guardrails, obstacles, prerequisites, registration};

/// Accounts per unit (<https://docs.aws.amazon.com/general/latest/gr/controltower.html>).
const MOST_ACCOUNTS: usize = 1000;

/// Why a unit cannot be registered now. UNSOURCED words.
pub(super) fn register(world: &World, unit: &str) -> Option<String> {
    let zone = world.control_tower.zone.as_ref()?;
    if let Some(role) = prerequisites::missing_role(world, &zone.account, &zone.version) {
        return Some(format!("AWS Control Tower cannot assume the IAM role {role}."));
    }
    let members = estate::accounts_in(world, unit);
    if let Some(suspended) = members.iter().find(|member| !member.active) {
        return Some(format!(
            "AWS Control Tower cannot govern the organizational unit {unit} because the account {} in it is suspended.",
            suspended.id
        ));
    }
    if members.len() > MOST_ACCOUNTS {
        return Some(format!(
            "AWS Control Tower cannot govern the organizational unit {unit} because it contains more than {MOST_ACCOUNTS} accounts."
        ));
    }
    let mut accounts = members.iter().filter(|member| !member.management);
    if let Some(words) = accounts.find_map(|member| obstacles::found_before(world, zone, &member.id)) {
        return Some(words);
    }
    if guardrails::is_full(world, unit) {
        return Some(format!(
            "AWS Control Tower cannot govern the organizational unit {unit} because the limit of service control policies attached to it is reached."
        ));
    }
    None
}

/// Why a baseline cannot be disabled now: children first, and for deregistration no accounts and no optional controls
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/remove-ou.html>). The emptiness rule is stated for
/// AWSControlTowerBaseline alone; UNSOURCED whether AWS refuses it at once or, as here, in the operation.
pub(super) fn disable(world: &World, enabled: &EnabledBaseline) -> Option<String> {
    let state = &world.control_tower;
    let below = estate::units_under(world, &enabled.target_id);
    if below.iter().any(|unit| state.on_unit(unit, &enabled.baseline).is_some()) {
        // Words quoted in https://docs.aws.amazon.com/controltower/latest/userguide/baseline-api-examples.html.
        return Some("Can't perform DisableBaseline on a parent target with governed child OUs".to_owned());
    }
    if enabled.baseline != registration::REGISTERING {
        return None;
    }
    let unit = &enabled.target_id;
    if state.on_unit(unit, "BackupBaseline").is_some() {
        return Some(format!("Disable BackupBaseline on the organizational unit {unit} first."));
    }
    if !estate::accounts_in(world, unit).is_empty() {
        return Some(format!(
            "The organizational unit {unit} still contains accounts. Remove them before you deregister it."
        ));
    }
    if state.enabled_controls.values().any(|control| control.target_id == *unit) {
        return Some(format!(
            "Controls are still enabled on the organizational unit {unit}. Disable them before you deregister it."
        ));
    }
    None
}
