//! AWS Config of the organization, Region by Region, as the account sees it that shall deploy.
//!
//! An account that does not exist yet, or that is no administrator yet, has deployed nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::findings::Findings;
use super::wanted::key;
use crate::cloud::call::Site;
use crate::cloud::inventory::config::{self, Deployed};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;
use crate::model::{Address, Attributes, Fields, Kind, Live, Resource};

/// Everything that is asked of one account in one Region.
struct Question<'r> {
    account: Option<String>,
    region: Region,
    resources: Vec<&'r Resource>,
}

/// What one account has in one Region.
#[derive(Default)]
struct Seen {
    live: BTreeMap<Address, Live>,
    /// Aggregators of services, by the address of the one that is wanted beside them.
    others: BTreeMap<Address, String>,
}

/// Fills in what is wanted, with one round of questions for each account and Region.
pub(super) async fn observe(connection: &Connection, wanted: &[&Resource], findings: &mut Findings) {
    let mut questions: BTreeMap<(Option<String>, String), Question<'_>> = BTreeMap::new();
    for resource in wanted {
        let account = match resource.keys.get("account") {
            None => None,
            Some(value) => {
                let known = findings.resolved(value);
                let Some(id) = known.as_ref().and_then(Value::as_str) else { continue };
                Some(id.to_owned())
            }
        };
        let Some(region) = key(resource, "region").and_then(|region| region.parse::<Region>().ok()) else {
            continue;
        };
        let question = questions.entry((account.clone(), region.to_string())).or_insert_with(|| Question {
            account,
            region,
            resources: Vec::new(),
        });
        question.resources.push(resource);
    }
    let asked = questions.into_values().map(|question| {
        let connection = connection.clone();
        let resources: Vec<Resource> = question.resources.into_iter().cloned().collect();
        async move {
            let seen = read(&connection, question.account.as_deref(), &question.region, &resources).await;
            (resources, seen)
        }
    });
    for (resources, seen) in fan_out(asked.collect()).await {
        match seen {
            Ok(mut seen) => {
                findings.facts.service_aggregators.extend(seen.others);
                for resource in &resources {
                    if let Some(live) = seen.live.remove(&resource.address) {
                        findings.see(resource, live);
                    }
                }
            }
            Err(error) => {
                for resource in &resources {
                    findings.gap(resource, &error);
                }
            }
        }
    }
}

/// What there is of the resources that live in one place.
async fn read(
    connection: &Connection,
    account: Option<&str>,
    region: &Region,
    resources: &[Resource],
) -> Result<Seen, CallError> {
    let site = connection.site_in(account, region).await?;
    let of = |kind: Kind| -> Vec<&Resource> {
        resources.iter().filter(|resource| resource.address.kind == kind).collect()
    };
    let mut seen = aggregators(&site, &of(Kind::ConfigAggregator)).await?;
    seen.live.extend(packs(&site, &of(Kind::ConformancePack)).await?);
    seen.live.extend(rules(&site, &of(Kind::ConfigRule)).await?);
    Ok(seen)
}

async fn aggregators(site: &Site, wanted: &[&Resource]) -> Result<Seen, CallError> {
    let mut seen = Seen::default();
    if wanted.is_empty() {
        return Ok(seen);
    }
    let live = config::aggregators(site).await?;
    for resource in wanted {
        let other = live.iter().find(|(_, one)| one.made_by.is_some() && one.role.is_some());
        let told = other.map(|(name, one)| {
            format!("the aggregator {name} of {}", one.made_by.as_deref().unwrap_or_default())
        });
        seen.others.extend(told.map(|told| (resource.address.clone(), told)));
        let Some(found) = key(resource, "name").and_then(|name| live.get(name)) else { continue };
        let mut fields = Fields::from([("regions".to_owned(), json!(found.regions))]);
        fields.extend(found.role.as_ref().map(|role| ("role".to_owned(), json!(role))));
        let attributes = Attributes::from([("arn".to_owned(), found.arn.clone())]);
        seen.live.insert(resource.address.clone(), Live { fields, attributes });
    }
    Ok(seen)
}

async fn packs(site: &Site, wanted: &[&Resource]) -> Result<BTreeMap<Address, Live>, CallError> {
    let mut seen = BTreeMap::new();
    if wanted.is_empty() {
        return Ok(seen);
    }
    let live = there(config::packs(site).await)?;
    for resource in wanted {
        let Some((name, found)) = named(resource, &live) else { continue };
        let fields = pack_fields(site, name, found).await?;
        seen.insert(resource.address.clone(), live_of(found, fields));
    }
    Ok(seen)
}

async fn rules(site: &Site, wanted: &[&Resource]) -> Result<BTreeMap<Address, Live>, CallError> {
    let mut seen = BTreeMap::new();
    if wanted.is_empty() {
        return Ok(seen);
    }
    let live = there(config::rules(site).await)?;
    for resource in wanted {
        let Some((name, found)) = named(resource, &live) else { continue };
        let fields = rule_fields(site, name, found).await?;
        seen.insert(resource.address.clone(), live_of(found, fields));
    }
    Ok(seen)
}

/// A pack in the fields of its kind.
pub(super) async fn pack_fields(site: &Site, name: &str, found: &Deployed) -> Result<Fields, CallError> {
    let mut fields = common(found);
    fields.insert("parameters".to_owned(), found.body.clone());
    if let Some(mark) = config::mark(site, &found.arn).await? {
        fields.insert("digest".to_owned(), json!(mark));
        fields.insert("mark".to_owned(), json!(mark));
    }
    if fails(found) {
        let failed = config::pack_failures(site, name).await?;
        fields.insert("failed".to_owned(), json!(failed.keys().collect::<BTreeSet<_>>()));
    }
    Ok(fields)
}

/// A rule in the fields of its kind.
pub(super) async fn rule_fields(site: &Site, name: &str, found: &Deployed) -> Result<Fields, CallError> {
    let mut fields = common(found);
    let mut definition = found.body.clone();
    if let Some(guard) = definition.get_mut(config::GUARD) {
        guard["PolicyText"] = json!(config::rule_text(site, name).await?);
    }
    fields.insert("definition".to_owned(), definition);
    if fails(found) {
        let failed = config::rule_failures(site, name).await?;
        fields.insert("failed".to_owned(), json!(failed.keys().collect::<BTreeSet<_>>()));
    }
    Ok(fields)
}

/// What was listed; who is no administrator (yet) has deployed nothing.
pub(super) fn there(
    listed: Result<BTreeMap<String, Deployed>, CallError>,
) -> Result<BTreeMap<String, Deployed>, CallError> {
    match listed {
        Err(error) if config::is_no_administrator(&error) => Ok(BTreeMap::new()),
        listed => listed,
    }
}

fn named<'l>(
    resource: &Resource,
    live: &'l BTreeMap<String, Deployed>,
) -> Option<(&'l String, &'l Deployed)> {
    live.get_key_value(key(resource, "name")?)
}

fn fails(found: &Deployed) -> bool {
    found.status.as_deref().is_some_and(|status| status.ends_with("_FAILED"))
}

/// What rules and packs have alike.
fn common(found: &Deployed) -> Fields {
    let busy = found.status.as_deref().is_some_and(|status| status.ends_with("_IN_PROGRESS"));
    let failed = if busy { json!("IN_PROGRESS") } else { json!([]) };
    Fields::from([("excluded".to_owned(), json!(found.excluded)), ("failed".to_owned(), failed)])
}

fn live_of(found: &Deployed, fields: Fields) -> Live {
    Live { fields, attributes: Attributes::from([("arn".to_owned(), found.arn.clone())]) }
}
