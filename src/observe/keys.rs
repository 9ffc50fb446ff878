//! KMS keys: found by alias in the account and Region they shall live in.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::findings::Findings;
use super::wanted::{key, leaves};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::keys;
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;
use crate::model::{Attributes, Fields, Live, Resource};

/// An account (none for the caller's own) in a Region.
type Place = (Option<String>, Region);

/// Fills in the desired keys that exist. A key in an account that does not exist
/// yet is missing.
pub(super) async fn observe(connection: &Connection, wanted: &[&Resource], findings: &mut Findings) {
    let placed: Vec<(&Resource, Place)> = wanted
        .iter()
        .filter_map(|resource| Some((*resource, place(connection, resource, findings)?)))
        .collect();
    let aliases = aliases(connection, placed.iter().map(|(_, place)| place.clone())).await;
    let questions = placed.iter().map(|(resource, place)| {
        let (connection, resource, place) = (connection.clone(), (*resource).clone(), place.clone());
        let aliases = aliases.get(&place).cloned();
        async move {
            match aliases {
                Some(Ok(aliases)) => one(&connection, &resource, &place, &aliases).await,
                Some(Err(error)) => Err(error),
                None => Ok(None),
            }
        }
    });
    let answers = fan_out(questions.collect()).await;
    for ((resource, _), answer) in placed.iter().zip(answers) {
        match answer {
            Ok(Some(live)) => findings.see(resource, live),
            Ok(None) => {}
            Err(error) => findings.gap(resource, &error),
        }
    }
}

/// Where the key lives; none while its account does not exist.
fn place(connection: &Connection, resource: &Resource, findings: &Findings) -> Option<Place> {
    let account = match resource.keys.get("account") {
        None => None,
        Some(value) => Some(findings.resolved(value)?.as_str()?.to_owned()),
    };
    let region = key(resource, "region").and_then(|region| region.parse().ok());
    Some((account, region.unwrap_or_else(|| connection.home_region().clone())))
}

/// The aliases of each place, listed once.
async fn aliases(
    connection: &Connection,
    places: impl Iterator<Item = Place>,
) -> BTreeMap<Place, Result<BTreeMap<String, String>, CallError>> {
    let places: std::collections::BTreeSet<Place> = places.collect();
    let questions = places.into_iter().map(|place| {
        let connection = connection.clone();
        async move {
            let aliases = keys::aliases(&connection, place.0.as_deref(), &place.1).await;
            (place, aliases)
        }
    });
    fan_out(questions.collect()).await.into_iter().collect()
}

/// One key with what the resource asks about.
async fn one(
    connection: &Connection,
    resource: &Resource,
    (account, region): &Place,
    aliases: &BTreeMap<String, String>,
) -> Result<Option<Live>, CallError> {
    let account = account.as_deref();
    let alias = key(resource, "alias").unwrap_or(&resource.address.name);
    let named = aliases.get(alias).or_else(|| aliases.get(&format!("alias/{alias}"))).cloned();
    let found = match &named {
        Some(id) => keys::describe(connection, account, region, id).await?,
        None => keys::awaiting(connection, account, region, alias, aliases).await?,
    };
    let Some(live) = found else { return Ok(None) };
    let id = &live.id.clone();
    let mut fields = Fields::from([
        ("multi_region".to_owned(), json!(live.multi_region)),
        ("state".to_owned(), json!(live.state)),
    ]);
    if named.is_some() {
        fields.insert("alias".to_owned(), json!(alias));
    }
    if resource.fields.contains_key("policy") {
        let policy = keys::key_policy(connection, account, region, id).await?;
        fields.extend(policy.map(|policy| ("policy".to_owned(), policy)));
    }
    if resource.fields.contains_key("rotation_days") {
        let days = keys::rotation(connection, account, region, id).await?;
        fields.extend(days.map(|days| ("rotation_days".to_owned(), json!(days))));
    }
    for replica in &live.replicas {
        fields.insert(format!("replicas.{replica}"), Value::Bool(true));
    }
    for name in leaves(resource, "replica_policies") {
        let Some(there) = live.replicas.get(&name).and_then(|region| region.parse().ok()) else { continue };
        let policy = keys::key_policy(connection, account, &there, id).await?;
        fields.extend(policy.map(|policy| (format!("replica_policies.{name}"), policy)));
    }
    let attributes = Attributes::from([("id".to_owned(), live.id), ("arn".to_owned(), live.arn)]);
    Ok(Some(Live { fields, attributes }))
}
