//! `stack_sets`: what stands in every account of some units.
//!
//! AWS carries it into the accounts, also into those that come later; lzctl never goes from
//! account to account itself.

use serde_json::json;

use super::{
    Expansion, account, account_id, organization, resource, the_landing_zone, the_organization, unit,
};
use crate::graph::edge::Edge;
use crate::model::resource::Presence;
use crate::model::{Address, Kind, Resource, reference};
use crate::spec::document::{Placement, Target};
use crate::spec::stack_sets::StackSet;

/// The principal whose trust lets stack sets deploy to members.
const PRINCIPAL: &str = "member.org.stacksets.cloudformation.amazonaws.com";
/// The service's word under `delegated_administrators`.
const WORD: &str = "cloudformation-stacksets";

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    for (name, said) in &spec.stack_sets {
        one(expansion, name, said);
    }
}

fn one(expansion: &mut Expansion<'_>, name: &str, said: &StackSet) {
    let me = Address::new(Kind::StackSet, name);
    let mut wanted = resource(me.clone(), Some(&said.origin));
    wanted.whole.insert("targets".to_owned());
    let mut put = |field: &str, value| wanted.fields.insert(field.to_owned(), value);
    put("template", json!(said.template));
    put("parameters", json!(said.parameters));
    put("capabilities", json!(said.capabilities));
    put("auto_deployment", json!(said.auto_deployment));
    put("retain", json!(said.retain));
    put("failed", json!([]));
    if let Some(description) = &said.description {
        put("description", json!(description));
    }
    if let Some(tags) = &said.tags {
        put("tags", json!(tags));
    }
    for target in &said.targets {
        let (name, id) = match target {
            Target::Root => ("root".to_owned(), reference::from(&the_organization(), "root_id")),
            Target::Unit(path) => (path.to_string(), reference::from(&unit(path), "id")),
            Target::Id(id) if id.starts_with("ou-") => (id.clone(), json!(id)),
            Target::Account(_) | Target::Management | Target::Id(_) => continue,
        };
        put(&format!("targets.{name}"), json!({ "unit": id, "regions": said.regions }));
    }
    wanted.keys.insert("region".to_owned(), json!(expansion.home_region));
    if let Some(purpose) = &said.purpose {
        wanted.keys.insert("purpose".to_owned(), json!(purpose));
    }
    if let Some(administrator) = &said.administrator {
        wanted.keys.insert("account".to_owned(), account_id(administrator));
        let office = super::delegation::administrators_of(WORD);
        expansion.graph.connect(Edge::settled(&me, &office, "administrator-before-settings"));
    }
    let access = organization::needed(expansion, PRINCIPAL, &said.origin);
    expansion.graph.connect(Edge::exists(&me, &the_organization(), "organization-first"));
    expansion.graph.connect(Edge::settled(&me, &the_landing_zone(), "landing-zone-before-delegation"));
    expansion.graph.connect(Edge::settled(&me, &access, "trust-before-stack-sets"));
    // Accounts that move while an operation runs would be deployed to twice over.
    for (account_name, member) in &expansion.spec.accounts {
        if !matches!(member.placement, Placement::Unsaid) {
            let edge = Edge::settled(&me, &account(account_name), "accounts-before-stacks");
            expansion.graph.connect(edge.only(&["deploy"]));
        }
    }
    expansion.graph.add(wanted);
}

/// One that shall go, with all its stacks.
pub(super) fn removal(expansion: &mut Expansion<'_>, mut unwanted: Resource) {
    unwanted.presence = Presence::Remove;
    unwanted.whole.insert("targets".to_owned());
    unwanted.keys.insert("region".to_owned(), json!(expansion.home_region));
    let me = unwanted.address.clone();
    expansion.graph.connect(Edge::exists(&me, &the_organization(), "organization-first"));
    expansion.graph.add(unwanted);
}
