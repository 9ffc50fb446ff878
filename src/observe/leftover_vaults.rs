//! Vaults of AWS Backup that a document does not speak of, where it speaks of others: in the same
//! accounts and Regions.
//!
//! In: a connection, the desired resources and the live accounts. Out: what is left over. A vault
//! is never deleted by lzctl; one that is locked for ever cannot be deleted by anybody while it
//! holds recovery points, which is told. Absent: vaults that AWS makes for itself, and those of
//! accounts without a vault of the document.

use std::collections::{BTreeMap, BTreeSet};

use super::leftovers::Leftover;
use super::wanted::key;
use crate::cloud::inventory::accounts::Account;
use crate::cloud::inventory::backup_vaults::{self, Vault};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::{CallError, Connection};
use crate::model::reference::as_reference;
use crate::model::region::Region;
use crate::model::{Kind, Resource};

/// Vaults that AWS makes for itself, by the beginnings of their names: the console's own, those
/// of services, Control Tower's.
pub(super) const OF_AWS: [&str; 3] = ["Default", "aws/", "aws-controltower-"];

/// One vault and where it is.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The account's name in the document.
    account: String,
    region: Region,
    vault: Vault,
}

const KINDS: [Kind; 2] = [Kind::BackupVault, Kind::AirGappedVault];

/// The account of a vault by its name in the document; `management` without one.
fn account(resource: &Resource) -> Option<String> {
    match resource.keys.get("account") {
        None => Some("management".to_owned()),
        Some(value) => as_reference(value).map(|reference| reference.address.name),
    }
}

/// Lists the vaults of every place that the document has one in.
pub(super) async fn look(
    connection: &Connection,
    wanted: &[Resource],
    accounts: &[Account],
) -> Result<Vec<Found>, CallError> {
    let id_of = |name: &str| {
        let resource =
            wanted.iter().find(|one| one.address.kind == Kind::Account && one.address.name == name)?;
        let (id, email) = (key(resource, "id"), key(resource, "email"));
        let is_it = |live: &&Account| match id {
            Some(id) => live.id == id,
            None => email.is_some_and(|email| live.email.eq_ignore_ascii_case(email)),
        };
        accounts.iter().find(is_it).map(|live| live.id.clone())
    };
    let vaults = wanted.iter().filter(|resource| KINDS.contains(&resource.address.kind));
    let places: BTreeSet<(String, Region)> = vaults
        .filter_map(|resource| Some((account(resource)?, key(resource, "region")?.parse().ok()?)))
        .collect();
    let questions = places.into_iter().filter_map(|(name, region)| {
        let id = if name == "management" { None } else { Some(id_of(&name)?) };
        let connection = connection.clone();
        Some(async move {
            let site = connection.site_in(id.as_deref(), &region).await?;
            let vaults = backup_vaults::list(&site).await?;
            let found = |vault| Found { account: name.clone(), region: region.clone(), vault };
            Ok::<_, CallError>(vaults.into_iter().map(found).collect::<Vec<Found>>())
        })
    });
    let mut all = Vec::new();
    for found in fan_out(questions.collect()).await {
        all.extend(found?);
    }
    Ok(all)
}

/// What nobody speaks of.
pub(super) fn unspoken(found: &[Found], wanted: &[Resource]) -> Vec<Leftover> {
    let mut spoken: BTreeMap<(String, &str), BTreeSet<&str>> = BTreeMap::new();
    for resource in wanted.iter().filter(|resource| KINDS.contains(&resource.address.kind)) {
        if let (Some(account), Some(region), Some(name)) =
            (account(resource), key(resource, "region"), key(resource, "vault"))
        {
            spoken.entry((account, region)).or_default().insert(name);
        }
    }
    let left = found.iter().filter(|one| {
        let here = spoken.get(&(one.account.clone(), one.region.as_str()));
        let of_aws = OF_AWS.iter().any(|beginning| one.vault.name.starts_with(beginning));
        !of_aws && !here.is_some_and(|names| names.contains(one.vault.name.as_str()))
    });
    left.map(leftover).collect()
}

fn leftover(found: &Found) -> Leftover {
    let Found { account, region, vault } = found;
    let air_gapped = vault.sort == backup_vaults::AIR_GAPPED;
    let sort = if air_gapped { ", type: logically_air_gapped, ..." } else { "" };
    let points = vault.recovery_points;
    let forever = vault.lock.as_ref().and_then(|lock| lock.since);
    let remove = match forever {
        Some(since) if points > 0 => format!(
            "it can no longer be deleted while it holds its {points} recovery points: its lock is for ever from {since} on"
        ),
        _ if points > 0 => format!("by hand, once its {points} recovery points are gone"),
        _ => "by hand: it is empty".to_owned(),
    };
    Leftover {
        kind: if air_gapped { Kind::AirGappedVault } else { Kind::BackupVault },
        name: format!("{}/{region}", vault.name),
        place: vault.arn.clone(),
        adopt: format!(
            "backup: {{ vaults: {{ {}: {{ account: {account}, regions: [{region}]{sort} }} }} }}",
            vault.name
        ),
        remove,
    }
}
