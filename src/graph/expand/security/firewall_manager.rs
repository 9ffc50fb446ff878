//! Policies of Firewall Manager, Region by Region, in the account of its administrator.
//!
//! What is for units covers also the accounts that come into them later; AWS follows them itself.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Service;
use crate::graph::expand::{Expansion, account_id, management_id, unit};
use crate::model::region::Region;
use crate::model::{Address, Kind, Resource, reference};
use crate::spec::document::Target;
use crate::spec::security::FirewallPolicy;

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    let said = spec.security.as_ref().and_then(|security| security.firewall_manager.as_ref());
    let Some(said) = said else { return };
    let Some(service) = Service::of("firewall_manager", &said.seat) else { return };
    for (name, policy) in &said.policies {
        let own: Vec<Region> = policy.regions.iter().cloned().collect();
        let regions = if own.is_empty() { service.regions(expansion) } else { own };
        for region in regions {
            let address = Address::new(Kind::FirewallPolicy, format!("{name}/{region}"));
            let mut wanted = service.set_by_administrator(expansion, address, region.as_str());
            wanted.origin = Some(policy.origin.clone());
            wanted.keys.insert("name".to_owned(), json!(name));
            wanted.keys.insert("purpose".to_owned(), json!(policy.purpose));
            fill(&mut wanted, policy);
            expansion.graph.add(wanted);
        }
    }
}

fn fill(wanted: &mut Resource, policy: &FirewallPolicy) {
    let mut put = |field: &str, value: Value| {
        wanted.fields.insert(field.to_owned(), value);
    };
    put("type", json!(policy.kind));
    put("data", policy.data.clone());
    if let Some(description) = &policy.description {
        put("description", json!(description));
    }
    put("resources", json!(policy.resources));
    put("tags", json!(policy.tags));
    put("tagged", json!(policy.tagged));
    put("remediate", json!(policy.remediate));
    put("clean_up", json!(policy.clean_up));
    put("accounts", accounts(&policy.targets));
    put("units", units(&policy.targets));
    put("except_accounts", accounts(&policy.except));
    put("except_units", units(&policy.except));
}

/// What the id of a unit begins with.
const UNIT: &str = "ou-";

fn accounts(targets: &BTreeSet<Target>) -> Value {
    let id = |target: &Target| match target {
        Target::Account(name) => Some(account_id(name)),
        Target::Management => Some(management_id()),
        Target::Id(id) if !id.starts_with(UNIT) => Some(json!(id)),
        Target::Root | Target::Unit(_) | Target::Id(_) => None,
    };
    targets.iter().filter_map(id).collect()
}

fn units(targets: &BTreeSet<Target>) -> Value {
    let id = |target: &Target| match target {
        Target::Unit(path) => Some(reference::from(&unit(path), "id")),
        Target::Id(id) if id.starts_with(UNIT) => Some(json!(id)),
        _ => None,
    };
    targets.iter().filter_map(id).collect()
}
