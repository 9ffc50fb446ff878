//! Rules by which Security Hub changes findings: one in each Region, since a rule is applied only
//! where it was made (Security Hub User Guide, create-automation-rules).

use serde_json::{Value, json};

use super::Service;
use crate::graph::edge::Edge;
use crate::graph::expand::{Expansion, account_id, management_id};
use crate::model::{Address, Kind};
use crate::spec::document::Target;
use crate::spec::security::SecurityHub;

/// The rules of the section, each after the hubs that it is made in: they come with what follows
/// the configuration policies.
pub(super) fn expand(
    expansion: &mut Expansion<'_>,
    service: Service<'_>,
    said: &SecurityHub,
    hubs: &Address,
) {
    for (name, rule) in &said.automation_rules {
        for region in service.regions(expansion) {
            let address = Address::new(Kind::AutomationRule, format!("{name}/{region}"));
            let mut wanted = service.set_by_administrator(expansion, address, region.as_str());
            wanted.origin = Some(rule.origin.clone());
            wanted.keys.insert("name".to_owned(), json!(name));
            let accounts: Value = rule.accounts.iter().filter_map(id).collect();
            for (field, value) in [
                ("order", json!(rule.order)),
                ("description", json!(rule.description)),
                ("enabled", json!(rule.enabled)),
                ("last", json!(rule.last)),
                ("criteria", rule.criteria.clone()),
                ("accounts", accounts),
                ("set", rule.set.clone()),
            ] {
                wanted.fields.insert(field.to_owned(), value);
            }
            let edge = Edge::settled(&wanted.address, hubs, "hubs-before-automation-rules");
            expansion.graph.connect(edge);
            expansion.graph.add(wanted);
        }
    }
}

fn id(account: &Target) -> Option<Value> {
    match account {
        Target::Account(name) => Some(account_id(name)),
        Target::Management => Some(management_id()),
        Target::Id(id) => Some(json!(id)),
        Target::Root | Target::Unit(_) => None,
    }
}
