//! CreateBackupVault, CreateLogicallyAirGappedBackupVault, DescribeBackupVault, ListBackupVaults, DeleteBackupVault.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html> and its neighbours;
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/logicallyairgappedvault.html> (always locked in compliance
//! mode, from its creation on; seven days at least; a key that AWS owns unless one is given; one to three minutes of
//! CREATING). A repeat with the same `CreatorRequestId` answers with the same vault. Absent: vaults that give access to
//! those of others (RESTORE_ACCESS_BACKUP_VAULT), and quotas.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::kms::queries;
use crate::sim::world::World;

use super::refusal::{exists, invalid_value, no_key, not_empty};
use super::state::{Lock, Vault, VaultKind};
use super::{PAGING, gate, tags, team};

const PREPARATION: Duration = Duration::from_secs(120);
/// The shortest least retention of a logically air-gapped vault, in days, as the model says.
const LEAST_AIR_GAPPED: i64 = 7;
/// What creating a vault does with its key (<https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html>).
const KEY_USE: [&str; 4] = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"];
/// The longest retention, in days: a hundred years.
pub(super) const LONGEST: i64 = 36_500;

pub(super) fn arn(account: &str, region: &str, name: &str) -> String {
    format!("arn:aws:backup:{region}:{account}:backup-vault:{name}")
}

/// A key that a vault can have: it exists in the Region of the vault and works, and one of another account lets this one
/// use it.
fn check_key(world: &World, request: &Request) -> Result<Option<String>, AwsError> {
    let Some(arn) = request.text("EncryptionKeyArn") else { return Ok(None) };
    let account = &request.caller.account;
    let usable = queries::key(world, arn).filter(|key| {
        let ours = key.account == *account
            || KEY_USE.iter().all(|action| queries::allows_account(world, key, account, action));
        ours && key.region == request.region && key.is_enabled() && key.spec == "SYMMETRIC_DEFAULT"
    });
    match usable {
        Some(key) => Ok(Some(key.arn.clone())),
        None => Err(no_key()),
    }
}

/// Makes a vault, or finds that the same request made it before.
fn open(
    world: &mut World,
    request: &Request,
    kind: VaultKind,
    lock: Option<Lock>,
) -> Result<Vault, AwsError> {
    let (account, region, now) = (&request.caller.account, &request.region, request.now);
    let name = request.required("BackupVaultName");
    let request_id = request.text("CreatorRequestId");
    if let Some(known) = world.backup.vault(account, region, name) {
        if request_id.is_some() && known.request_id.as_deref() == request_id && known.kind == kind {
            return Ok(known.clone());
        }
        // The words as public reports quote them, and as <https://github.com/getmoto/moto> answers.
        let words = "Backup vault with the same name already exists";
        return Err(exists(words, &known.arn, known.request_id.as_deref()));
    }
    let key = check_key(world, request)?;
    let tags = tags::given(request, "BackupVaultTags")?;
    let ready = match kind {
        VaultKind::Standard => now,
        VaultKind::AirGapped => world.end_of(now, PREPARATION),
    };
    if kind == VaultKind::Standard && key.is_none() {
        let id = world.ids.uuid();
        let place = world.backup.place_mut(account, region);
        place.default_key.get_or_insert(format!("arn:aws:kms:{region}:{account}:key/{id}"));
    }
    let vault = Vault {
        arn: arn(account, region, name),
        kind,
        key,
        created: now,
        ready,
        request_id: request_id.map(str::to_owned),
        tags,
        policy: None,
        lock,
        team: None,
        team_asked: None,
        notifications: None,
        points: BTreeMap::new(),
    };
    world.backup.place_mut(account, region).vaults.insert(name.to_owned(), vault.clone());
    Ok(vault)
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let vault = open(world, request, VaultKind::Standard, None)?;
    Ok(json!({
        "BackupVaultName": request.required("BackupVaultName"),
        "BackupVaultArn": vault.arn,
        "CreationDate": epoch(vault.created),
    }))
}

pub(super) fn create_air_gapped(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let days = |member| request.integer(member).unwrap_or_default();
    let (min, max) = (days("MinRetentionDays"), days("MaxRetentionDays"));
    if min < LEAST_AIR_GAPPED {
        return Err(invalid_value(format!("MinRetentionDays must be at least {LEAST_AIR_GAPPED} days.")));
    }
    if max < min || max > LONGEST {
        return Err(invalid_value(format!(
            "MaxRetentionDays must be between MinRetentionDays and {LONGEST} days."
        )));
    }
    let lock = Lock { min_days: Some(min), max_days: Some(max), date: Some(request.now) };
    let vault = open(world, request, VaultKind::AirGapped, Some(lock))?;
    Ok(json!({
        "BackupVaultName": request.required("BackupVaultName"),
        "BackupVaultArn": vault.arn,
        "CreationDate": epoch(vault.created),
        "VaultState": state(&vault, request),
    }))
}

fn state(vault: &Vault, request: &Request) -> &'static str {
    if vault.ready > request.now { "CREATING" } else { "AVAILABLE" }
}

/// What listings show of a vault.
fn view(world: &World, request: &Request, name: &str, vault: &Vault) -> Value {
    let owner = vault.arn.split(':').nth(4).unwrap_or_default();
    let default = world.backup.place(owner, &request.region).and_then(|place| place.default_key.as_ref());
    // The model has no type for the key that AWS manages in the account.
    let (key, key_type) = match (&vault.key, vault.kind) {
        (Some(key), _) => (Some(key), Some("CUSTOMER_MANAGED_KMS_KEY")),
        (None, VaultKind::Standard) => (default, None),
        (None, VaultKind::AirGapped) => (None, Some("AWS_OWNED_KMS_KEY")),
    };
    let lock = vault.lock.as_ref();
    json!({
        "BackupVaultName": name,
        "BackupVaultArn": vault.arn,
        "VaultType": vault.kind.name(),
        "VaultState": state(vault, request),
        "CreationDate": epoch(vault.created),
        "CreatorRequestId": vault.request_id,
        "NumberOfRecoveryPoints": vault.points.len(),
        "EncryptionKeyArn": key,
        "EncryptionKeyType": key_type,
        "Locked": lock.is_some(),
        "MinRetentionDays": lock.and_then(|lock| lock.min_days),
        "MaxRetentionDays": lock.and_then(|lock| lock.max_days),
        "LockDate": lock.and_then(|lock| lock.date).map(epoch),
    })
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let vault = gate::seen(world, request, None)?;
    let mut view = view(world, request, request.required("BackupVaultName"), vault);
    if let Some((team, since)) = &vault.team {
        view["MpaApprovalTeamArn"] = json!(team);
        view["LatestMpaApprovalTeamUpdate"] = team::latest(vault, *since, request.now);
    }
    Ok(view)
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let wanted = request.text("ByVaultType");
    let place = world.backup.place(&request.caller.account, &request.region);
    let own = place.into_iter().flat_map(|place| &place.vaults).map(|(name, vault)| (name.as_str(), vault));
    let vaults: Vec<(&str, &Vault)> = if request.boolean("ByShared").unwrap_or_default() {
        gate::shared(world, request).map(|(_, name, vault)| (name, vault)).collect()
    } else {
        own.collect()
    };
    let fits = |(_, vault): &(&str, &Vault)| wanted.is_none_or(|kind| kind == vault.kind.name());
    let found = vaults.into_iter().filter(fits).collect();
    PAGING.page(request, "BackupVaultList", found, |(name, vault)| view(world, request, name, vault))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    if !gate::vault(world, request)?.points.is_empty() {
        return Err(not_empty());
    }
    let place = world.backup.place_mut(&request.caller.account, &request.region);
    place.vaults.remove(request.required("BackupVaultName"));
    Ok(json!({}))
}
