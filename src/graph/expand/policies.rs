//! `policies`: the policy types they need, and the policies with their targets.
//!
//! A policy comes into force last: what Control Tower registers must not meet a
//! policy of ours on the way.

use serde_json::{Value, json};

use super::{
    Expansion, account, account_id, management_id, resource, the_landing_zone, the_organization, unit, units,
};
use crate::catalog::policy_types;
use crate::graph::edge::Edge;
use crate::model::resource::Presence;
use crate::model::unit_path::UnitPath;
use crate::model::{Address, Kind, Origin, reference};
use crate::spec::document::{MANAGEMENT, Placement, Policy, ROOT, Target};

/// The verbs that bring a policy into force.
const IN_FORCE: &[&str] = &["attach", "detach"];

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    for (name, said) in &expansion.spec.policies {
        one(expansion, name, said);
    }
}

/// One policy with its type and its order; gives its address. For whatever writes policies, not
/// only for this section.
pub(super) fn one(expansion: &mut Expansion<'_>, name: &str, said: &Policy) -> Address {
    let address = Address::new(Kind::Policy, name);
    let mut wanted = resource(address.clone(), Some(&said.origin));
    wanted.keys.insert("type".to_owned(), json!(said.kind));
    if let Some(purpose) = &said.purpose {
        wanted.keys.insert("purpose".to_owned(), json!(purpose));
    }
    if said.aws_managed {
        wanted.keys.insert("aws_managed".to_owned(), json!(true));
        // It is there as soon as the organization is, and never made by us.
        wanted.presence = Presence::MadeByAnother;
    } else {
        wanted.fields.insert("name".to_owned(), json!(said.name.as_deref().unwrap_or(name)));
        wanted.fields.extend(said.description.iter().map(|text| ("description".to_owned(), json!(text))));
        wanted.fields.extend(said.content.iter().map(|content| ("content".to_owned(), content.clone())));
        wanted.keys.extend(said.renamed_from.iter().map(|old| ("renamed_from".to_owned(), json!(old))));
        if said.targets.is_some() {
            wanted.whole.insert("targets".to_owned());
        }
    }
    super::leaves(&mut wanted.fields, "tags", said.tags.iter().map(|(key, value)| (key, json!(value))));
    for target in said.targets.iter().flatten() {
        wanted.fields.insert(format!("targets.{}", leaf(expansion, target)), id(target));
    }
    for target in &said.detached_from {
        let leaf = leaf(expansion, target);
        wanted.keys.insert(format!("not.{leaf}"), id(target));
        wanted.fields.insert(format!("targets.{leaf}"), Value::Null);
        if policy_types::by_name(&said.kind).is_some_and(|row| row.everywhere.as_deref() == Some(name)) {
            wanted.at_creation.insert(format!("targets.{leaf}"), id(target));
        }
    }
    expansion.graph.connect(Edge::exists(&address, &the_organization(), "organization-first"));
    let enabled = enable(expansion, &said.kind, &said.origin);
    expansion.graph.connect(Edge::settled(&address, &enabled, "policy-type-first").only(IN_FORCE));
    after_registration(expansion, &address, said);
    expansion.graph.add(wanted);
    address
}

/// Adds a policy type and what it needs; gives its address. For whatever writes
/// policies of a type, not only for this section.
pub(super) fn enable(expansion: &mut Expansion<'_>, kind: &str, origin: &Origin) -> Address {
    let address = Address::new(Kind::PolicyType, policy_types::word_of(kind));
    let mut wanted = resource(address.clone(), Some(origin));
    wanted.keys.insert("type".to_owned(), json!(kind));
    expansion.graph.connect(Edge::exists(&address, &the_organization(), "organization-first"));
    let zone = Edge::settled(&address, &the_landing_zone(), "policy-type-after-landing-zone");
    expansion.graph.connect(zone);
    let service = policy_types::by_name(kind).and_then(|row| row.trusted_access.as_ref());
    if let Some(service) = service {
        let access = Address::new(Kind::TrustedAccess, service);
        let mut trusted = resource(access.clone(), None);
        trusted.presence = Presence::OnDemand;
        super::organization::trust(expansion, trusted);
        let zone = Edge::settled(&access, &the_landing_zone(), "trusted-access-after-landing-zone");
        expansion.graph.connect(zone);
        expansion.graph.connect(Edge::settled(&address, &access, "trusted-access-before-policy-type"));
    }
    expansion.graph.add(wanted);
    address
}

/// The name of a target within the field group.
pub(super) fn leaf(expansion: &Expansion<'_>, target: &Target) -> String {
    // The root and the management account keep their words, whoever else is called so.
    let taken = |name: &str| [ROOT, MANAGEMENT].contains(&name);
    match target {
        Target::Root => ROOT.to_owned(),
        Target::Management => MANAGEMENT.to_owned(),
        Target::Unit(path) if taken(path.as_str()) => format!("unit:{path}"),
        Target::Unit(path) => path.to_string(),
        // A unit of the same name keeps the plain word.
        Target::Account(name)
            if taken(name)
                || name.parse::<UnitPath>().is_ok_and(|path| expansion.spec.units.contains_key(&path)) =>
        {
            format!("account:{name}")
        }
        Target::Account(name) => name.clone(),
        Target::Id(id) => id.clone(),
    }
}

/// The id of a target as a value.
pub(super) fn id(target: &Target) -> Value {
    match target {
        Target::Root => reference::from(&the_organization(), "root_id"),
        Target::Management => management_id(),
        Target::Unit(path) => reference::from(&unit(path), "id"),
        Target::Account(name) => account_id(name),
        Target::Id(id) => json!(id),
    }
}

/// Attaching waits for the landing zone, for the accounts, and for whatever is
/// registered at or below the targets.
fn after_registration(expansion: &mut Expansion<'_>, address: &Address, said: &Policy) {
    let spec = expansion.spec;
    let mut waits = vec![the_landing_zone()];
    let mut registered = |path: &UnitPath| {
        let words = spec.units.get(path).into_iter().flat_map(|section| &section.baselines);
        waits.extend(words.map(|word| Address::new(Kind::Baseline, format!("{path}:{word}"))));
    };
    for target in said.targets.iter().flatten().chain(&said.detached_from) {
        match target {
            Target::Root => spec.units.keys().for_each(&mut registered),
            Target::Unit(top) => units::at_and_below(&spec.units, top).for_each(|(path, _)| registered(path)),
            Target::Account(name) => {
                if let Some(Placement::Unit(at)) = spec.accounts.get(name).map(|said| &said.placement) {
                    registered(at);
                }
            }
            Target::Management | Target::Id(_) => {}
        }
    }
    let targets = said.targets.iter().flatten().chain(&said.detached_from);
    waits.extend(targets.filter_map(|target| match target {
        Target::Account(name) => Some(account(name)),
        _ => None,
    }));
    for provider in waits {
        let edge = Edge::settled(address, &provider, "policies-after-registration").only(&["attach"]);
        expansion.graph.connect(edge);
    }
}
