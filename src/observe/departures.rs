//! What an administrator must let go of before it can be dismissed, where a service wants that.
//!
//! GuardDuty wants all of it (GuardDuty User Guide, change-guardduty-delegated-admin): while it
//! reaches every account no member can be let go of, and while it has members it cannot be
//! dismissed. Macie wants the management account let go of, which may otherwise not use Macie's
//! operations for naming another (Macie User Guide, accounts-mgmt-ao-admin-change). Inspector,
//! Security Hub and Detective let members go by themselves. Asked only about whom the document does
//! not want any more.

use serde_json::{Value, json};

use crate::catalog::services;
use crate::cloud::inventory::{guardduty, macie};
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;
use crate::model::{Fields, Resource};

/// Accounts in one call (GuardDuty API Reference, DisassociateMembers and DeleteMembers).
const BATCH: usize = 50;

/// AWS's word for settings that reach every account.
const EVERYBODY: &str = "ALL";

/// The leaves of what those among the holders must let go of whom the document does not name.
/// The caller is the management account.
pub(super) async fn read(
    connection: &Connection,
    resource: &Resource,
    holders: &Fields,
) -> Result<Fields, CallError> {
    let service = services::by_word(&resource.address.name).filter(|service| !service.departure.is_empty());
    let Some(service) = service else { return Ok(Fields::new()) };
    let management = connection.caller().await?.account.to_string();
    let stem = format!("{}.", service.way);
    let leaving = holders.iter().filter(|(name, _)| !resource.fields.contains_key(*name));
    let mut found = Fields::new();
    for (name, holder) in leaving {
        let Some((place, id)) = name.strip_prefix(&stem).zip(holder.as_str()) else { continue };
        let Some(region) = place.split('/').next().and_then(|region| region.parse().ok()) else { continue };
        found.extend(match service.way.as_str() {
            "macie2" => of_macie(connection, &region, id, &management).await?,
            _ => of_guardduty(connection, &region, id).await?,
        });
    }
    Ok(found)
}

async fn of_guardduty(connection: &Connection, region: &Region, holder: &str) -> Result<Fields, CallError> {
    let mut found = Fields::new();
    let site = connection.site_in(Some(holder), region).await?;
    let Some(detector) = guardduty::detector(&site).await? else { return Ok(found) };
    let place = format!("{region}/{holder}");
    let (reach, features) = guardduty::settings(&site, &detector).await?;
    if reach.iter().chain(features.values()).any(|word| word == EVERYBODY) {
        found.insert(format!("guardduty_reach.{place}"), json!({ "administrator": holder }));
    }
    let leaves = |group: &str, ids: Vec<String>| -> Vec<(String, Value)> {
        let some = ids.chunks(BATCH).map(|some| json!({ "administrator": holder, "members": some }));
        some.enumerate().map(|(number, leaf)| (format!("{group}.{place}/{number}"), leaf)).collect()
    };
    let listed = guardduty::listed(&site, &detector).await?;
    let associated = listed.iter().filter(|(_, associated)| **associated).map(|(id, _)| id.clone());
    found.extend(leaves("guardduty_members", associated.collect()));
    found.extend(leaves("guardduty_former", listed.keys().cloned().collect()));
    Ok(found)
}

async fn of_macie(
    connection: &Connection,
    region: &Region,
    holder: &str,
    management: &str,
) -> Result<Fields, CallError> {
    let site = connection.site_in(Some(holder), region).await?;
    // Without Macie an administrator has no members, and AWS tells nothing of them.
    if macie::session(&site).await?.is_none() || !macie::members(&site).await?.current.contains(management) {
        return Ok(Fields::new());
    }
    let leaf = json!({ "administrator": holder, "members": [management] });
    Ok(Fields::from([(format!("macie2_members.{region}/{holder}/0"), leaf)]))
}
