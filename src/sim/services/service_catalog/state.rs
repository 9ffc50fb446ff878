//! What Service Catalog holds: Account Factory's portfolio, the accounts provisioned from it, the records of that.
//!
//! In: changes by the operations of this folder and by time. Out: plain data that is saved with the world.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything in the one catalogue of the world.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub(crate) portfolio: Option<Portfolio>,
    /// By id, `pp-...`.
    pub(crate) products: BTreeMap<String, Provisioned>,
    /// By id, `rec-...`.
    pub(crate) records: BTreeMap<String, Record>,
    /// Orders records that begin at the same instant.
    pub(crate) serial: u64,
}

/// Account Factory's portfolio with its one product.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Portfolio {
    pub(crate) id: String,
    pub(crate) product: String,
    pub(crate) artifact: String,
    pub(crate) path: String,
    pub(crate) made: Timestamp,
    /// ARNs of principals, and patterns of them, that may launch from it.
    pub(crate) principals: BTreeSet<String>,
}

/// An account that was provisioned, or tried to be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Provisioned {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) status: Status,
    pub(crate) message: Option<String>,
    pub(crate) made: Timestamp,
    /// The token that it was asked for with.
    pub(crate) token: String,
    /// ARN of whoever asked.
    pub(crate) user: String,
    /// The account, once it is known.
    pub(crate) account: Option<String>,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) last_record: String,
    pub(crate) last_provisioning: Option<String>,
    pub(crate) last_success: Option<String>,
}

/// `ProvisionedProductStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    Available,
    UnderChange,
    Tainted,
    Error,
}

impl Status {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Available => "AVAILABLE",
            Self::UnderChange => "UNDER_CHANGE",
            Self::Tainted => "TAINTED",
            Self::Error => "ERROR",
        }
    }
}

/// What a record is of; the words are those of `RecordType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Work {
    Provision,
    Update,
    Terminate,
}

impl Work {
    /// `RecordType` as the model's documentation spells it.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Provision => "PROVISION_PRODUCT",
            Self::Update => "UPDATE_PROVISIONED_PRODUCT",
            Self::Terminate => "TERMINATE_PROVISIONED_PRODUCT",
        }
    }
}

/// How a record stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Outcome {
    InProgress,
    Succeeded,
    Failed(String),
}

impl Outcome {
    /// `RecordStatus`.
    pub(super) const fn text(&self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed(_) => "FAILED",
        }
    }
}

/// One request that was taken.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) serial: u64,
    pub(crate) work: Work,
    /// Id of the provisioned product.
    pub(crate) product: String,
    /// Its name, which is told even after it is gone.
    pub(crate) name: String,
    pub(crate) token: String,
    pub(crate) begun: Timestamp,
    pub(crate) ends: Timestamp,
    pub(crate) outcome: Outcome,
    /// Why it will fail, where that is known already.
    #[serde(default)]
    pub(crate) doomed: Option<String>,
    /// What the account is to have afterwards.
    pub(crate) wanted: BTreeMap<String, String>,
}

impl State {
    /// The provisioned product of a name.
    pub(super) fn named(&self, name: &str) -> Option<&Provisioned> {
        self.products.values().find(|product| product.name == name)
    }

    /// Records under way.
    pub(super) fn under_way(&self) -> impl Iterator<Item = &Record> {
        self.records.values().filter(|record| record.outcome == Outcome::InProgress)
    }

    /// A record under way will fail with these words. False: there is none of that id.
    pub(crate) fn doom(&mut self, id: &str, words: &str) -> bool {
        let record = self.records.get_mut(id).filter(|record| record.outcome == Outcome::InProgress);
        record.map(|record| record.doomed = Some(words.to_owned())).is_some()
    }

    /// A record under way never ends. False: there is none of that id.
    pub(crate) fn hang(&mut self, id: &str) -> bool {
        let record = self.records.get_mut(id).filter(|record| record.outcome == Outcome::InProgress);
        record.map(|record| record.ends = Timestamp::MAX).is_some()
    }

    /// Whatever never ends ends now.
    pub(crate) fn end_hanging(&mut self, now: Timestamp) {
        for record in self.records.values_mut() {
            if record.outcome == Outcome::InProgress && record.ends == Timestamp::MAX {
                record.ends = now;
            }
        }
    }
}
