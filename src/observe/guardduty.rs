//! GuardDuty, Region by Region, as the account sees it that shall administer it.
//!
//! Settings and members exist only for the administrator; whether the account is that already
//! was read with the delegations. An account that does not exist yet has nothing.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::findings::Findings;
use super::wanted::{key, leaves};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::guardduty;
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;
use crate::model::{Address, Attributes, Fields, Kind, Live, Resource};

/// Fills in the Regions that are wanted.
pub(super) async fn observe(connection: &Connection, wanted: &[&Resource], findings: &mut Findings) {
    let questions = wanted.iter().filter_map(|resource| {
        let account = match resource.keys.get("account") {
            None => None,
            Some(value) => Some(findings.resolved(value)?.as_str()?.to_owned()),
        };
        let region: Region = key(resource, "region")?.parse().ok()?;
        let holds = holds(findings, &region, account.as_deref());
        let (connection, resource) = (connection.clone(), (*resource).clone());
        Some(async move {
            let seen = read(&connection, &resource, account.as_deref(), &region, holds).await;
            (resource, seen)
        })
    });
    for (resource, seen) in fan_out(questions.collect()).await {
        match seen {
            Ok(Some((mut live, members))) => {
                live.fields.extend(member_leaves(&resource, &members, findings));
                findings.see(&resource, live);
            }
            Ok(None) => {}
            Err(error) => findings.gap(&resource, &error),
        }
    }
}

/// Whether an account administers GuardDuty in a Region.
fn holds(findings: &Findings, region: &Region, account: Option<&str>) -> bool {
    let office = findings.live.get(&Address::new(Kind::DelegatedAdministrator, "guardduty"));
    let stem = format!("guardduty.{region}/");
    let mut fields = office.into_iter().flat_map(|office| &office.fields);
    account.is_some() && fields.any(|(name, id)| name.starts_with(&stem) && id.as_str() == account)
}

/// A detector with what is asked about it, and the ids of its members.
async fn read(
    connection: &Connection,
    resource: &Resource,
    account: Option<&str>,
    region: &Region,
    holds: bool,
) -> Result<Option<(Live, BTreeSet<String>)>, CallError> {
    let site = connection.site_in(account, region).await?;
    let Some(id) = guardduty::detector(&site).await? else { return Ok(None) };
    let (status, features) = guardduty::status(&site, &id).await?;
    let mut fields: Fields = status.map(|word| ("status".to_owned(), json!(word))).into_iter().collect();
    fields.extend(features.into_iter().map(|(name, word)| (format!("features.{name}"), json!(word))));
    let mut members = BTreeSet::new();
    if holds && resource.fields.contains_key("auto_enable") {
        let (reach, features) = guardduty::settings(&site, &id).await?;
        fields.extend(reach.map(|word| ("auto_enable".to_owned(), json!(word))));
        fields
            .extend(features.into_iter().map(|(name, word)| (format!("auto_features.{name}"), json!(word))));
        members = guardduty::members(&site, &id).await?;
    }
    let attributes = Attributes::from([("detector".to_owned(), id)]);
    Ok(Some((Live { fields, attributes }, members)))
}

/// A leaf, in the wanted form, for each account that is a member.
fn member_leaves(resource: &Resource, members: &BTreeSet<String>, findings: &Findings) -> Fields {
    let is_member = |one: &Value| one["id"].as_str().is_some_and(|id| members.contains(id));
    let said = leaves(resource, "members").into_iter().filter_map(|leaf| {
        let value = findings.resolved(resource.fields.get(&format!("members.{leaf}"))?)?;
        Some((leaf, value))
    });
    let everybody = findings.facts.everybody.iter().map(|(leaf, one)| (leaf.clone(), one.clone()));
    said.chain(everybody)
        .filter(|(_, one)| is_member(one))
        .map(|(leaf, one)| (format!("members.{leaf}"), one))
        .collect()
}
