//! What governs an organization in a simulated AWS: policies, administrators, controls, access of people.
//!
//! In: a world. Out: each under its natural key, in an inventory. Absent: what Control Tower and Identity Center
//! make by themselves and name by chance, such as the policies that carry controls.

use std::collections::BTreeMap;

use serde_json::Value;

use super::inventory::{Inventory, Names, value};
use crate::sim::World;
use crate::sim::services::organizations::Organization;

/// The beginning of the names of policies that carry Control Tower's controls.
const GUARDRAILS: &str = "aws-guardrails-";

/// Names for the ids that AWS draws.
pub(super) fn name(world: &World, organization: &Organization, names: &mut BTreeMap<String, String>) {
    for (id, policy) in &organization.policies {
        names.insert(id.clone(), policy.name.clone());
    }
    for instance in world.sso_admin.instances.values() {
        names.extend(instance.sets.iter().map(|(arn, set)| (arn.clone(), set.name.clone())));
    }
    for store in world.identity_store.stores.values() {
        for (id, group) in &store.groups {
            let told = group.attributes.get("DisplayName").and_then(Value::as_str);
            names.extend(told.map(|told| (id.clone(), told.to_owned())));
        }
    }
}

impl Inventory {
    pub(super) fn governance(&mut self, world: &World, organization: &Organization, names: &Names) {
        self.policies(organization, names);
        for (account, services) in &organization.delegated {
            for principal in services.keys() {
                self.add(format!("administrator {principal}"), names.plain(account).to_owned());
            }
        }
        if let Some(policy) = &organization.resource_policy {
            self.add("resource policy".to_owned(), names.in_text(&value(policy)["content"].to_string()));
        }
        self.controls(world, names);
        self.access(world, names);
    }

    fn policies(&mut self, organization: &Organization, names: &Names) {
        let made = |name: &str| !name.starts_with(GUARDRAILS);
        for policy in organization.policies.values().filter(|policy| made(&policy.name)) {
            let what = format!("{} {:?} {}", policy.description, policy.tags, policy.content);
            self.add(format!("policy {} {}", policy.kind, policy.name), names.in_text(&what));
        }
        for (one, others) in &organization.attachments {
            let others = others.iter().map(|other| names.plain(other)).filter(|name| made(name));
            let told: Vec<&str> = others.collect();
            if made(names.plain(one)) && !told.is_empty() {
                self.add(format!("attachments of {}", names.plain(one)), told.join(", "));
            }
        }
    }

    fn controls(&mut self, world: &World, names: &Names) {
        let state = value(&*world.control_tower);
        for (_, enabled) in state.get("enabled_controls").and_then(Value::as_object).into_iter().flatten() {
            let part = |name: &str| enabled.get(name).cloned().unwrap_or_default();
            let target = part("target_id");
            let place = names.plain(target.as_str().unwrap_or_default());
            let what = format!("{} {}", part("status"), part("parameters"));
            self.add(format!("control {} {place}", part("control")), what);
        }
    }

    fn access(&mut self, world: &World, names: &Names) {
        for instance in world.sso_admin.instances.values() {
            for set in instance.sets.values() {
                let what = format!(
                    "{:?} {} {:?} {:?} {:?} {}",
                    set.description,
                    set.session_duration,
                    set.tags,
                    set.managed,
                    set.inline,
                    value(&set.customer)
                );
                self.add(format!("permission set {}", set.name), what);
            }
            for assignment in &instance.assignments {
                let (set, who) = (names.plain(&assignment.set), names.plain(&assignment.principal));
                let place = names.plain(&assignment.account);
                self.add(format!("assignment of {set} to {who} in {place}"), String::new());
            }
        }
        for group in world.identity_store.stores.values().flat_map(|store| store.groups.values()) {
            let told = group.attributes.get("DisplayName").and_then(Value::as_str).unwrap_or_default();
            self.add(format!("group {told}"), String::new());
        }
    }
}
