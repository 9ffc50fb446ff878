//! IAM Identity Center: permission sets, groups and who is assigned where, as far as the
//! document speaks of them.
//!
//! Assignments are asked for principal by principal, one chain of pages for each group
//! or user. What they mean needs the accounts, so reading and filling in are two steps.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::everybody;
use super::findings::Findings;
use super::people::People;
use super::units;
use super::wanted::{Wanted, key, leaves};
use crate::cloud::inventory::accounts::Account;
use crate::cloud::inventory::assignments::{self, Principal};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::identity_center::{self, Instance};
use crate::cloud::inventory::organization::{Organization, Root};
use crate::cloud::inventory::permission_sets::{self, PermissionSet};
use crate::cloud::inventory::{identity_store, units as tree};
use crate::cloud::{CallError, Connection};
use crate::model::resource::Presence;
use crate::model::{Address, Attributes, Fields, Kind, Live, Resource};

const KINDS: [Kind; 3] = [Kind::PermissionSet, Kind::Group, Kind::Assignment];

/// Groups, none where there is no such group.
type Groups = BTreeMap<Address, Result<Option<Live>, CallError>>;

/// What Identity Center told.
#[derive(Debug, Default)]
pub(super) struct Centre {
    there: bool,
    sets: BTreeMap<Address, Result<Option<Set>, CallError>>,
    groups: Groups,
    assignments: BTreeMap<Address, Result<Relation, CallError>>,
}

/// A permission set that exists.
#[derive(Debug)]
struct Set {
    live: Live,
    provisioned: bool,
}

/// What an assignment's two sides are, and where they meet.
#[derive(Debug, Default)]
struct Relation {
    attributes: Attributes,
    /// Ids of accounts.
    accounts: BTreeSet<String>,
    /// A user whom Identity Center does not have.
    unknown_user: Option<String>,
}

/// Asks Identity Center; nothing when nobody wants to know.
pub(super) async fn read(connection: &Connection, wanted: &Wanted<'_>) -> Option<Result<Centre, CallError>> {
    if !wanted.any(&KINDS) {
        return None;
    }
    Some(ask(connection, wanted).await)
}

async fn ask(connection: &Connection, wanted: &Wanted<'_>) -> Result<Centre, CallError> {
    let Some(instance) = identity_center::instance(connection).await? else {
        return Ok(Centre::default());
    };
    let (sets, groups, relations) =
        (wanted.kind(Kind::PermissionSet), wanted.kind(Kind::Group), wanted.kind(Kind::Assignment));
    let of_relations = relations.iter().filter_map(|one| key(one, "permission_set_name"));
    let names = sets.iter().map(|set| set.address.name.as_str()).chain(of_relations).map(str::to_owned);
    let named = permission_sets::named(connection, &instance, &names.collect()).await?;
    let sets = sets.into_iter().map(|resource| {
        let (connection, instance, resource) = (connection.clone(), instance.clone(), resource.clone());
        let found = named.get(&resource.address.name).cloned();
        async move {
            let seen = match found {
                Some(found) => set(&connection, &instance, &resource, found).await.map(Some),
                None => Ok(None),
            };
            (resource.address, seen)
        }
    });
    let groups = groups.into_iter().map(|resource| {
        let (connection, instance, resource) = (connection.clone(), instance.clone(), resource.clone());
        async move {
            let seen = group(&connection, &instance, &resource).await;
            (resource.address, seen)
        }
    });
    let holders = async {
        let groups: Groups = fan_out(groups.collect()).await.into_iter().collect();
        let assignments = assigned(connection, &instance, &relations, &named, &groups).await;
        (groups, assignments)
    };
    let (sets, (groups, assignments)) = tokio::join!(fan_out(sets.collect()), holders);
    Ok(Centre { there: true, sets: sets.into_iter().collect(), groups, assignments })
}

/// A set with all that is spoken of.
async fn set(
    connection: &Connection,
    instance: &Instance,
    resource: &Resource,
    found: PermissionSet,
) -> Result<Set, CallError> {
    let arn = found.arn.as_str();
    let asked = |group: &str| resource.whole.contains(group) || !leaves(resource, group).is_empty();
    let texts = [
        ("description", found.description.clone()),
        ("session_duration", found.session_duration.clone()),
        ("relay_state", found.relay_state.clone()),
    ];
    let mut fields: Fields =
        texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text?)))).collect();
    if asked("managed_policies") {
        let all = permission_sets::managed(connection, instance, arn).await?;
        fields.extend(all.into_iter().map(|policy| (format!("managed_policies.{policy}"), json!(true))));
    }
    if asked("customer_managed_policies") {
        let all = permission_sets::customer_managed(connection, instance, arn).await?;
        let leaf = |policy| (format!("customer_managed_policies.{policy}"), json!(true));
        fields.extend(all.into_iter().map(leaf));
    }
    if asked("inline_policy") {
        let document = permission_sets::inline(connection, instance, arn).await?;
        fields.extend(document.map(|document| ("inline_policy.document".to_owned(), document)));
    }
    if asked("permissions_boundary") {
        let policy = permission_sets::boundary(connection, instance, arn).await?;
        fields.extend(policy.map(|policy| ("permissions_boundary.policy".to_owned(), policy)));
    }
    if asked("tags") {
        let tags = permission_sets::tags(connection, instance, arn).await?;
        fields.extend(tags.into_iter().map(|(key, value)| (format!("tags.{key}"), json!(value))));
    }
    let provisioned = permission_sets::is_provisioned(connection, instance, arn).await?;
    let outdated = if provisioned {
        permission_sets::outdated(connection, instance, arn).await?
    } else {
        BTreeSet::new()
    };
    fields.insert("outdated".to_owned(), json!(outdated));
    let attributes = Attributes::from([("arn".to_owned(), found.arn.clone())]);
    Ok(Set { live: Live { fields, attributes }, provisioned })
}

async fn group(
    connection: &Connection,
    instance: &Instance,
    resource: &Resource,
) -> Result<Option<Live>, CallError> {
    let Some(id) = identity_store::group_id(connection, instance, &resource.address.name).await? else {
        return Ok(None);
    };
    let mut fields = Fields::new();
    if resource.fields.contains_key("description") {
        let description = identity_store::group_description(connection, instance, &id).await?;
        fields.extend(description.map(|text| ("description".to_owned(), json!(text))));
    }
    Ok(Some(Live { fields, attributes: Attributes::from([("id".to_owned(), id)]) }))
}

/// Who an assignment is about: the sort and the name.
fn subject(relation: &Resource) -> Option<(bool, String)> {
    let group = key(relation, "group").map(|name| (false, name.to_owned()));
    group.or_else(|| key(relation, "user").map(|name| (true, name.to_owned())))
}

/// What one principal has; none when there is no such group or user.
type Held = Result<Option<(Principal, Vec<assignments::Assigned>)>, CallError>;

async fn assigned(
    connection: &Connection,
    instance: &Instance,
    relations: &[&Resource],
    sets: &BTreeMap<String, PermissionSet>,
    groups: &Groups,
) -> BTreeMap<Address, Result<Relation, CallError>> {
    let subjects: BTreeSet<(bool, String)> = relations.iter().filter_map(|one| subject(one)).collect();
    let questions = subjects.into_iter().map(|(user, name)| {
        let (connection, instance) = (connection.clone(), instance.clone());
        let known = known(groups, &name).filter(|_| !user);
        async move {
            let held = held(&connection, &instance, user, &name, known).await;
            ((user, name), held)
        }
    });
    let by_subject: BTreeMap<(bool, String), Held> = fan_out(questions.collect()).await.into_iter().collect();
    let relation = |resource: &&Resource| {
        let subject = subject(resource)?;
        let set = key(resource, "permission_set_name").and_then(|name| sets.get(name));
        Some((resource.address.clone(), relation(&subject, by_subject.get(&subject)?, set)))
    };
    relations.iter().filter_map(relation).collect()
}

/// The id of a group that was read already, none for one that is not there; nothing for
/// one that was not read.
fn known(groups: &Groups, name: &str) -> Option<Option<String>> {
    let seen = groups.get(&Address::new(Kind::Group, name))?.as_ref().ok()?;
    Some(seen.as_ref().and_then(|live| live.attribute("id")).map(str::to_owned))
}

async fn held(
    connection: &Connection,
    instance: &Instance,
    user: bool,
    name: &str,
    known: Option<Option<String>>,
) -> Held {
    let id = match known {
        Some(id) => id.map(Principal::Group),
        None if user => identity_store::user_id(connection, instance, name).await?.map(Principal::User),
        None => identity_store::group_id(connection, instance, name).await?.map(Principal::Group),
    };
    let Some(principal) = id else { return Ok(None) };
    let all = assignments::of(connection, instance, &principal, None).await?;
    Ok(Some((principal, all)))
}

fn relation(
    (user, name): &(bool, String),
    held: &Held,
    set: Option<&PermissionSet>,
) -> Result<Relation, CallError> {
    let Some((principal, all)) = held.as_ref().map_err(Clone::clone)? else {
        return Ok(Relation { unknown_user: user.then(|| name.clone()), ..Relation::default() });
    };
    let Some(set) = set else { return Ok(Relation::default()) };
    Ok(Relation {
        attributes: Attributes::from([
            ("permission_set".to_owned(), set.arn.clone()),
            ("principal".to_owned(), principal.id().to_owned()),
        ]),
        accounts: all
            .iter()
            .filter(|one| one.permission_set == set.arn)
            .map(|one| one.account.clone())
            .collect(),
        unknown_user: None,
    })
}

/// Fills in what was learned, with accounts by the names that the document has for them.
pub(super) fn observe(
    wanted: &Wanted<'_>,
    centre: Option<Result<Centre, CallError>>,
    organization: &Organization,
    root: &Root,
    people: &People,
    findings: &mut Findings,
) {
    let centre = match centre {
        None => return,
        Some(Ok(centre)) => centre,
        Some(Err(error)) => {
            KINDS.iter().for_each(|kind| findings.gap_all(&wanted.kind(*kind), &error));
            return;
        }
    };
    findings.facts.identity_center = Some(centre.there);
    for resource in wanted.kind(Kind::PermissionSet) {
        match centre.sets.get(&resource.address) {
            Some(Ok(Some(set))) => {
                if set.provisioned {
                    findings.facts.copied.insert(resource.address.clone());
                }
                findings.see(resource, set.live.clone());
            }
            Some(Err(error)) => findings.gap(resource, error),
            Some(Ok(None)) | None => {}
        }
    }
    for resource in wanted.kind(Kind::Group) {
        match centre.groups.get(&resource.address) {
            Some(Ok(Some(live))) => findings.see(resource, live.clone()),
            Some(Err(error)) => findings.gap(resource, error),
            Some(Ok(None)) | None => {}
        }
    }
    let relations = wanted.kind(Kind::Assignment);
    let (tree, accounts) = match (&people.units, &people.accounts) {
        (Ok(tree), Ok(accounts)) => (tree, accounts),
        (Err(error), _) | (_, Err(error)) => return findings.gap_all(&relations, error),
    };
    let names = everybody::names(wanted, organization, accounts, findings);
    note_below(wanted, root, tree, accounts, &names, findings);
    for resource in relations {
        match centre.assignments.get(&resource.address) {
            Some(Ok(relation)) => meet(resource, relation, &names, findings),
            Some(Err(error)) => findings.gap(resource, error),
            None => {}
        }
    }
}

/// Notes which accounts are below the units that assignments name, as far as the
/// document does not place them.
fn note_below(
    wanted: &Wanted<'_>,
    root: &Root,
    tree: &[tree::Unit],
    accounts: &[Account],
    names: &BTreeMap<String, String>,
    findings: &mut Findings,
) {
    let units_wanted = wanted.kind(Kind::OrganizationalUnit);
    let found = units::matched(&units_wanted, tree, root);
    let placed: BTreeSet<&str> = wanted
        .kind(Kind::Account)
        .into_iter()
        .filter(|resource| resource.fields.contains_key("unit"))
        .map(|resource| resource.address.name.as_str())
        .collect();
    let asked: BTreeSet<Address> = wanted
        .kind(Kind::Assignment)
        .iter()
        .flat_map(|one| one.below())
        .flat_map(|(_, units)| units)
        .collect();
    // Most accounts are placed by the document, and units that are asked about are many.
    let elsewhere: Vec<(&String, &Account)> = accounts
        .iter()
        .filter_map(|account| Some((names.get(&account.id)?, account)))
        .filter(|(name, _)| *name != "management" && !placed.contains(name.as_str()))
        .collect();
    for address in asked {
        let id = match address.kind {
            Kind::Organization => Some(root.id.as_str()),
            _ => address.name.parse().ok().and_then(|path| found.get(&path)).map(|unit| unit.id.as_str()),
        };
        let inside = id.filter(|_| !elsewhere.is_empty()).map(|id| below(id, tree)).unwrap_or_default();
        let here = |(_, account): &&(&String, &Account)| {
            account.parent.as_deref().is_some_and(|parent| inside.contains(parent))
        };
        let members = elsewhere.iter().filter(here);
        let members = members.map(|(name, account)| ((*name).clone(), account.id.clone())).collect();
        findings.facts.accounts_below.insert(address, members);
    }
}

/// A unit and all that is below it, by id. Parents stand before their children.
fn below<'t>(top: &'t str, tree: &'t [tree::Unit]) -> BTreeSet<&'t str> {
    let mut inside = BTreeSet::from([top]);
    for unit in tree {
        if inside.contains(unit.parent.as_str()) {
            inside.insert(&unit.id);
        }
    }
    inside
}

/// An assignment is there as soon as it is so in one account.
fn meet(resource: &Resource, relation: &Relation, names: &BTreeMap<String, String>, findings: &mut Findings) {
    let gone = resource.presence == Presence::Remove;
    if let Some(user) = relation.unknown_user.as_ref().filter(|_| !gone) {
        findings.facts.unknown_users.insert(resource.address.clone(), user.clone());
    }
    let leaf = |id: &String| Some((format!("accounts.{}", names.get(id)?), Value::String(id.clone())));
    let fields: Fields = relation.accounts.iter().filter_map(leaf).collect();
    if !fields.is_empty() {
        findings.see(resource, Live { fields, attributes: relation.attributes.clone() });
    }
}
