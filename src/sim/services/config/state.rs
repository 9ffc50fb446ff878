//! What AWS Config holds: per account and Region recorders, a delivery channel, aggregators, and what an administrator
//! deploys to its organization.
//!
//! In: changes by the operations of this folder, by Control Tower and by time. Out: plain data that is saved with the world.
//! Absent: configuration items, rules of single accounts, evaluations.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Tags by key.
pub(super) type Tags = BTreeMap<String, String>;

/// AWS Config of every account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By Region, then by account.
    pub(crate) regions: BTreeMap<String, BTreeMap<String, Place>>,
    /// What administrators deploy to their organizations: by Region, then by administrator.
    pub(crate) deployed: BTreeMap<String, BTreeMap<String, Deployed>>,
}

/// What an administrator deploys to its organization in one Region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Deployed {
    /// Organization rules by name.
    pub(crate) rules: BTreeMap<String, Deployment>,
    /// Organization conformance packs by name.
    pub(crate) packs: BTreeMap<String, Deployment>,
}

/// AWS Config of one account in one Region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    /// The recorder of the account's own choice, of which there is one at most.
    pub(crate) recorder: Option<Recorder>,
    /// Recorders that other services made for themselves, by service principal.
    pub(crate) linked: BTreeMap<String, Linked>,
    pub(crate) channel: Option<Channel>,
    /// By name.
    pub(crate) aggregators: BTreeMap<String, Aggregator>,
    /// Aggregators elsewhere that may collect from here.
    pub(crate) authorizations: Vec<Authorization>,
}

/// A recorder of the account's own choice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Recorder {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) role: String,
    /// `RecordingGroup` of the model, complete.
    pub(crate) group: Value,
    /// `RecordingMode` of the model.
    pub(crate) mode: Value,
    pub(crate) recording: bool,
    pub(crate) started: Option<Timestamp>,
    pub(crate) stopped: Option<Timestamp>,
    pub(crate) tags: Tags,
    /// ARN of the landing zone that keeps it; such a recorder is not in the way of its own keeper.
    #[serde(default)]
    pub(crate) keeper: Option<String>,
}

/// A recorder of another service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Linked {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) created: Timestamp,
    pub(crate) tags: Tags,
}

/// A delivery channel.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Channel {
    pub(crate) name: String,
    /// `DeliveryChannel` of the model.
    pub(crate) body: Value,
    #[serde(default)]
    pub(crate) keeper: Option<String>,
}

/// An aggregator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Aggregator {
    pub(crate) arn: String,
    /// `AccountAggregationSources` or `OrganizationAggregationSource` and `AggregatorFilters`, as given.
    pub(crate) sources: Map<String, Value>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// The service that made it, for an aggregator of a service.
    pub(crate) made_by: Option<String>,
    /// The organization it collects from, if it collects from one.
    pub(crate) organization: Option<String>,
    pub(crate) tags: Tags,
    /// ARN of the landing zone that keeps it.
    #[serde(default)]
    pub(crate) keeper: Option<String>,
}

/// Leave for an aggregator to collect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Authorization {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) created: Timestamp,
    pub(crate) tags: Tags,
}

/// A rule or a conformance pack that an administrator deploys to the accounts of its organization.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Deployment {
    pub(crate) arn: String,
    /// What the operation that lists it answers, without name, ARN and time.
    pub(crate) body: Map<String, Value>,
    pub(crate) excluded: BTreeSet<String>,
    pub(crate) updated: Timestamp,
    /// How far it is in each account.
    pub(crate) reach: BTreeMap<String, Reach>,
    pub(crate) tags: Tags,
}

/// What is done in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Verb {
    Create,
    Update,
    Delete,
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Stage {
    InProgress,
    Successful,
    Failed,
}

/// How far a deployment is in an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reach {
    pub(crate) verb: Verb,
    pub(crate) stage: Stage,
    /// When it is tried next, while it is in progress.
    pub(crate) due: Timestamp,
    /// Until when a failure is tried again.
    pub(crate) patience: Timestamp,
    pub(crate) changed: Timestamp,
}

impl Reach {
    /// `CREATE_IN_PROGRESS` and so on.
    pub(crate) fn status(&self) -> String {
        status(self.verb, self.stage)
    }
}

/// `CREATE_IN_PROGRESS` and so on.
pub(crate) fn status(verb: Verb, stage: Stage) -> String {
    let verb = match verb {
        Verb::Create => "CREATE",
        Verb::Update => "UPDATE",
        Verb::Delete => "DELETE",
    };
    let stage = match stage {
        Stage::InProgress => "IN_PROGRESS",
        Stage::Successful => "SUCCESSFUL",
        Stage::Failed => "FAILED",
    };
    format!("{verb}_{stage}")
}

impl Deployment {
    /// What the whole is doing, and how far: failed while anything failed, in progress before that.
    pub(crate) fn standing(&self) -> (Verb, Stage) {
        let any = |stage| self.reach.values().find(|reach| reach.stage == stage);
        let telling = any(Stage::InProgress).or_else(|| any(Stage::Failed));
        // New accounts are told as CREATE; what was asked for last is told by the others.
        let verb = telling.or_else(|| self.reach.values().max_by_key(|reach| reach.changed));
        let verb = verb.map_or(Verb::Create, |reach| reach.verb);
        (verb, telling.map_or(Stage::Successful, |reach| reach.stage))
    }
}

impl State {
    pub(crate) fn place(&self, account: &str, region: &str) -> Option<&Place> {
        self.regions.get(region)?.get(account)
    }

    pub(crate) fn place_mut(&mut self, account: &str, region: &str) -> &mut Place {
        self.regions.entry(region.to_owned()).or_default().entry(account.to_owned()).or_default()
    }

    pub(crate) fn deployed(&self, account: &str, region: &str) -> Option<&Deployed> {
        self.deployed.get(region)?.get(account)
    }

    pub(crate) fn deployed_mut(&mut self, account: &str, region: &str) -> &mut Deployed {
        self.deployed.entry(region.to_owned()).or_default().entry(account.to_owned()).or_default()
    }

    /// Whether anything records in an account and Region by the account's own choice.
    pub(crate) fn records(&self, account: &str, region: &str) -> bool {
        self.place(account, region).is_some_and(|place| place.recorder.is_some())
    }
}
