//! Vaults of AWS Backup in one account and Region.

use aws_sdk_backup::types::{BackupVaultListMember, MpaSessionStatus};
use jiff::Timestamp;
use serde_json::Value;

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;
use crate::model::policy;

const LIST: &str = "backup:ListBackupVaults";
const DESCRIBE: &str = "backup:DescribeBackupVault";
const POLICY: &str = "backup:GetBackupVaultAccessPolicy";

/// AWS's word for logically air-gapped vaults.
pub(crate) const AIR_GAPPED: &str = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT";

/// The largest page (API Reference, ListBackupVaults).
const PAGE: i32 = 1000;

/// One vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Vault {
    pub(crate) name: String,
    pub(crate) arn: String,
    /// AWS's word for its sort.
    pub(crate) sort: String,
    /// AWS's word for its state; none where it gives none.
    pub(crate) state: Option<String>,
    /// The ARN of its key; none is a key that AWS owns.
    pub(crate) key: Option<String>,
    pub(crate) lock: Option<Lock>,
    pub(crate) recovery_points: i64,
}

/// How a vault is locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lock {
    /// From when nobody can take the lock away; none for one that can always be.
    pub(crate) since: Option<Timestamp>,
    pub(crate) min_days: Option<i64>,
    pub(crate) max_days: Option<i64>,
}

/// All vaults, in one list.
///
/// # Errors
/// When they cannot be listed.
pub(crate) async fn list(site: &Site) -> Result<Vec<Vault>, CallError> {
    let client = site.clients.backup();
    let found = pages::all(LIST, |token| async move {
        let request = || client.list_backup_vaults().max_results(PAGE).set_next_token(token.clone());
        let answer = site.call(LIST, || request().send()).await?;
        Ok((answer.backup_vault_list().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().map(of_list).collect())
}

fn of_list(vault: &BackupVaultListMember) -> Vault {
    let sort = vault.vault_type().map_or("BACKUP_VAULT", |sort| sort.as_str());
    // An air-gapped vault is always locked, whether AWS says so in so many words or not.
    let lock = (vault.locked().unwrap_or_default() || sort == AIR_GAPPED).then(|| Lock {
        since: vault.lock_date().and_then(timestamp),
        min_days: vault.min_retention_days(),
        max_days: vault.max_retention_days(),
    });
    Vault {
        name: vault.backup_vault_name().unwrap_or_default().to_owned(),
        arn: vault.backup_vault_arn().unwrap_or_default().to_owned(),
        sort: sort.to_owned(),
        state: vault.vault_state().map(|state| state.as_str().to_owned()),
        key: vault.encryption_key_arn().map(str::to_owned),
        lock,
        recovery_points: vault.number_of_recovery_points(),
    }
}

/// What only a vault's own description tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) arn: String,
    /// AWS's word for its state; none where it gives none.
    pub(crate) state: Option<String>,
    pub(crate) lock: Option<Lock>,
    /// The ARN of the team that approves access.
    pub(crate) approval_team: Option<String>,
    /// Since when that team is asked whether it agrees to its change; none while it is not.
    pub(crate) team_asked: Option<Timestamp>,
}

/// One vault by name; none when it is not there.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn describe(site: &Site, name: &str) -> Result<Option<Described>, CallError> {
    let client = site.clients.backup();
    let request = || client.describe_backup_vault().backup_vault_name(name);
    let vault = match site.call(DESCRIBE, || request().send()).await {
        Ok(vault) => vault,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    let lock = vault.locked().unwrap_or_default().then(|| Lock {
        since: vault.lock_date().and_then(timestamp),
        min_days: vault.min_retention_days(),
        max_days: vault.max_retention_days(),
    });
    let waiting = vault.latest_mpa_approval_team_update();
    let waiting = waiting.filter(|update| update.status() == Some(&MpaSessionStatus::Pending));
    Ok(Some(Described {
        arn: vault.backup_vault_arn().unwrap_or_default().to_owned(),
        state: vault.vault_state().map(|state| state.as_str().to_owned()),
        lock,
        approval_team: vault.mpa_approval_team_arn().map(str::to_owned),
        team_asked: waiting.and_then(|update| timestamp(update.initiation_date()?)),
    }))
}

/// A vault's access policy in canonical form; none when it has none, or is not there.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn access_policy(site: &Site, name: &str) -> Result<Option<Value>, CallError> {
    let client = site.clients.backup();
    let request = || client.get_backup_vault_access_policy().backup_vault_name(name);
    let answer = match site.call(POLICY, || request().send()).await {
        Ok(answer) => answer,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some(text) = answer.policy() else { return Ok(None) };
    let value: Value =
        serde_json::from_str(text).map_err(|_| CallError::unreadable(POLICY, "usable policy document"))?;
    Ok(Some(policy::canonical(&value)))
}

/// A moment as the SDK has it.
pub(crate) fn timestamp(at: &aws_smithy_types::DateTime) -> Option<Timestamp> {
    Timestamp::from_millisecond(at.to_millis().ok()?).ok()
}
