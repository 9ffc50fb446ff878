//! What was seen live: by whom, where, and what could not be read.
//!
//! A snapshot holds only what the desired resources ask about, in the same field
//! names and canonical forms, plus a few facts that the checks need. It can be
//! saved and loaded. Two readings of an unchanged organization are equal: there
//! is no clock in it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::evidence::Inside;
use crate::cloud::failure::CallError;
use crate::model::controls::ControlFacts;
use crate::model::ids::{AccountId, OrganizationId};
use crate::model::partition::Partition;
use crate::model::region::Region;
use crate::model::{Address, Live};

/// The organization as far as it was asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The account whose credentials were used.
    pub account: AccountId,
    /// The caller's ARN.
    pub caller: String,
    /// The partition it lies in.
    pub partition: Partition,
    /// The Region in which Control Tower and keys were looked at.
    pub home_region: Region,
    /// The organization, if there is one.
    pub organization: Option<OrganizationId>,
    /// Its management account, if there is an organization.
    pub management_account: Option<AccountId>,
    /// What exists of the desired resources.
    pub live: BTreeMap<Address, Live>,
    /// What could not be read, and why.
    pub gaps: BTreeMap<Address, CallError>,
    /// What else the checks want to know.
    pub facts: Facts,
}

/// So that a document without controls leaves no trace of them.
fn is_default(facts: &ControlFacts) -> bool {
    *facts == ControlFacts::default()
}

/// So that an organization without closed accounts leaves no trace of them.
fn is_none_or_zero(count: &Option<u64>) -> bool {
    count.unwrap_or_default() == 0
}

/// Facts beside the resources. Each is absent when nothing asked for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Accounts in the organization, of every state, the management account too.
    pub accounts: Option<u64>,
    /// Those of them that are closed or are being closed. AWS lists a closed account for 90
    /// days and does not say when it was closed.
    #[serde(default, skip_serializing_if = "is_none_or_zero")]
    pub closed_accounts: Option<u64>,
    /// The quota on accounts, if it could be read.
    pub account_quota: Option<u64>,
    /// Every service principal with trusted access.
    pub trusted_services: Option<BTreeSet<String>>,
    /// Names of accounts that AWS is creating; looked for when a desired account is
    /// missing.
    #[serde(default)]
    pub accounts_under_creation: BTreeSet<String>,
    /// Accounts of the document that are not `ACTIVE`, with AWS's word for their state.
    pub inactive_accounts: BTreeMap<Address, String>,
    /// E-mail addresses of members whose account the document names by another
    /// address, and other findings worth a note, in words.
    pub remarks: BTreeSet<String>,
    /// Units with a suspended or closed account in them, by unit address, with
    /// the account ids: such a unit cannot be registered.
    pub units_with_inactive_accounts: BTreeMap<Address, BTreeSet<String>>,
    /// Open accounts directly in a unit that is to be deleted or deregistered, by
    /// unit address, with the account ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub occupants: BTreeMap<Address, BTreeSet<String>>,
    /// Whether there is a landing zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landing_zone: Option<bool>,
    /// The newest landing-zone version that AWS offers, when one exists already.
    pub latest_landing_zone: Option<String>,
    /// What the Control Catalog says about the controls of the document.
    #[serde(default, skip_serializing_if = "is_default")]
    pub controls: ControlFacts,
    /// AWS's word for the state of each policy type of the root, when one is asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_types: Option<BTreeMap<String, String>>,
    /// Limits of policy types that AWS lists as quotas, by AWS's name of the type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub policy_quotas: BTreeMap<String, PolicyQuota>,
    /// Aggregators of AWS services where the document wants one of its own, by its address.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub service_aggregators: BTreeMap<Address, String>,
    /// Other trails over the whole organization, by the address of a trail that is wanted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other_trails: BTreeMap<Address, Vec<String>>,
    /// Policies that are attached directly to a target at which something would change:
    /// by the target's id and AWS's name of the type, each policy's id with its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attached: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
    /// Whether there is an organization instance of IAM Identity Center.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_center: Option<bool>,
    /// Users that the document names and that Identity Center does not have, by the
    /// assignment that names each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown_users: BTreeMap<Address, String>,
    /// Active accounts below the units that assignments name (below the organization's
    /// address: all), as far as the document does not place them itself, each with
    /// its id: by the document's name, or by the id where it has none. The management
    /// account is not among them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts_below: BTreeMap<Address, BTreeMap<String, String>>,
    /// Every active account, `{id, email}`, when something reaches them all: by the document's
    /// name, `management`, or the id where it has none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub everybody: BTreeMap<String, serde_json::Value>,
    /// Active members that the document does not name, each by its id with the unit it
    /// stands in (none: in the root); looked for when policies could deny them something.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub strangers: BTreeMap<String, Option<Address>>,
    /// Policies in force that the document does not have, written in statements, by id; looked for
    /// when something could be denied.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub standing_policies: BTreeMap<String, StandingPolicy>,
    /// Ids of targets of such policies on which nothing that AWS made allows everything.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub allow_listed: BTreeSet<String>,
    /// Ids of accounts that Control Tower has a part for, or has enrolled, and that are no members any more.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub departed: BTreeSet<String>,
    /// Accounts that are to be closed and that Control Tower still governs.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub enrolled: BTreeSet<Address>,
    /// What is inside accounts that Control Tower does not govern yet, as far as the document wants
    /// them governed or has taken them over.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inside: BTreeMap<Address, Inside>,
    /// How the wanted vaults of AWS Backup are locked, those that are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vault_locks: BTreeMap<Address, VaultLock>,
    /// Accounts, by id, in which the organization's backup policies make no valid whole, with AWS's
    /// words; looked for when plans of backups are in force.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub invalid_backup_policies: BTreeMap<String, Vec<String>>,
    /// What AWS keeps copies of elsewhere, which do not follow by themselves.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub copied: BTreeSet<Address>,
    /// What nothing can be done about before something else has run for a time, with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub not_yet: BTreeMap<Address, String>,
    /// Operations that somebody has under way at Control Tower, by id.
    pub control_tower_busy: BTreeSet<String>,
}

/// A policy that somebody else made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingPolicy {
    /// Its name, unique within its type.
    pub name: String,
    /// AWS's name of its type.
    pub kind: String,
    /// What it says.
    pub content: serde_json::Value,
    /// Ids of the root, units and accounts that it is attached to.
    pub targets: BTreeSet<String>,
}

/// How a vault of AWS Backup is locked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultLock {
    /// From when nobody can take the lock away, RFC 3339; none for one that can always be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// No recovery point is kept shorter, in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_days: Option<i64>,
    /// No recovery point is kept longer, in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_days: Option<i64>,
}

/// Limits of one policy type, as far as AWS lists them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyQuota {
    /// Characters of a document.
    pub size: Option<u64>,
    /// Policies on one target.
    pub attached: Option<u64>,
}
