//! The service control policies Control Tower keeps on units, packed as `aws-guardrails-*`.
//!
//! In: a unit. Out: one policy on it with what must be denied there, or none. Packing:
//! <https://docs.aws.amazon.com/controltower/latest/userguide/drift.html>. Absent: the exact statements of AWS's
//! guardrails; a Sid per control and the actions of the table stand for them. Mandatory controls are applied by default
//! up to 3.3 only (<https://docs.aws.amazon.com/controltower/latest/controlreference/control-considerations.html>).

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::world::World;

use super::control_table::{self, Implementation};
use super::manifest;
use super::{acts, estate, registration};

/// Makes the policy of a unit what it must be: created, changed, attached again, or taken away.
pub(super) fn refresh(world: &mut World, unit: &str, now: Timestamp) -> Result<(), String> {
    let statements = statements(world, unit);
    if statements.is_empty() || estate::unit(world, unit).is_none() {
        withdraw(world, unit);
        return Ok(());
    }
    let content = content(&statements);
    let policy = match world.control_tower.guardrails.get(unit).cloned() {
        Some(policy) if acts::update_policy(world, &policy, &content, now).is_ok() => policy,
        _ => {
            let name = format!("aws-guardrails-{}", world.ids.alphanumeric(6));
            let policy = acts::create_policy(world, &name, &content, now)?;
            world.control_tower.guardrails.insert(unit.to_owned(), policy.clone());
            policy
        }
    };
    if !estate::is_attached(world, &policy, unit) {
        acts::attach_policy(world, &policy, unit)?;
    }
    Ok(())
}

fn content(statements: &[Value]) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// Has somebody else changed the policy of a unit.
pub(super) fn is_edited(world: &World, unit: &str, policy: &str) -> bool {
    let organization = world.organizations.of(&world.account);
    let live = organization.and_then(|organization| organization.policies.get(policy));
    live.is_some_and(|live| live.content != content(&statements(world, unit)))
}

/// Takes the policy of a unit away, if there is one.
pub(super) fn withdraw(world: &mut World, unit: &str) {
    if let Some(policy) = world.control_tower.guardrails.remove(unit) {
        acts::delete_policy(world, &policy);
    }
}

/// Is there no room for one more policy on the unit, which has none of Control Tower yet. Ten service control policies
/// fit on a unit (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>).
pub(super) fn is_full(world: &World, unit: &str) -> bool {
    !world.control_tower.guardrails.contains_key(unit) && estate::attached_scps(world, unit) >= 10
}

fn statements(world: &World, unit: &str) -> Vec<Value> {
    let state = &world.control_tower;
    let Some(zone) = &state.zone else {
        return Vec::new();
    };
    let mut out = Vec::new();
    let governed = zone.security_unit.as_deref() == Some(unit) || registration::is_registered(world, unit);
    let mandatory = manifest::release_order(&zone.version) < manifest::release_order("4.0");
    if mandatory && governed {
        out.push(statement("GRMANDATORY", control_table::mandatory_actions(), None));
    }
    for enabled in state.enabled_controls.values() {
        let scp = control_table::implementation(&enabled.control) == Implementation::Scp;
        if scp && enabled.deployed && enabled.target_id == unit {
            let sid: String =
                control_table::name(&enabled.control).chars().filter(char::is_ascii_alphanumeric).collect();
            let bound = control_table::condition(&enabled.control);
            out.push(match control_table::exempted_everywhere(&enabled.control) {
                Some(exempted) => by_region(&sid, exempted, &enabled.parameters),
                None => statement(&sid, control_table::denied_actions(&enabled.control), bound),
            });
        }
    }
    out.sort_by_key(|statement| statement["Sid"].as_str().map(str::to_owned));
    out
}

/// The role of Control Tower, which no guardrail binds.
const EXECUTION: &str = "arn:aws:iam::*:role/AWSControlTowerExecution";

fn statement(sid: &str, actions: &[String], bound: Option<&Value>) -> Value {
    let execution = json!({ "ArnNotLike": { "aws:PrincipalArn": EXECUTION } });
    json!({
        "Sid": sid,
        "Effect": "Deny",
        "Action": actions,
        "Resource": "*",
        "Condition": bound.unwrap_or(&execution),
    })
}

/// Everything outside the allowed Regions, but for what is global and what the parameters exempt.
fn by_region(sid: &str, exempted: &[String], parameters: &[Value]) -> Value {
    let of = |key: &str| -> Vec<Value> {
        let found = parameters.iter().find(|parameter| parameter["key"] == key);
        found.and_then(|parameter| parameter["value"].as_array().cloned()).unwrap_or_default()
    };
    let actions: Vec<Value> =
        exempted.iter().map(|action| json!(action)).chain(of("ExemptedActions")).collect();
    let principals: Vec<Value> =
        std::iter::once(json!(EXECUTION)).chain(of("ExemptedPrincipalArns")).collect();
    json!({
        "Sid": sid,
        "Effect": "Deny",
        "NotAction": actions,
        "Resource": "*",
        "Condition": {
            "StringNotEquals": { "aws:RequestedRegion": of("AllowedRegions") },
            "ArnNotLike": { "aws:PrincipalArn": principals },
        },
    })
}
