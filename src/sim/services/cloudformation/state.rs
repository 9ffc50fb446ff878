//! What CloudFormation holds of service-managed stack sets.
//!
//! In: changes by the operations of this folder, by accounts that move, and by time. Out: plain data that is saved with the
//! world. A stack set stands in the management account, whoever made it. Absent: stacks of single accounts and what is in
//! them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Stack sets of every organization.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By Region, then by management account, then by name.
    pub(super) regions: BTreeMap<String, BTreeMap<String, BTreeMap<String, StackSet>>>,
    /// How many moves of accounts were seen, by id of the organization.
    pub(super) moves_seen: BTreeMap<String, usize>,
    /// When auto-deployment follows up what was seen.
    pub(super) follow_up: Option<Timestamp>,
    /// Accounts in which every stack fails; set for rehearsals.
    pub failing: BTreeSet<String>,
}

/// A stack set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StackSet {
    /// `NAME:uuid`.
    pub(super) id: String,
    pub(super) description: Option<String>,
    pub(super) template: String,
    /// `Parameters` of the model.
    pub(super) parameters: Vec<Value>,
    pub(super) capabilities: Vec<String>,
    /// `Tags` of the model.
    pub(super) tags: Vec<Value>,
    pub(super) auto: bool,
    /// Stacks stay in an account that leaves its target.
    pub(super) retain: bool,
    /// Operations queue up instead of being refused.
    pub(super) managed: bool,
    pub(super) token: Option<String>,
    /// The Regions of each target: a unit's id or the root's.
    pub(super) targets: BTreeMap<String, BTreeSet<String>>,
    /// By account, then by Region.
    pub(super) instances: BTreeMap<String, BTreeMap<String, Instance>>,
    /// In the order in which they were asked for.
    pub(super) operations: Vec<Operation>,
}

/// A stack of a stack set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Instance {
    /// The target that it is there for.
    pub(super) target: String,
    pub(super) stack: String,
    pub(super) state: Outcome,
    pub(super) reason: Option<String>,
    /// The operation that touched it last.
    pub(super) operation: String,
}

/// `StackInstanceDetailedStatus`, and the status of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Outcome {
    Succeeded,
    Failed,
    Cancelled,
    SkippedSuspendedAccount,
}

impl Outcome {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
            Self::SkippedSuspendedAccount => "SKIPPED_SUSPENDED_ACCOUNT",
        }
    }

    /// `StackInstanceStatus`: whether the stack is as the stack set says.
    pub(super) const fn instance(self) -> &'static str {
        match self {
            Self::Succeeded => "CURRENT",
            _ => "OUTDATED",
        }
    }
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Action {
    Create,
    Update,
    Delete,
}

impl Action {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }
}

/// How an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Standing {
    Queued,
    Running,
    Succeeded,
    Failed,
    Stopped,
}

impl Standing {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Stopped => "STOPPED",
        }
    }

    pub(super) const fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

/// An operation on a stack set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) action: Action,
    pub(super) standing: Standing,
    pub(super) created: Timestamp,
    /// When it will end, once it runs.
    pub(super) due: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    /// Units and the root that it is about; empty for every target.
    pub(super) units: Vec<String>,
    /// Regions that it is about; empty for every Region.
    pub(super) regions: Vec<String>,
    /// Failures in a Region that are put up with: a number, or a share of the accounts in per cent.
    pub(super) tolerance: Tolerance,
    pub(super) retain: bool,
    /// By account and Region.
    pub(super) results: Vec<Outcoming>,
}

/// How many failures in a Region an operation puts up with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Tolerance {
    /// So many accounts.
    Count(usize),
    /// So many accounts in a hundred.
    Share(usize),
}

impl Tolerance {
    pub(super) fn of(self, accounts: usize) -> usize {
        match self {
            Self::Count(count) => count,
            Self::Share(share) => accounts * share / 100,
        }
    }
}

/// What became of an operation in one account and Region.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Outcoming {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) target: String,
    pub(super) outcome: Outcome,
    pub(super) reason: Option<String>,
}

impl StackSet {
    pub(super) fn busy(&self) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.standing.is_open())
    }

    pub(super) fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// Whether a stack stands anywhere.
    pub(super) fn is_empty(&self) -> bool {
        self.instances.values().all(BTreeMap::is_empty)
    }
}

impl State {
    pub(super) fn sets(&self, owner: &str, region: &str) -> Option<&BTreeMap<String, StackSet>> {
        self.regions.get(region)?.get(owner)
    }

    pub(super) fn sets_mut(&mut self, owner: &str, region: &str) -> &mut BTreeMap<String, StackSet> {
        self.regions.entry(region.to_owned()).or_default().entry(owner.to_owned()).or_default()
    }

    pub(super) fn every(&self) -> impl Iterator<Item = (&String, &StackSet)> {
        let owners = self.regions.values().flat_map(BTreeMap::iter);
        owners.flat_map(|(owner, sets)| sets.values().map(move |set| (owner, set)))
    }
}
