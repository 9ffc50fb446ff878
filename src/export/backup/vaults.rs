//! `backup.vaults`.

use std::collections::BTreeSet;

use super::{Chosen, Said, access, alike, holder};
use crate::export::draft::Draft;
use crate::export::yaml::Map;
use crate::model::arn::Arn;
use crate::model::region::Region;
use crate::model::{Address, Kind};
use crate::observe::census::backup::{Lock, Share, Vault};
use crate::spec::backup::ORGANIZATION;

/// The least that AWS takes for a grace (Backup API Reference, PutBackupVaultLockConfiguration). AWS
/// tells when a lock became immutable, and not what grace it was given.
const LEAST_GRACE: u64 = 3;
/// The service that shares.
const SHARING: &str = "ram.amazonaws.com";

/// The vaults that the document has.
pub(super) struct Vaults {
    pub(super) section: Map,
    /// The ARNs by which they go.
    arns: BTreeSet<String>,
}

impl Vaults {
    /// The name of the vault that an ARN stands for, when it is of the document and in this account
    /// and Region.
    pub(super) fn name(&self, arn: &str, account: &str, region: &Region) -> Option<String> {
        let parts: Arn = arn.parse().ok()?;
        let here = parts.account == account && parts.region == region.as_str() && self.arns.contains(arn);
        here.then(|| parts.resource.rsplit(':').next().unwrap_or_default().to_owned())
    }
}

pub(super) fn write(draft: &mut Draft<'_>) -> Vaults {
    let census = draft.census;
    let chosen = alike(draft, Kind::BackupVault, "vaults", |place| &place.vaults, said);
    let mut all = Vaults { section: Map::default(), arns: BTreeSet::new() };
    for (name, one) in &chosen {
        let Some(entry) = one.written(draft) else { continue };
        all.section.put(name, entry);
        for region in &one.regions {
            let place = census.backup.accounts.get(&one.account).and_then(|regions| regions.get(region));
            if let Some(vault) = place.and_then(|place| place.vaults.get(name)) {
                all.arns.insert(vault.arn.clone());
            }
        }
        shares(draft, name, one);
    }
    all
}

fn said(
    draft: &mut Draft<'_>,
    account: &str,
    region: &Region,
    name: &str,
    vault: &Vault,
) -> Result<Said, String> {
    holder(draft, account)?;
    let mut entry = Map::default();
    let mut left = None;
    if vault.air_gapped {
        entry.put("type", "logically_air_gapped");
    }
    entry.put_some("key", vault.key.as_ref().map(|arn| key(draft, arn)));
    if let Some(policy) = &vault.access_policy {
        match access::words(draft, policy) {
            Some(words) => entry.extend(words),
            None => draft.remark(format!(
                "backup.vaults.{name} of {account} in {region}: the document has no words for its access policy"
            )),
        }
    }
    let days = |days: Option<u32>| days.map(u64::from);
    match &vault.lock {
        Some(limits) if vault.air_gapped => {
            entry.put_some("min_retention_days", days(limits.min_days));
            entry.put_some("max_retention_days", days(limits.max_days));
        }
        Some(live) => {
            entry.put("lock", lock(live));
            left = live.min_days.is_none().then(|| "its lock has no minimum of retention".to_owned());
        }
        None => {}
    }
    entry.put_some("approval_team", vault.approval_team.as_ref());
    if let Some(share) = &vault.share {
        entry.put_filled("share_with", sharees(draft, share));
    }
    Ok(Said { entry, left })
}

/// The same text for a multi-Region key in whatever Region.
fn key(draft: &Draft<'_>, arn: &str) -> String {
    let home = &draft.census.home_region;
    arn.parse::<Arn>().map_or_else(|_| arn.to_owned(), |arn| arn.of_key_in(home).to_string())
}

fn lock(live: &Lock) -> Map {
    let mut lock = Map::default();
    lock.put("mode", if live.since.is_some() { "compliance" } else { "governance" });
    lock.put_some("min_retention_days", live.min_days.map(u64::from));
    lock.put_some("max_retention_days", live.max_days.map(u64::from));
    lock.put_some("grace_days", live.since.map(|_| LEAST_GRACE));
    lock
}

fn sharees(draft: &Draft<'_>, share: &Share) -> Vec<String> {
    let word = |principal: &String| {
        let id = principal.rsplit('/').next().unwrap_or(principal);
        match draft.names.target(id) {
            _ if principal.contains(":organization/") => ORGANIZATION.to_owned(),
            word if word == ORGANIZATION && id.starts_with("ou-") => format!("unit:{word}"),
            word if word == ORGANIZATION => format!("account:{word}"),
            word => word,
        }
    };
    let mut words: Vec<String> = share.principals.iter().map(word).collect();
    words.sort();
    words
}

/// What a plan would change of a vault's shares although nobody said so.
fn shares(draft: &mut Draft<'_>, name: &str, one: &Chosen) {
    let census = draft.census;
    for region in &one.regions {
        let place = census.backup.accounts.get(&one.account).and_then(|regions| regions.get(region));
        let vault = place.and_then(|place| place.vaults.get(name));
        let Some(share) = vault.and_then(|vault| vault.share.as_ref()) else { continue };
        let strange = |principal: &&String| {
            let outside = !principal.contains(':') && draft.names.holder(principal).is_none();
            outside || census.is_management(principal)
        };
        let outside = share.principals.iter().filter(strange).count();
        if share.external != (outside > 0) {
            let why = "it allows principals outside the organization otherwise than these need";
            draft.leave(&Address::new(Kind::ResourceShare, format!("{name}/{region}")), why);
        }
        if outside < share.principals.len() {
            draft.leave_trust(SHARING, "a vault is shared inside the organization without it");
        }
    }
}
