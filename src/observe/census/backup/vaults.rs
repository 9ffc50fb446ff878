//! Vaults with their keys, locks, access policies, approvers and shares.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::place::Reading;
use crate::cloud::CallError;
use crate::cloud::call::Site;
use crate::cloud::inventory::backup_vaults::{self, AIR_GAPPED};
use crate::cloud::inventory::{keys, resource_shares};
use crate::model::arn::Arn;
use crate::observe::leftover_vaults::OF_AWS;

/// A vault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vault {
    /// Its ARN.
    pub arn: String,
    /// Whether it is logically air-gapped.
    pub air_gapped: bool,
    /// The ARN of its key; none when that is AWS's own.
    pub key: Option<String>,
    /// Its lock; an air-gapped vault always has one.
    pub lock: Option<Lock>,
    /// Its access policy; none when it has none, or it could not be read.
    pub access_policy: Option<Value>,
    /// The ARN of the team that approves access to an air-gapped vault.
    pub approval_team: Option<String>,
    /// What an air-gapped vault is shared by: the share of its own name.
    pub share: Option<Share>,
}

/// How a vault is locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// From when on nobody can take the lock away; none for one that can always be.
    pub since: Option<Timestamp>,
    /// No recovery point is kept shorter, in days.
    pub min_days: Option<u32>,
    /// No recovery point is kept longer, in days.
    pub max_days: Option<u32>,
}

/// With whom a vault is shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Whether principals outside the organization are allowed.
    pub external: bool,
    /// Ids of accounts, ARNs of units and of the organization.
    pub principals: BTreeSet<String>,
}

pub(super) async fn read(reading: &mut Reading<'_>) -> BTreeMap<String, Vault> {
    let listed = backup_vaults::list(reading.site).await;
    let listed = reading.take("vaults", listed).unwrap_or_default();
    let ours = |vault: &backup_vaults::Vault| !OF_AWS.iter().any(|begin| vault.name.starts_with(begin));
    let mut known_keys: BTreeMap<String, bool> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for vault in listed.into_iter().filter(ours) {
        let key = match vault.key.clone() {
            Some(key) if is_of_aws(reading, &key, &mut known_keys).await => None,
            key => key,
        };
        found.insert(vault.name.clone(), one(reading, vault, key).await);
    }
    found
}

async fn one(reading: &mut Reading<'_>, vault: backup_vaults::Vault, key: Option<String>) -> Vault {
    let (site, name, air_gapped) = (reading.site, vault.name.as_str(), vault.sort == AIR_GAPPED);
    let policy = backup_vaults::access_policy(site, name).await;
    let policy = reading.take(format!("access policy of the vault {name}"), policy).flatten();
    let (mut approval_team, mut share) = (None, None);
    if air_gapped {
        let described = backup_vaults::describe(site, name).await;
        let described = reading.take(format!("approval team of the vault {name}"), described).flatten();
        approval_team = described.and_then(|one| one.approval_team);
        let shared = shared(site, &vault).await;
        share = reading.take(format!("share of the vault {name}"), shared).flatten();
    }
    let days = |days: Option<i64>| days.and_then(|days| u32::try_from(days).ok());
    let lock = vault.lock.map(|lock| Lock {
        since: lock.since,
        min_days: days(lock.min_days),
        max_days: days(lock.max_days),
    });
    Vault { arn: vault.arn, air_gapped, key, lock, access_policy: policy, approval_team, share }
}

/// The share that has a vault's name, if it shares the vault.
async fn shared(site: &Site, vault: &backup_vaults::Vault) -> Result<Option<Share>, CallError> {
    let found = resource_shares::named(site, &vault.name).await?;
    let of_vault = found.filter(|share| share.resources.contains(&vault.arn));
    Ok(of_vault.map(|share| Share { external: share.external, principals: share.principals }))
}

/// Whether AWS keeps a key for the service, or it is gone. A key of another account never is AWS's.
async fn is_of_aws(reading: &mut Reading<'_>, key: &str, known: &mut BTreeMap<String, bool>) -> bool {
    let own = key.parse::<Arn>().is_ok_and(|arn| arn.account == reading.account);
    if !own {
        return false;
    }
    if let Some(known) = known.get(key) {
        return *known;
    }
    let found = keys::of_site(reading.site, key).await;
    // Of a key that may not be looked at nothing is said.
    let of_aws = match reading.take(format!("key {key}"), found) {
        Some(found) => found.is_none_or(|found| found.of_aws),
        None => true,
    };
    known.insert(key.to_owned(), of_aws);
    of_aws
}
