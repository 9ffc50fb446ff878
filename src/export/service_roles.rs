//! The roles that a landing zone's version requires: not in the document, but in its plans.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::draft::Draft;
use crate::catalog::partitions;
use crate::catalog::service_roles::{self, ServiceRole, required_by};
use crate::model::{Address, Kind, policy};
use crate::observe::census::control_tower::Role;

/// Leaves those alone that a plan would make or change.
pub(super) fn compare(draft: &mut Draft<'_>) {
    let Some(zone) = draft.tower.zone else { return };
    let Some(live) = &zone.service_roles else { return };
    for row in required_by(&zone.version) {
        let why = match live.get(&row.name) {
            None => Some("it does not exist"),
            Some(role) => {
                let required = is_as_required(draft, row, role, service_roles::path());
                (!required).then_some("it is not as Control Tower requires it")
            }
        };
        if let Some(why) = why {
            draft.leave(&Address::new(Kind::ServiceRole, &row.name), why);
        }
    }
}

/// Whether a role is as a row has it, under a path.
pub(super) fn is_as_required(draft: &Draft<'_>, row: &ServiceRole, role: &Role, path: &str) -> bool {
    let partition = partitions::of_region(&draft.census.home_region).name.as_str();
    let named = |text: &str| text.replace("{partition}", partition);
    let managed: BTreeSet<String> = row.managed_policies.iter().map(|arn| named(arn)).collect();
    let trust = statement("sts:AssumeRole", &[("Principal", json!({ "Service": row.principal }))]);
    let inline = row.inline_policy.as_ref().is_none_or(|wanted| {
        let document = statement(&wanted.action, &[("Resource", json!(named(&wanted.resource)))]);
        role.inline_policies.get(&wanted.name).is_some_and(|live| policy::same(live, &document))
    });
    role.path == path
        && policy::same(&role.trust, &trust)
        && managed.is_subset(&role.managed_policies)
        && inline
}

fn statement(action: &str, members: &[(&str, Value)]) -> Value {
    let mut one = json!({ "Effect": "Allow", "Action": action });
    for (key, value) in members {
        one[key] = value.clone();
    }
    json!({ "Version": "2012-10-17", "Statement": [one] })
}
