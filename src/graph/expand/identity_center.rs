//! `identity_center`: permission sets, groups, and who is assigned where.
//!
//! A unit among the targets means every account below it. Those that the document
//! places there stand here by name, wherever they are now; a key names the unit for
//! those that only the live tree knows (see `docs/decisions/0007-accounts-below-a-unit.md`).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    Expansion, account_id, baselines, management_id, resource, the_landing_zone, the_organization, unit,
    units,
};
use crate::graph::edge::Edge;
use crate::model::resource::Presence;
use crate::model::unit_path::UnitPath;
use crate::model::{Address, Kind, Resource, reference};
use crate::spec::document::{MANAGEMENT, Placement, Target};
use crate::spec::identity_center::{Assignment, Boundary, Group, PermissionSet, Subject};

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let Some(said) = &expansion.spec.identity_center else {
        return;
    };
    for (name, set) in &said.permission_sets {
        let wanted = permission_set(name, set);
        add(expansion, wanted);
    }
    for (name, group) in &said.groups {
        let wanted = group_of(name, group);
        add(expansion, wanted);
    }
    let members = baselines::members(expansion);
    for one in &said.assignments {
        assignment(expansion, one, &members);
    }
}

/// Nothing of Identity Center exists before the organization, or before Control Tower
/// has set it up.
fn add(expansion: &mut Expansion<'_>, wanted: Resource) {
    let address = &wanted.address;
    expansion.graph.connect(Edge::exists(address, &the_organization(), "organization-first"));
    expansion.graph.connect(Edge::settled(address, &the_landing_zone(), "identity-center-first"));
    expansion.graph.add(wanted);
}

fn set_address(name: &str) -> Address {
    Address::new(Kind::PermissionSet, name)
}

fn group_address(name: &str) -> Address {
    Address::new(Kind::Group, name)
}

fn permission_set(name: &str, said: &PermissionSet) -> Resource {
    let mut wanted = resource(set_address(name), Some(&said.origin));
    let texts = [
        ("description", &said.description),
        ("session_duration", &said.session_duration),
        ("relay_state", &said.relay_state),
    ];
    let fields = &mut wanted.fields;
    fields
        .extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text.as_ref()?)))));
    for arn in said.managed_policies.iter().flatten() {
        fields.insert(format!("managed_policies.{arn}"), json!(true));
    }
    for policy in said.customer_managed_policies.iter().flatten() {
        fields.insert(format!("customer_managed_policies.{}{}", policy.path, policy.name), json!(true));
    }
    if let Some(Some(document)) = &said.inline_policy {
        fields.insert("inline_policy.document".to_owned(), document.clone());
    }
    if let Some(Some(boundary)) = &said.permissions_boundary {
        let policy = match boundary {
            Boundary::Managed(arn) => json!({ "managed": arn }),
            Boundary::Customer(policy) => json!({ "name": policy.name, "path": policy.path }),
        };
        fields.insert("permissions_boundary.policy".to_owned(), policy);
    }
    super::leaves(fields, "tags", said.tags.iter().map(|(key, value)| (key, json!(value))));
    fields.insert("outdated".to_owned(), json!([]));
    let whole = [
        ("managed_policies", said.managed_policies.is_some()),
        ("customer_managed_policies", said.customer_managed_policies.is_some()),
        ("inline_policy", said.inline_policy.is_some()),
        ("permissions_boundary", said.permissions_boundary.is_some()),
    ];
    wanted.whole = whole.into_iter().filter(|(_, said)| *said).map(|(group, _)| group.to_owned()).collect();
    wanted
}

fn group_of(name: &str, said: &Group) -> Resource {
    let mut wanted = resource(group_address(name), Some(&said.origin));
    wanted.fields.extend(said.description.iter().map(|text| ("description".to_owned(), json!(text))));
    if said.existing {
        wanted.presence = Presence::Existing;
    }
    wanted
}

/// Accounts by the unit that the document places them in.
type Members<'s> = BTreeMap<UnitPath, Vec<&'s String>>;

fn assignment(expansion: &mut Expansion<'_>, said: &Assignment, members: &Members<'_>) {
    let address = Address::new(Kind::Assignment, said.name());
    let mut wanted = resource(address.clone(), Some(&said.origin));
    let set = set_address(&said.permission_set);
    wanted.keys = keys(&said.permission_set, &said.subject);
    wanted.keys.insert("permission_set".to_owned(), reference::from(&set, "arn"));
    if let Subject::Group(name) = &said.subject {
        wanted.keys.insert("principal".to_owned(), reference::from(&group_address(name), "id"));
    }
    let below = fill(expansion, said, members, &mut wanted);
    if !below.is_empty() {
        wanted.keys.insert("accounts_below".to_owned(), json!(below));
    }
    wanted.whole.insert("accounts".to_owned());
    expansion.graph.connect(Edge::settled(&address, &set, "permission-set-before-assignment"));
    add(expansion, wanted);
}

/// What finds an assignment.
fn keys(set: &str, subject: &Subject) -> crate::model::Fields {
    let (sort, name) = match subject {
        Subject::Group(name) => ("group", name),
        Subject::User(name) => ("user", name),
    };
    [("permission_set_name".to_owned(), json!(set)), (sort.to_owned(), json!(name))].into()
}

/// The accounts that the document places where the targets are; gives the addresses of
/// the units whose other accounts only the live tree knows.
fn fill(
    expansion: &Expansion<'_>,
    said: &Assignment,
    members: &Members<'_>,
    wanted: &mut Resource,
) -> BTreeSet<Address> {
    let mut below = BTreeSet::new();
    let mut put = |name: &str, id: Value| {
        wanted.fields.insert(format!("accounts.{name}"), id);
    };
    for target in &said.targets {
        match target {
            Target::Management => put(MANAGEMENT, management_id()),
            // The management account keeps its word, whoever else is called so.
            Target::Account(name) if name == MANAGEMENT => put(&format!("account:{name}"), account_id(name)),
            Target::Account(name) => put(name, account_id(name)),
            Target::Id(id) => put(id, json!(id)),
            Target::Root => {
                let placed = expansion.spec.accounts.iter();
                let placed = placed.filter(|(_, account)| account.placement != Placement::Unsaid);
                placed.for_each(|(name, _)| put(name, account_id(name)));
                below.insert(the_organization());
            }
            Target::Unit(top) => {
                let inside = units::at_and_below(members, top).flat_map(|(_, names)| names);
                inside.for_each(|name| put(name, account_id(name)));
                below.insert(unit(top));
            }
        }
    }
    below
}

/// `remove` of a permission set, a group or an assignment: assignments go first.
pub(super) fn removal(
    expansion: &mut Expansion<'_>,
    address: &Address,
    mut wanted: Resource,
    going: &[(Address, &crate::model::Origin)],
) {
    let named = |other: &Address| crate::spec::identity_center::parse_name(&other.name);
    if address.kind == Kind::Assignment {
        if let Some((set, subject)) = named(address) {
            wanted.keys = keys(&set, &subject);
        }
        wanted.whole.insert("accounts".to_owned());
    }
    let of_others = going.iter().map(|(other, _)| other);
    let relations = of_others.filter(|other| other.kind == Kind::Assignment && *other != address);
    for other in relations {
        let Some((set, subject)) = named(other) else { continue };
        let about = match address.kind {
            Kind::PermissionSet => set == address.name,
            Kind::Group => subject == Subject::Group(address.name.clone()),
            _ => false,
        };
        if about {
            expansion.graph.connect(Edge::settled(address, other, "assignments-before-removal"));
        }
    }
    expansion.graph.add(wanted);
}
