//! What KMS holds: keys and aliases per account and Region.
//!
//! In: changes by the operations of this folder. Out: plain data that can be saved with the world.
//! Absent: key material; nothing is ever encrypted here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// KMS of every account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By 12-digit account id.
    pub(crate) accounts: BTreeMap<String, Account>,
}

/// KMS of one account: Region to what it holds.
pub(crate) type Account = BTreeMap<String, Region>;

/// KMS of one account in one Region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Region {
    /// By key id.
    pub(crate) keys: BTreeMap<String, Key>,
    /// By full name, `alias/...`.
    pub(crate) aliases: BTreeMap<String, Alias>,
}

/// One key, or one replica of a multi-Region key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Key {
    /// Key id: a UUID, or `mrk-` and 32 hexadecimal digits for a multi-Region key.
    pub id: String,
    /// ARN with account and Region.
    pub arn: String,
    /// 12-digit account id.
    pub account: String,
    /// Region.
    pub region: String,
    /// When it was created.
    pub created: Timestamp,
    /// Free text.
    pub description: String,
    /// `SYMMETRIC_DEFAULT`, `RSA_2048`, ...
    pub spec: String,
    /// `ENCRYPT_DECRYPT`, `SIGN_VERIFY`, ...
    pub usage: String,
    /// `AWS_KMS` or `EXTERNAL`.
    pub origin: String,
    /// Key state of the model: `Enabled`, `Disabled`, `PendingDeletion`, ...
    pub state: String,
    /// The key policy as it was given.
    pub policy: String,
    /// Tags by key.
    pub tags: BTreeMap<String, String>,
    /// What makes it a multi-Region key; `None` for a single-Region key.
    pub multi_region: Option<MultiRegion>,
    /// Rotation period in days while automatic rotation is on. Of a replica: see its primary.
    pub rotation: Option<Rotation>,
    /// While deletion is scheduled.
    pub deletion: Option<Deletion>,
    /// When a passing state (`Creating`, `Updating`) ends, and the state that follows.
    pub passing: Option<(Timestamp, String)>,
}

/// The set a multi-Region key belongs to. Each member of the set carries the same value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MultiRegion {
    /// Region of the primary key.
    pub primary: String,
    /// Regions of the replica keys.
    pub replicas: BTreeSet<String>,
}

/// Automatic rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// 90 to 2560.
    pub period_days: i64,
    /// When it was switched on.
    pub since: Timestamp,
}

/// A scheduled deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// 7 to 30.
    pub window_days: i64,
    /// When the key goes; `None` while a primary waits for its replicas to go.
    pub at: Option<Timestamp>,
}

/// One alias.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Alias {
    pub(crate) target: String,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

impl State {
    /// KMS of an account in a Region, empty if nothing was ever kept for it.
    pub(crate) fn region_mut(&mut self, account: &str, region: &str) -> &mut Region {
        self.accounts
            .entry(account.to_owned())
            .or_default()
            .entry(region.to_owned())
            .or_default()
    }

    /// A key by account, Region and id.
    pub(crate) fn key(&self, account: &str, region: &str, id: &str) -> Option<&Key> {
        self.accounts.get(account)?.get(region)?.keys.get(id)
    }

    /// Every key and replica.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.accounts
            .values()
            .flat_map(BTreeMap::values)
            .flat_map(|region| region.keys.values())
    }

    /// Every key of an account that shares `id`: the members of a multi-Region set.
    pub(crate) fn set_mut<'s>(
        &'s mut self,
        account: &str,
        id: &'s str,
    ) -> impl Iterator<Item = &'s mut Key> {
        let regions = self
            .accounts
            .get_mut(account)
            .into_iter()
            .flat_map(BTreeMap::values_mut);
        regions.filter_map(move |region| region.keys.get_mut(id))
    }
}

impl Key {
    /// Whether it is the primary of its set, or a single-Region key.
    #[must_use]
    pub fn is_primary(&self) -> bool {
        self.multi_region
            .as_ref()
            .is_none_or(|set| set.primary == self.region)
    }

    /// Whether it can be used.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.state == "Enabled"
    }
}
