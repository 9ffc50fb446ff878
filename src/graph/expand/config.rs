//! AWS Config in `security`: an aggregator, and rules and conformance packs in each Region.
//!
//! They come after everything that lets accounts record, because in an account without a
//! recorder they fail.

use serde_json::{Value, json};

use super::{
    Expansion, account, account_id, management_id, organization, resource, the_landing_zone, the_organization,
};
use crate::graph::edge::Edge;
use crate::model::region::Region;
use crate::model::resource::Presence;
use crate::model::{Address, Kind, Origin, Resource, canonical};
use crate::spec::config::Config;

/// The document's name for the management account.
const MANAGEMENT: &str = "management";
/// The type of control that repairs.
const RESPONSIVE: &str = "responsive";
const AGGREGATION: &str = "config.amazonaws.com";
const DEPLOYMENT: &str = "config-multiaccountsetup.amazonaws.com";

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    let Some(said) = spec.security.as_ref().and_then(|security| security.config.as_ref()) else { return };
    if let Some(one) = &said.aggregator {
        let mut wanted = resource(Address::new(Kind::ConfigAggregator, &one.name), Some(&one.origin));
        wanted.fields.insert("role".to_owned(), json!(one.role));
        let regions = if one.regions.is_empty() { json!(["all"]) } else { json!(one.regions) };
        wanted.fields.insert("regions".to_owned(), regions);
        let home = expansion.home_region.clone();
        place(expansion, said, &mut wanted, &one.name, &home);
        finish(expansion, said, wanted, AGGREGATION, &one.origin);
    }
    for region in expansion.regions_of("config") {
        for (name, rule) in &said.rules {
            let mut wanted = resource(in_region(Kind::ConfigRule, name, &region), Some(&rule.origin));
            wanted.fields.insert("definition".to_owned(), rule.definition.clone());
            wanted.fields.insert("excluded".to_owned(), ids(&rule.exclude));
            wanted.keys.insert("purpose".to_owned(), json!(rule.purpose));
            deploy(expansion, said, wanted, name, &region, &rule.origin);
        }
        for (name, pack) in said.packs.iter().filter(|(_, pack)| !pack.exclude_regions.contains(&region)) {
            let mut wanted = resource(in_region(Kind::ConformancePack, name, &region), Some(&pack.origin));
            let mark = canonical::digest(&pack.template).unwrap_or_default();
            wanted.fields.insert("template".to_owned(), json!(pack.template));
            wanted.fields.insert("digest".to_owned(), json!(mark));
            wanted.fields.insert("mark".to_owned(), json!(mark));
            wanted.fields.insert("parameters".to_owned(), json!(pack.parameters));
            wanted.fields.insert("excluded".to_owned(), ids(&pack.exclude));
            wanted.keys.insert("purpose".to_owned(), json!(pack.purpose));
            roles_first(expansion, &wanted.address, &pack.purpose);
            deploy(expansion, said, wanted, name, &region, &pack.origin);
        }
    }
}

/// What repairs does so with roles of the accounts, which stack sets lay there that are for repairing, too.
fn roles_first(expansion: &mut Expansion<'_>, pack: &Address, purpose: &str) {
    if purpose != RESPONSIVE {
        return;
    }
    for (name, set) in &expansion.spec.stack_sets {
        if set.purpose.as_deref() == Some(RESPONSIVE) {
            let set = Address::new(Kind::StackSet, name);
            expansion.graph.connect(Edge::settled(pack, &set, "roles-before-remediation"));
        }
    }
}

/// One that shall go; who holds it is said by the rest of the document.
pub(super) fn removal(expansion: &mut Expansion<'_>, mut unwanted: Resource) {
    unwanted.presence = Presence::Remove;
    let said = expansion.spec.security.as_ref().and_then(|security| security.config.as_ref());
    let delegated = expansion.spec.delegated_administrators.get("config");
    let holder = said.map(|said| said.administrator.clone());
    let holder = holder.or_else(|| delegated.and_then(|one| one.accounts.first().cloned()));
    let name = unwanted.address.name.clone();
    let (name, region) = name.split_once('/').unwrap_or((&name, expansion.home_region.as_str()));
    keys(&mut unwanted, holder.as_deref().unwrap_or(MANAGEMENT), name, region);
    let me = unwanted.address.clone();
    expansion.graph.connect(Edge::exists(&me, &the_organization(), "organization-first"));
    // Whoever goes out of office can no longer take it away.
    let office = super::delegation::administrators_of("config");
    expansion.graph.connect(Edge::settled(&office, &me, "deployments-before-dismissal"));
    expansion.graph.add(unwanted);
}

fn in_region(kind: Kind, name: &str, region: &Region) -> Address {
    Address::new(kind, format!("{name}/{region}"))
}

fn ids(names: &std::collections::BTreeSet<String>) -> Value {
    let id = |name: &String| if name == MANAGEMENT { management_id() } else { account_id(name) };
    names.iter().map(id).collect()
}

fn keys(wanted: &mut Resource, administrator: &str, name: &str, region: &str) {
    if administrator != MANAGEMENT {
        wanted.keys.insert("account".to_owned(), account_id(administrator));
    }
    wanted.keys.insert("name".to_owned(), json!(name));
    wanted.keys.insert("region".to_owned(), json!(region));
}

fn place(expansion: &mut Expansion<'_>, said: &Config, wanted: &mut Resource, name: &str, region: &Region) {
    keys(wanted, &said.administrator, name, region.as_str());
    let me = &wanted.address;
    expansion.graph.connect(Edge::exists(me, &the_organization(), "organization-first"));
    expansion.graph.connect(Edge::settled(me, &the_landing_zone(), "landing-zone-before-delegation"));
    if said.administrator != MANAGEMENT {
        let who = account(&said.administrator);
        expansion.graph.connect(Edge::settled(me, &who, "administrator-in-place-first"));
    }
}

fn deploy(
    expansion: &mut Expansion<'_>,
    said: &Config,
    mut wanted: Resource,
    name: &str,
    region: &Region,
    origin: &Origin,
) {
    wanted.fields.insert("failed".to_owned(), json!([]));
    place(expansion, said, &mut wanted, name, region);
    let me = wanted.address.clone();
    for (path, unit) in &expansion.spec.units {
        for word in unit.baselines.iter().filter(|word| *word != "backup") {
            let baseline = super::baselines::baseline_on(path, word);
            expansion.graph.connect(Edge::settled(&me, &baseline, "recorders-before-rules"));
        }
    }
    finish(expansion, said, wanted, DEPLOYMENT, origin);
}

/// The management account's own call gives the trust; another administrator needs it for its office.
fn finish(expansion: &mut Expansion<'_>, said: &Config, wanted: Resource, principal: &str, origin: &Origin) {
    let me = wanted.address.clone();
    let office = super::delegation::administrators_of("config");
    let access = organization::needed(expansion, principal, origin);
    expansion.graph.connect(Edge::settled(&access, &the_landing_zone(), "landing-zone-before-delegation"));
    expansion.graph.connect(Edge::settled(&me, &access, "trust-before-delegation"));
    if said.administrator != MANAGEMENT {
        expansion.graph.connect(Edge::settled(&me, &office, "administrator-before-settings"));
    }
    expansion.graph.add(wanted);
}
