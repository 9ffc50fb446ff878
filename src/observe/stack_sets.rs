//! Stack sets, as the account sees them that manages them.
//!
//! A target with all the Regions that are wanted counts as wanted; one more Region is left alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::findings::Findings;
use super::wanted::{key, leaves};
use crate::cloud::call::Site;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::stack_sets;
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;
use crate::model::{Attributes, Fields, Kind, Live, Resource};

/// Fills in the stack sets that are wanted.
pub(super) async fn observe(connection: &Connection, wanted: &[&Resource], findings: &mut Findings) {
    let questions = wanted.iter().filter_map(|resource| {
        let account = match resource.keys.get("account") {
            None => None,
            Some(value) => Some(findings.resolved(value)?.as_str()?.to_owned()),
        };
        let region: Region = key(resource, "region")?.parse().ok()?;
        let (targets, units) = (targets(resource, findings), units(findings));
        let (connection, resource) = (connection.clone(), (*resource).clone());
        Some(async move {
            let target = |unit: &str, regions: &BTreeSet<String>| as_wanted(unit, regions, &targets, &units);
            let seen = read(&connection, &resource, account.as_deref(), &region, &target).await;
            (resource, seen)
        })
    });
    for (resource, seen) in fan_out(questions.collect()).await {
        match seen {
            Ok(Some(live)) => findings.see(&resource, live),
            Ok(None) => {}
            Err(error) => findings.gap(&resource, &error),
        }
    }
}

/// The wanted targets that exist, by the id of the unit: the leaf and the value.
fn targets(resource: &Resource, findings: &Findings) -> BTreeMap<String, (String, Value)> {
    let known = leaves(resource, "targets").into_iter().filter_map(|leaf| {
        let value = findings.resolved(resource.fields.get(&format!("targets.{leaf}"))?)?;
        Some((value["unit"].as_str()?.to_owned(), (leaf, value)))
    });
    known.collect()
}

/// The name and the value of a target of a stack set, by its id and what is deployed there.
type Named<'n> = dyn Fn(&str, &BTreeSet<String>) -> (String, Value) + Sync + 'n;

async fn read(
    connection: &Connection,
    resource: &Resource,
    account: Option<&str>,
    region: &Region,
    target: &Named<'_>,
) -> Result<Option<Live>, CallError> {
    let site = connection.site_in(account, region).await?;
    let (name, delegated) = (&resource.address.name, account.is_some());
    let found = match stack_sets::describe(&site, name, delegated).await {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(None),
        // Before the organization lets stack sets in there are none.
        Err(error) if stack_sets::is_not_let_in(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut fields = Fields::from([
        ("template".to_owned(), json!(found.template)),
        ("parameters".to_owned(), json!(found.parameters)),
        ("tags".to_owned(), json!(found.tags)),
        ("capabilities".to_owned(), json!(found.capabilities)),
        ("auto_deployment".to_owned(), json!(found.auto_deployment)),
        ("retain".to_owned(), json!(found.retain)),
    ]);
    fields.extend(found.description.as_ref().map(|text| ("description".to_owned(), json!(text))));
    let live = if found.auto_deployment {
        stack_sets::auto_targets(&site, name, delegated).await?
    } else {
        by_target(&stack_sets::instances(&site, name, delegated, None).await?)
    };
    for (unit, regions) in live {
        let (leaf, value) = target(&unit, &regions);
        fields.insert(format!("targets.{leaf}"), value);
    }
    fields.insert("failed".to_owned(), failed(&site, name, delegated).await?);
    Ok(Some(Live { fields, attributes: Attributes::from([("id".to_owned(), found.id)]) }))
}

pub(super) fn by_target(instances: &[stack_sets::Instance]) -> BTreeMap<String, BTreeSet<String>> {
    let mut targets: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in instances {
        targets.entry(one.unit.clone()).or_default().insert(one.region.clone());
    }
    targets
}

/// The paths of the units that are known, by their ids.
fn units(findings: &Findings) -> BTreeMap<String, String> {
    let units = findings.live.iter().filter(|(address, _)| address.kind == Kind::OrganizationalUnit);
    units
        .filter_map(|(address, live)| Some((live.attribute("id")?.to_owned(), address.name.clone())))
        .collect()
}

/// A target in the form in which it is wanted; one that is not wanted by the path of its unit, or by
/// its id where the document does not speak of the unit.
fn as_wanted(
    unit: &str,
    regions: &BTreeSet<String>,
    targets: &BTreeMap<String, (String, Value)>,
    units: &BTreeMap<String, String>,
) -> (String, Value) {
    let found = || json!({ "unit": unit, "regions": regions });
    let Some((leaf, value)) = targets.get(unit) else {
        return (units.get(unit).map_or(unit, String::as_str).to_owned(), found());
    };
    let wanted = value["regions"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let whole = wanted.into_iter().all(|region| regions.contains(region));
    (leaf.clone(), if whole { value.clone() } else { found() })
}

/// The accounts in which a stack is not as it shall be, or that AWS is at work on it.
pub(super) async fn failed(site: &Site, name: &str, delegated: bool) -> Result<Value, CallError> {
    if stack_sets::is_busy(site, name, delegated).await? {
        return Ok(json!("IN_PROGRESS"));
    }
    let failed = stack_sets::instances(site, name, delegated, Some("FAILED")).await?;
    let accounts: BTreeSet<&str> = failed.iter().map(|one| one.account.as_str()).collect();
    Ok(json!(accounts))
}
