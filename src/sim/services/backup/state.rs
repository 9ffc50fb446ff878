//! What AWS Backup holds: per Region and account its settings and vaults, and what organizations have switched on.
//!
//! In: changes by the operations of this folder and by time. Out: plain data that is saved with the world. A vault's
//! state and whether its lock is final are not kept: they follow from the time. Absent: rules, and the plans that
//! organization policies make, which follow from the policies.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::audit::Audit;
use super::data;
use super::holds::Hold;
use super::plan_requests::OwnPlan;
use super::records::{Agenda, BackupJob, CopyJob, RestoreJob};
use super::testing_plans;

/// Tags by key.
pub(crate) type Tags = BTreeMap<String, String>;

/// AWS Backup of every account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// What management accounts have switched on, by organization id.
    pub(crate) global: BTreeMap<String, Global>,
    /// By Region, then by account.
    pub(crate) regions: BTreeMap<String, BTreeMap<String, Place>>,
    /// What there is to back up.
    pub(crate) data: data::Everything,
    /// Restore testing plans.
    pub(crate) testing: testing_plans::Everything,
    /// What is still to happen.
    pub(crate) agenda: Agenda,
    /// The last full hour whose schedules were looked up.
    pub(crate) looked: Option<Timestamp>,
}

/// The settings of an organization.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Global {
    /// `isCrossAccountBackupEnabled` and its like.
    pub(crate) switches: BTreeMap<String, bool>,
    pub(crate) updated: Timestamp,
}

/// AWS Backup of one account in one Region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    /// Resource types, where they differ from how a Region begins.
    pub(crate) opt_in: BTreeMap<String, bool>,
    /// Full management of types, where it differs from how a Region begins.
    pub(crate) managed: BTreeMap<String, bool>,
    /// Incremental backups of types.
    pub(crate) incremental: BTreeMap<String, bool>,
    /// The key that AWS manages for vaults that name none, once one was made.
    pub(crate) default_key: Option<String>,
    /// By name.
    pub(crate) vaults: BTreeMap<String, Vault>,
    /// The account's own plans, by id.
    pub(crate) plans: BTreeMap<String, OwnPlan>,
    /// When plans last ran, by id.
    pub(crate) ran: BTreeMap<String, Timestamp>,
    /// Jobs of the last thirty days, by id.
    pub(crate) backups: BTreeMap<String, BackupJob>,
    pub(crate) copies: BTreeMap<String, CopyJob>,
    pub(crate) restores: BTreeMap<String, RestoreJob>,
    /// Legal holds by id.
    pub(crate) holds: BTreeMap<String, Hold>,
    /// Report plans by name.
    pub(crate) reports: BTreeMap<String, Audit>,
    /// Frameworks by name.
    pub(crate) frameworks: BTreeMap<String, Audit>,
}

/// What a vault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum VaultKind {
    Standard,
    AirGapped,
}

impl VaultKind {
    /// `VaultType` of the API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Standard => "BACKUP_VAULT",
            Self::AirGapped => "LOGICALLY_AIR_GAPPED_BACKUP_VAULT",
        }
    }
}

/// A backup vault.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Vault {
    pub(crate) arn: String,
    pub(crate) kind: VaultKind,
    /// The key it was made with; `None`: of a standard vault the one that AWS manages, else one that AWS owns.
    pub(crate) key: Option<String>,
    pub(crate) created: Timestamp,
    /// When it is no longer CREATING.
    pub(crate) ready: Timestamp,
    /// `CreatorRequestId`.
    pub(crate) request_id: Option<String>,
    #[serde(default)]
    pub(crate) tags: Tags,
    /// The access policy as it was given.
    #[serde(default)]
    pub(crate) policy: Option<String>,
    #[serde(default)]
    pub(crate) lock: Option<Lock>,
    /// The approval team, since when.
    #[serde(default)]
    pub(crate) team: Option<(String, Timestamp)>,
    /// Since when the team is asked whether it agrees to its change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) team_asked: Option<Timestamp>,
    /// Topic and events of its notifications.
    #[serde(default)]
    pub(crate) notifications: Option<(String, Vec<String>)>,
    /// What it holds, by ARN.
    #[serde(default)]
    pub(crate) points: BTreeMap<String, Point>,
}

/// A recovery point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Point {
    /// ARN of what was backed up.
    pub(crate) resource: String,
    /// Its type, e.g. `EBS`.
    pub(crate) kind: String,
    /// ARN of the role that it was made with.
    pub(crate) role: String,
    /// When the backup was begun; of a copy, when its source was.
    pub(crate) created: Timestamp,
    pub(crate) completed: Timestamp,
    pub(crate) bytes: i64,
    pub(crate) lifecycle: Lifecycle,
    /// ARN of the key that encrypts it, if somebody chose one.
    #[serde(default)]
    pub(crate) key: Option<String>,
    /// When it was last restored.
    #[serde(default)]
    pub(crate) restored: Option<Timestamp>,
    /// ARN of the vault that it was copied from.
    #[serde(default)]
    pub(crate) source: Option<String>,
    /// `CreatedBy`, if a plan made it.
    #[serde(default)]
    pub(crate) by: Option<Value>,
    #[serde(default)]
    pub(crate) tags: Tags,
}

/// How long a recovery point stays, in days from its creation; for ever without a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Lifecycle {
    pub(crate) cold_after: Option<i64>,
    pub(crate) delete_after: Option<i64>,
}

/// A vault lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lock {
    pub(crate) min_days: Option<i64>,
    pub(crate) max_days: Option<i64>,
    /// From when on nothing can change it; never in governance mode.
    pub(crate) date: Option<Timestamp>,
}

impl Lock {
    /// Whether nothing can change it any more: "on and after the lock date"
    /// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html>).
    pub(crate) fn is_final(&self, now: Timestamp) -> bool {
        self.date.is_some_and(|date| date <= now)
    }

    /// Whether the vault takes a recovery point that stays so long; one that stays for ever is longer than any maximum
    /// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html>).
    pub(crate) fn takes(&self, lifecycle: Lifecycle) -> bool {
        let days = lifecycle.delete_after;
        let long_enough = self.min_days.is_none_or(|min| days.is_none_or(|days| days >= min));
        let short_enough = self.max_days.is_none_or(|max| days.is_some_and(|days| days <= max));
        long_enough && short_enough
    }
}

impl State {
    pub(crate) fn place(&self, account: &str, region: &str) -> Option<&Place> {
        self.regions.get(region)?.get(account)
    }

    pub(crate) fn place_mut(&mut self, account: &str, region: &str) -> &mut Place {
        self.regions.entry(region.to_owned()).or_default().entry(account.to_owned()).or_default()
    }

    pub(crate) fn vault(&self, account: &str, region: &str, name: &str) -> Option<&Vault> {
        self.place(account, region)?.vaults.get(name)
    }

    pub(crate) fn vault_mut(&mut self, account: &str, region: &str, name: &str) -> Option<&mut Vault> {
        self.regions.get_mut(region)?.get_mut(account)?.vaults.get_mut(name)
    }

    /// The tags of what an ARN of AWS Backup names, as far as policies ask for them.
    pub(crate) fn tags_of(&self, arn: &str) -> Option<&Tags> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", _, "backup", region, account, rest] = parts.as_slice() else { return None };
        let name = rest.strip_prefix("backup-vault:")?;
        self.vault(account, region, name).map(|vault| &vault.tags)
    }

    /// The ARN of what a place has of a kind by that name, the kind being as in ARNs.
    pub(crate) fn arn_of(&self, account: &str, region: &str, kind: &str, name: &str) -> Option<&str> {
        let place = self.place(account, region);
        match kind {
            "report-plan" => Some(place?.reports.get(name)?.arn.as_str()),
            "framework" => Some(place?.frameworks.get(name)?.arn.as_str()),
            _ => Some(self.testing.get(region)?.get(account)?.get(name)?.arn.as_str()),
        }
    }

    /// Whether the management account of an organization has switched something on.
    pub(crate) fn switched_on(&self, organization: &str, switch: &str) -> bool {
        let global = self.global.get(organization);
        global.and_then(|global| global.switches.get(switch)).copied().unwrap_or_default()
    }
}
