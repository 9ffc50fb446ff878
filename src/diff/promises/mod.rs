//! What the document promises of backups, held against what there is to recover from.
//!
//! In: the spec, what a [`Snapshot`] knows, [`Evidence`] and the present time. Out: for every protected
//! account and Region, vault and restore test whether its promise is kept, and if not, why. What
//! could not be read is a promise that is not shown to be kept.
//!
//! [`Snapshot`]: crate::observe::Snapshot
//! [`Evidence`]: crate::observe::recovery::Evidence

mod judge;
mod known;
mod wanted;

pub use judge::judge;
pub use known::{Known, asked};
pub use wanted::{Lock, Promises, Protected, Tested, Vault};

use jiff::Timestamp;
use serde::Serialize;

use crate::model::region::Region;

/// How a promise stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "standing", content = "why")]
pub enum Standing {
    /// It is kept.
    Kept,
    /// It is not, in words.
    Broken(String),
}

impl Standing {
    /// Whether it is kept.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        matches!(self, Self::Kept)
    }
}

/// Copies of one account in one Region, by one plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfAccount {
    /// The plan.
    pub plan: String,
    /// The account's name in the document.
    pub account: String,
    /// The Region.
    pub region: Region,
    /// The vault that holds the copies.
    pub vault: String,
    /// How old the newest copy may be, in hours.
    pub within_hours: u64,
    /// When the newest copy was made.
    pub newest: Option<Timestamp>,
    /// Its age in hours, rounded down.
    pub age_hours: Option<u64>,
    /// Resources with a copy.
    pub resources: usize,
    /// How it stands.
    #[serde(flatten)]
    pub standing: Standing,
}

/// The lock of one vault in one Region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfVault {
    /// The vault.
    pub vault: String,
    /// Its account's name in the document.
    pub account: String,
    /// The Region.
    pub region: Region,
    /// In words: `immutable since ...`, `immutable from ... on`, `governed`, `air-gapped`, `open`.
    pub lock: String,
    /// Recovery points in it that can be restored.
    pub copies: usize,
    /// How it stands.
    #[serde(flatten)]
    pub standing: Standing,
}

/// The last restore test of one type of resources in one Region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfTest {
    /// The plan of tests.
    pub plan: String,
    /// The Region.
    pub region: Region,
    /// The type of resources.
    pub resource_type: String,
    /// When the last test ended.
    pub ended: Option<Timestamp>,
    /// How long it took, in seconds.
    pub seconds: Option<u64>,
    /// What was said of the restored data: `found valid`, `found invalid`, `not validated`. AWS asks
    /// nobody to validate it, so silence is told and breaks no promise.
    pub validation: Option<String>,
    /// How it stands.
    #[serde(flatten)]
    pub standing: Standing,
}

/// A resource that is, or was, backed up in its account and has no copy as young as promised.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unprotected {
    /// The account's name in the document.
    pub account: String,
    /// The Region.
    pub region: Region,
    /// Its ARN.
    pub resource: String,
    /// AWS's word for its type.
    pub resource_type: String,
    /// Why, in words.
    pub why: String,
}

/// Everything that is promised, and how it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// By plan, account and Region.
    pub accounts: Vec<OfAccount>,
    /// By vault and Region.
    pub vaults: Vec<OfVault>,
    /// By plan of tests, Region and type.
    pub tests: Vec<OfTest>,
    /// Resources without protection, by account.
    pub unprotected: Vec<Unprotected>,
    /// Accounts whose backup policies AWS finds invalid, with its words.
    pub invalid_policies: Vec<String>,
}

impl Judgement {
    /// How many promises are broken.
    #[must_use]
    pub fn broken(&self) -> usize {
        let accounts = self.accounts.iter().map(|one| &one.standing);
        let vaults = self.vaults.iter().map(|one| &one.standing);
        let tests = self.tests.iter().map(|one| &one.standing);
        let standing = accounts.chain(vaults).chain(tests).filter(|standing| !standing.is_kept()).count();
        standing + self.invalid_policies.len()
    }

    /// How many promises there are.
    #[must_use]
    pub fn promises(&self) -> usize {
        self.accounts.len() + self.vaults.len() + self.tests.len() + self.invalid_policies.len()
    }
}
