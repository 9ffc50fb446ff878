//! Security Hub: hubs where they are wanted, and what the administrator has configured from the
//! home Region, each thing read once.

use serde_json::{Value, json};

use super::Place;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::security_hub::{self as inventory, Association, Policy};
use crate::cloud::{CallError, Connection};
use crate::model::{Address, Attributes, Fields, Kind, Live, Resource};
use crate::observe::findings::Findings;
use crate::observe::wanted::{Wanted, leaves};

/// What is configured from the home Region; each part only where the one before is there.
#[derive(Default)]
struct Central {
    aggregator: Option<inventory::Aggregator>,
    configuration: Option<inventory::Configuration>,
    policies: Vec<Policy>,
    associations: Vec<Association>,
}

/// The kinds that live in the home Region.
const CENTRAL: &[Kind] = &[
    Kind::FindingAggregator,
    Kind::SecurityHubConfiguration,
    Kind::SecurityHubPolicy,
    Kind::SecurityHubAssociations,
];

pub(super) async fn observe(connection: &Connection, wanted: &Wanted<'_>, findings: &mut Findings) {
    hubs(connection, wanted, findings).await;
    let resources: Vec<&Resource> = CENTRAL.iter().flat_map(|kind| wanted.kind(*kind)).collect();
    let Some(aggregator) = resources.iter().find(|one| one.address.kind == Kind::FindingAggregator) else {
        return;
    };
    // Without a hub there is nothing to ask for, and what could not be read there is not told.
    let Some(place) = Place::of(aggregator, findings) else { return };
    let hub = Address::new(Kind::SecurityHub, place.region.as_str());
    if let Some(error) = findings.gaps.get(&hub).cloned() {
        findings.gap_all(&resources, &error);
        return;
    }
    if !findings.live.contains_key(&hub) {
        return;
    }
    match central(connection, &place, &resources).await {
        Ok(central) => fill_in(&central, &resources, findings),
        Err(error) => findings.gap_all(&resources, &error),
    }
}

async fn hubs(connection: &Connection, wanted: &Wanted<'_>, findings: &mut Findings) {
    let hubs = wanted.kind(Kind::SecurityHub);
    let questions = hubs.into_iter().filter_map(|resource| {
        let (connection, place) = (connection.clone(), Place::of(resource, findings)?);
        let resource = resource.clone();
        Some(async move {
            let on = async { inventory::is_on(&place.site(&connection).await?).await };
            (resource, on.await)
        })
    });
    for (resource, on) in fan_out(questions.collect()).await {
        match on {
            Ok(true) => findings.see(&resource, Live::default()),
            Ok(false) => {}
            Err(error) => findings.gap(&resource, &error),
        }
    }
}

async fn central(
    connection: &Connection,
    place: &Place,
    resources: &[&Resource],
) -> Result<Central, CallError> {
    let site = place.site(connection).await?;
    let mut central = Central { aggregator: inventory::aggregator(&site).await?, ..Central::default() };
    if !place.holds {
        return Ok(central);
    }
    let configuration = inventory::configuration(&site).await?;
    if configuration.is_central() {
        let named = |name: &str| {
            let mut all = resources.iter().filter(|one| one.address.kind == Kind::SecurityHubPolicy);
            all.any(|one| one.address.name == name)
        };
        central.policies = inventory::policies(&site, &named).await?;
        central.associations = inventory::associations(&site).await?;
    }
    central.configuration = Some(configuration);
    Ok(central)
}

fn fill_in(central: &Central, resources: &[&Resource], findings: &mut Findings) {
    let of_kind = |kind: Kind| resources.iter().filter(move |one| one.address.kind == kind);
    for resource in of_kind(Kind::FindingAggregator) {
        aggregator(central, resource, findings);
    }
    let Some(configuration) = &central.configuration else { return };
    if let Some(why) = &configuration.trouble {
        findings.facts.remarks.insert(format!("Security Hub's central configuration: {why}"));
    }
    if !configuration.is_central() {
        return;
    }
    for resource in of_kind(Kind::SecurityHubConfiguration) {
        findings.see(resource, Live::default());
    }
    for resource in of_kind(Kind::SecurityHubPolicy) {
        if let Some(policy) = central.policies.iter().find(|one| one.name == resource.address.name) {
            findings.see(resource, policy_live(policy));
        }
    }
    for resource in of_kind(Kind::SecurityHubAssociations) {
        let fields = association_leaves(resource, &central.associations, findings);
        findings.see(resource, Live { fields, ..Live::default() });
    }
    for failed in central.associations.iter().filter_map(|one| Some((one, one.trouble.as_ref()?))) {
        let (one, why) = failed;
        let text = format!("Security Hub's configuration has not reached all of {}: {why}", one.target);
        findings.facts.remarks.insert(text);
    }
}

fn aggregator(central: &Central, resource: &Resource, findings: &mut Findings) {
    let Some(live) = &central.aggregator else { return };
    let home = resource.keys.get("region").and_then(Value::as_str).unwrap_or_default();
    if live.home != home {
        // An account has one; it is not moved, only deleted and made anew by whoever knows it.
        let text = format!(
            "findings of Security Hub are gathered in {} already; an account gathers them in one Region, \
             so that aggregator has to be deleted before one can be made in {home}",
            live.home
        );
        findings.facts.remarks.insert(text);
        return;
    }
    let fields =
        Fields::from([("mode".to_owned(), json!(live.mode)), ("regions".to_owned(), json!(live.regions))]);
    let attributes = Attributes::from([("arn".to_owned(), live.arn.clone())]);
    findings.see(resource, Live { fields, attributes });
}

fn policy_live(policy: &Policy) -> Live {
    let mut fields = Fields::from([
        ("name".to_owned(), json!(policy.name)),
        ("enabled".to_owned(), json!(policy.enabled)),
    ]);
    fields.extend(policy.description.iter().map(|text| ("description".to_owned(), json!(text))));
    let lists = [
        ("standards", &policy.standards),
        ("disabled_controls", &policy.disabled_controls),
        ("enabled_controls", &policy.enabled_controls),
    ];
    fields.extend(lists.iter().filter_map(|(name, list)| Some(((*name).to_owned(), json!(list.as_ref()?)))));
    Live { fields, attributes: Attributes::from([("id".to_owned(), policy.id.clone())]) }
}

/// What follows a policy, under the document's names; what follows a policy that the document
/// lists in full without being named is under its own id.
fn association_leaves(resource: &Resource, seen: &[Association], findings: &Findings) -> Fields {
    let known = |value: &Value| findings.resolved(value).unwrap_or_else(|| value.clone());
    let named: Vec<(String, Value)> = leaves(resource, "targets")
        .into_iter()
        .filter_map(|leaf| Some((leaf.clone(), known(resource.fields.get(&format!("targets.{leaf}"))?))))
        .collect();
    let listed: Vec<Value> = resource
        .keys
        .iter()
        .filter(|(key, _)| key.starts_with("policies."))
        .map(|(_, value)| known(value))
        .collect();
    let leaf = |one: &Association| {
        let called = named.iter().find(|(_, wanted)| wanted["target"].as_str() == Some(&one.target));
        let of_ours = || listed.iter().any(|id| id.as_str() == Some(&one.policy));
        called.map(|(leaf, _)| leaf.clone()).or_else(|| of_ours().then(|| one.target.clone()))
    };
    let value = |one: &Association| json!({ "target": one.target, "policy": one.policy });
    seen.iter().filter_map(|one| Some((format!("targets.{}", leaf(one)?), value(one)))).collect()
}
