//! Policy types of the root, and policies: matched by name within their type.
//!
//! Asked per type: the list. Asked per policy that is there: its document and its
//! targets, as far as the document speaks of them. Asked per target: what else of
//! the type is attached, where this document would attach or detach something, so
//! that the plan can count.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::findings::Findings;
use super::snapshot::PolicyQuota;
use super::standing_policies::{self, Beside};
use super::units::managed_tags;
use super::wanted::{Wanted, key, leaves};
use crate::catalog::policy_types;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::organization::Root;
use crate::cloud::inventory::policies::{self, Policy};
use crate::cloud::inventory::quotas::Quotas;
use crate::cloud::{CallError, Connection};
use crate::model::{Address, Attributes, Fields, Kind, Live, Resource};

/// The state of a policy type that is being switched off.
const PENDING_DISABLE: &str = "PENDING_DISABLE";

/// Notes which types are on, when policies or their types are asked about.
pub(super) fn note_types(asked: bool, root: &Root, findings: &mut Findings) {
    findings.facts.policy_types = asked.then(|| root.policy_types.clone());
}

/// Fills in the policy types that are on or being switched on.
pub(super) fn observe_types(wanted: &[&Resource], root: &Root, findings: &mut Findings) {
    for resource in wanted {
        let status = key(resource, "type").and_then(|kind| root.policy_types.get(kind));
        if status.is_some_and(|status| status != PENDING_DISABLE) {
            findings.see(resource, Live::default());
        }
    }
}

/// The limits of the types that are spoken of, where AWS lists them.
pub(super) fn note_quotas(wanted: &[&Resource], quotas: &Quotas, findings: &mut Findings) {
    for kind in types_of(wanted) {
        let Some(row) = policy_types::by_name(&kind) else { continue };
        let found =
            PolicyQuota { size: quotas.named(&row.quota_size), attached: quotas.named(&row.quota_attached) };
        if found != PolicyQuota::default() {
            findings.facts.policy_quotas.insert(kind, found);
        }
    }
}

/// A desired policy that exists, with what the document asks about it.
#[derive(Debug)]
pub(super) struct Known {
    policy: Policy,
    tags: Result<BTreeMap<String, String>, CallError>,
    details: Result<(Option<Value>, Vec<String>), CallError>,
}

/// What was read of policies.
#[derive(Debug)]
pub(super) struct Book {
    /// Each desired one that is there, or that could not be looked for.
    pub(super) ours: BTreeMap<Address, Result<Known, CallError>>,
    /// Those beside them.
    pub(super) beside: Beside,
}

/// Reads the desired policies. It needs nothing but the document, so it goes beside the
/// rest of the survey: AWS lets documents of policies be read at two per second only.
pub(super) async fn read(connection: &Connection, wanted: &Wanted<'_>) -> Book {
    let resources = wanted.kind(Kind::Policy);
    let lists = lists(connection, &resources).await;
    let mut ours = BTreeMap::new();
    let mut found: Vec<(&Resource, Policy)> = Vec::new();
    for resource in resources {
        match matched(resource, &lists) {
            Ok(Some(policy)) => found.push((resource, policy)),
            Ok(None) => {}
            Err(error) => {
                ours.insert(resource.address.clone(), Err(error));
            }
        }
    }
    let named: BTreeSet<&str> = found.iter().map(|(_, policy)| policy.id.as_str()).collect();
    let others = others(wanted, &lists, &named);
    let questions = found.iter().map(|(resource, policy)| {
        let (connection, resource, id) = (connection.clone(), (*resource).clone(), policy.id.clone());
        async move { details(&connection, &resource, &id).await }
    });
    let standing = async { standing_policies::read(connection, others?).await };
    let (tags, details, standing) = tokio::join!(
        managed_tags(connection, found.iter().map(|(one, policy)| (*one, policy.id.as_str()))),
        fan_out(questions.collect()),
        standing
    );
    let known = found.into_iter().zip(tags).zip(details);
    ours.extend(known.map(|(((resource, policy), tags), details)| {
        (resource.address.clone(), Ok(Known { policy, tags, details }))
    }));
    Book { ours, beside: Beside { listed: lists.into_keys().collect(), standing } }
}

/// The policies in statements that were listed and that the document does not have, where
/// anything could be denied.
fn others(wanted: &Wanted<'_>, lists: &Lists, named: &BTreeSet<&str>) -> Result<Vec<Policy>, CallError> {
    let mut others = Vec::new();
    for (_, list) in lists.iter().filter(|(kind, _)| standing_policies::in_statements(kind)) {
        let list = list.as_ref().map_err(Clone::clone)?;
        others.extend(list.iter().filter(|policy| !named.contains(policy.id.as_str())).cloned());
    }
    Ok(if standing_policies::matter(wanted) { others } else { Vec::new() })
}

/// Fills in the desired policies that exist, and what is attached to their targets.
pub(super) async fn observe(
    connection: &Connection,
    wanted: &[&Resource],
    mut ours: BTreeMap<Address, Result<Known, CallError>>,
    findings: &mut Findings,
) {
    let names = Names::of(findings);
    for resource in wanted {
        let Known { policy, tags, details } = match ours.remove(&resource.address) {
            None => continue,
            Some(Err(error)) => {
                findings.gap(resource, &error);
                continue;
            }
            Some(Ok(known)) => known,
        };
        let mut live = seen(&policy);
        match tags {
            Ok(tags) => live.fields.extend(tags.into_iter().map(|(k, v)| (format!("tags.{k}"), json!(v)))),
            Err(error) => findings.gap(resource, &error),
        }
        match details {
            Ok((content, targets)) => {
                live.fields.extend(content.map(|content| ("content".to_owned(), content)));
                live.fields.extend(names.leaves(resource, &targets, findings));
                live.fields.extend(by_switching_on(resource, findings));
            }
            Err(error) => findings.gap(resource, &error),
        }
        findings.see(resource, live);
    }
    note_attachments(connection, wanted, findings).await;
}

/// What AWS puts on everything is there as soon as the organization is, under an id that
/// AWS has given it for all (Organizations User Guide, orgs_manage_policies_scps: the
/// policy `p-FullAWSAccess`).
pub(super) fn to_come(wanted: &[&Resource], findings: &mut Findings) {
    for resource in wanted {
        let row = key(resource, "type").and_then(policy_types::by_name);
        let name = row.and_then(|row| row.everywhere.as_deref());
        if name == Some(resource.address.name.as_str()) && resource.keys.contains_key("aws_managed") {
            let id = Attributes::from([("id".to_owned(), format!("p-{}", resource.address.name))]);
            findings.see(resource, Live { fields: Fields::new(), attributes: id });
        }
    }
}

/// Leaves that AWS adds when the type is switched on: until then nothing of it is attached,
/// and then what it puts everywhere is.
fn by_switching_on(resource: &Resource, findings: &Findings) -> Fields {
    let types = findings.facts.policy_types.as_ref();
    let off = key(resource, "type").is_some_and(|kind| types.is_some_and(|types| !types.contains_key(kind)));
    let leaves = resource.at_creation.iter().filter(|(field, _)| off && field.starts_with("targets."));
    leaves.filter_map(|(field, id)| Some((field.clone(), findings.resolved(id)?))).collect()
}

fn seen(policy: &Policy) -> Live {
    Live {
        fields: [
            ("name".to_owned(), json!(policy.name)),
            ("description".to_owned(), json!(policy.description)),
        ]
        .into(),
        attributes: Attributes::from([
            ("id".to_owned(), policy.id.clone()),
            ("arn".to_owned(), policy.arn.clone()),
            ("type".to_owned(), policy.kind.clone()),
        ]),
    }
}

/// The types that resources are of.
fn types_of(wanted: &[&Resource]) -> BTreeSet<String> {
    wanted.iter().filter_map(|resource| key(resource, "type").map(str::to_owned)).collect()
}

type Lists = BTreeMap<String, Result<Vec<Policy>, CallError>>;

/// The policies of each type that is asked about. One that is to go does not say
/// its type, so all types that are known are listed for it.
async fn lists(connection: &Connection, wanted: &[&Resource]) -> Lists {
    let mut kinds = types_of(wanted);
    if wanted.iter().any(|resource| key(resource, "type").is_none()) {
        kinds.extend(policy_types::all().iter().map(|row| row.name.clone()));
    }
    let kinds: Vec<String> = kinds.into_iter().collect();
    let questions = kinds.iter().cloned().map(|kind| {
        let connection = connection.clone();
        async move { policies::of_type(&connection, &kind).await }
    });
    let answers = fan_out(questions.collect()).await;
    kinds.into_iter().zip(answers).collect()
}

/// The live policy of a resource: by its name, else by the name it had before.
fn matched(resource: &Resource, lists: &Lists) -> Result<Option<Policy>, CallError> {
    let said = resource.fields.get("name").and_then(Value::as_str);
    let name = said.unwrap_or(&resource.address.name);
    let of_aws = resource.keys.contains_key("aws_managed");
    let of = |lists: &[&Vec<Policy>], name: &str| -> Vec<Policy> {
        let all = lists.iter().flat_map(|list| list.iter());
        all.filter(|policy| policy.name == name && policy.aws_managed == of_aws).cloned().collect()
    };
    let asked: Vec<&Vec<Policy>> = match key(resource, "type") {
        Some(kind) => {
            lists.get(kind).map(Result::as_ref).transpose().map_err(Clone::clone)?.into_iter().collect()
        }
        None => lists.values().map(Result::as_ref).collect::<Result<_, _>>().map_err(Clone::clone)?,
    };
    let mut found = of(&asked, name);
    if found.is_empty()
        && let Some(former) = key(resource, "renamed_from")
    {
        found = of(&asked, former);
    }
    match found.len() {
        0 | 1 => Ok(found.pop()),
        _ => {
            let types: Vec<&str> = found.iter().map(|policy| policy_types::word_of(&policy.kind)).collect();
            let message = format!("policies of several types have this name: {}", types.join(", "));
            let code = crate::cloud::failure::code::UNREADABLE;
            Err(CallError::ours(
                "organizations:ListPolicies",
                code,
                message,
                crate::catalog::operations::Verdict::Rejected,
            ))
        }
    }
}

/// The document and the targets of a policy, as far as they are asked about.
async fn details(
    connection: &Connection,
    resource: &Resource,
    id: &str,
) -> Result<(Option<Value>, Vec<String>), CallError> {
    let content = async {
        if resource.fields.contains_key("content") {
            policies::document(connection, id).await
        } else {
            Ok(None)
        }
    };
    let targets = async {
        let asked = resource.whole.contains("targets") || !leaves(resource, "targets").is_empty();
        if asked { policies::targets(connection, id).await } else { Ok(Vec::new()) }
    };
    let (content, targets) = tokio::join!(content, targets);
    Ok((content?.map(|(_, content)| content), targets?))
}

/// What the document calls the roots, units and accounts that are there, by id. Where two
/// have one name, the id tells the second apart.
struct Names(BTreeMap<String, String>);

impl Names {
    fn of(findings: &Findings) -> Self {
        let mut names = BTreeMap::new();
        let mut taken: BTreeSet<&str> = BTreeSet::new();
        for (address, live) in &findings.live {
            let (id, name) = match address.kind {
                Kind::OrganizationalUnit | Kind::Account => (live.attribute("id"), address.name.as_str()),
                Kind::Organization => (live.attribute("root_id"), "root"),
                _ => continue,
            };
            let Some(id) = id else { continue };
            let name = if taken.insert(name) { name } else { id };
            names.insert(id.to_owned(), name.to_owned());
        }
        Self(names)
    }

    /// Targets as fields: by what this resource calls them, else by what the document
    /// calls them, else by their id.
    fn leaves(&self, resource: &Resource, targets: &[String], findings: &Findings) -> Fields {
        let mut own: BTreeMap<String, &str> = BTreeMap::new();
        for (field, value) in &resource.fields {
            let Some(leaf) = field.strip_prefix("targets.") else { continue };
            // What is not to have the policy is named beside the group of fields.
            let named = if value.is_null() { resource.keys.get(&format!("not.{leaf}")) } else { Some(value) };
            let id = named.and_then(|value| findings.resolved(value));
            own.extend(id.and_then(|id| Some((id.as_str()?.to_owned(), leaf))));
        }
        let leaf = |id: &String| {
            let called = || self.0.get(id).map(String::as_str);
            // This resource may mean something else by that name.
            let free = |name: &&str| !resource.fields.contains_key(&format!("targets.{name}"));
            own.get(id).copied().or_else(|| called().filter(free)).unwrap_or(id).to_owned()
        };
        targets.iter().map(|id| (format!("targets.{}", leaf(id)), json!(id))).collect()
    }
}

/// What is attached to the units of controls that are not enabled yet: Control Tower will
/// carry some of them out as policies there.
pub(super) async fn note_units_of_controls(
    connection: &Connection,
    units: BTreeSet<(String, String)>,
    findings: &mut Findings,
) {
    let on = findings.facts.policy_types.as_ref();
    let switched_on = |kind: &String| on.is_none_or(|types| types.contains_key(kind));
    let asked = units.into_iter().filter(|(target, kind)| {
        let known = findings.facts.attached.get(target).is_some_and(|types| types.contains_key(kind));
        switched_on(kind) && !known
    });
    ask(connection, asked.collect(), findings).await;
}

/// What is attached to the targets at which something would be attached or detached.
async fn note_attachments(connection: &Connection, wanted: &[&Resource], findings: &mut Findings) {
    let mut asked: BTreeSet<(String, String)> = BTreeSet::new();
    for resource in wanted {
        let live = findings.live.get(&resource.address);
        let kind = key(resource, "type").or_else(|| live.and_then(|live| live.attribute("type")));
        let Some(kind) = kind else { continue };
        // While a type is off nothing of it is attached anywhere.
        if findings.facts.policy_types.as_ref().is_some_and(|types| !types.contains_key(kind)) {
            continue;
        }
        let attached = |field: &str| live.and_then(|live| live.fields.get(field));
        for (field, value) in resource.fields.iter().filter(|(field, _)| field.starts_with("targets.")) {
            let id = if value.is_null() { attached(field).cloned() } else { findings.resolved(value) };
            let Some(id) = id.and_then(|id| id.as_str().map(str::to_owned)) else { continue };
            if attached(field).is_some() == value.is_null() {
                asked.insert((id, kind.to_owned()));
            }
        }
        let surplus = live.into_iter().flat_map(|live| &live.fields).filter(|(field, _)| {
            field.starts_with("targets.")
                && resource.lists_all_of(field)
                && !resource.fields.contains_key(*field)
        });
        asked.extend(surplus.filter_map(|(_, id)| Some((id.as_str()?.to_owned(), kind.to_owned()))));
    }
    ask(connection, asked.into_iter().collect(), findings).await;
}

async fn ask(connection: &Connection, asked: Vec<(String, String)>, findings: &mut Findings) {
    let questions = asked.iter().cloned().map(|(target, kind)| {
        let connection = connection.clone();
        async move { policies::on_target(&connection, &target, &kind).await }
    });
    let answers = fan_out(questions.collect()).await;
    for ((target, kind), answer) in asked.into_iter().zip(answers) {
        match answer {
            Ok(found) => {
                let there = found.into_iter().map(|policy| (policy.id, policy.name)).collect();
                findings.facts.attached.entry(target).or_default().insert(kind, there);
            }
            Err(error) => {
                findings.facts.remarks.insert(format!(
                    "what is attached to {target} could not be read, so the limit on it is not checked: {error}"
                ));
            }
        }
    }
}
