//! What AWS Control Tower remembers: one landing zone, the baselines and controls it enabled, its operations.
//!
//! In: changes by the handlers and by time. Out: the same as JSON, as part of the saved world.
//! Absent: every rule (each has its own file), and everything that Organizations, IAM and KMS own: Control Tower
//! looks there each time (`estate`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What AWS Control Tower knows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The landing zone; there is one per organization
    /// (<https://docs.aws.amazon.com/controltower/latest/userguide/about-extending-governance.html>).
    pub(super) zone: Option<LandingZone>,
    /// Operations by id.
    pub(super) operations: BTreeMap<String, Operation>,
    /// Enabled baselines by ARN, parents and children.
    pub(super) enabled_baselines: BTreeMap<String, EnabledBaseline>,
    /// Enabled controls by ARN, parents and children.
    pub(super) enabled_controls: BTreeMap<String, EnabledControl>,
    /// Tags by ARN.
    pub(super) tags: BTreeMap<String, BTreeMap<String, String>>,
    /// Units that were registered at some time; an ancestor must be one of them before a nested unit is registered.
    pub(super) ever_registered: BTreeSet<String>,
    /// How many moves of accounts Control Tower has seen.
    pub(super) moves_seen: usize,
    /// Moves that auto-enrolment is working on, by account.
    pub(super) enrolments: BTreeMap<String, Enrolment>,
    /// The policy of mandatory and preventive guardrails that Control Tower keeps on a unit, by unit.
    pub(super) guardrails: BTreeMap<String, String>,
    /// Home Region of a decommissioned landing zone.
    pub(super) former_home: Option<String>,
    /// Why the next operation of a kind will fail, by kind; set for rehearsals.
    pub(super) failures: BTreeMap<String, String>,
    /// Accounts whose enrolment fails; set for rehearsals.
    pub(super) failing_accounts: BTreeSet<String>,
    /// Orders operations that begin at the same instant.
    pub(super) serial: u64,
}

/// The landing zone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LandingZone {
    pub(super) arn: String,
    /// The management account.
    pub(super) account: String,
    /// The Region it was created from; it never changes.
    pub(super) home: String,
    pub(super) version: String,
    /// As it was sent.
    pub(super) manifest: Value,
    pub(super) auto_enroll: bool,
    pub(super) status: ZoneStatus,
    /// Whether it was complete once; what follows from it (baselines, drift) exists only from then on.
    pub(super) established: bool,
    /// Increased by every successful update, so that a baseline applied before shows source drift.
    pub(super) revision: u64,
    /// The designated Security unit: made by Control Tower in 3.x, shared by the integration accounts in 4.0.
    pub(super) security_unit: Option<String>,
    /// Units Control Tower created, whose deletion is drift.
    pub(super) foundational_units: Vec<String>,
    /// Trusted access was off at some time since the last reset; switching it on again does not repair that.
    pub(super) trusted_access_lost: bool,
}

/// `LandingZoneStatus` of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum ZoneStatus {
    Active,
    Processing,
    Failed,
}

impl ZoneStatus {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Processing => "PROCESSING",
            Self::Failed => "FAILED",
        }
    }
}

/// What an operation does. The words are the API's, prefixed only where two families share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum OperationKind {
    Create,
    Update,
    Reset,
    Delete,
    EnableBaseline,
    UpdateEnabledBaseline,
    ResetEnabledBaseline,
    DisableBaseline,
    EnableControl,
    UpdateEnabledControl,
    ResetEnabledControl,
    DisableControl,
}

/// Which of the three operation readers knows an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Zone,
    Baseline,
    Control,
}

impl OperationKind {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Reset => "RESET",
            Self::Delete => "DELETE",
            Self::EnableBaseline => "ENABLE_BASELINE",
            Self::UpdateEnabledBaseline => "UPDATE_ENABLED_BASELINE",
            Self::ResetEnabledBaseline => "RESET_ENABLED_BASELINE",
            Self::DisableBaseline => "DISABLE_BASELINE",
            Self::EnableControl => "ENABLE_CONTROL",
            Self::UpdateEnabledControl => "UPDATE_ENABLED_CONTROL",
            Self::ResetEnabledControl => "RESET_ENABLED_CONTROL",
            Self::DisableControl => "DISABLE_CONTROL",
        }
    }

    pub(super) const fn family(self) -> Family {
        match self {
            Self::Create | Self::Update | Self::Reset | Self::Delete => Family::Zone,
            Self::EnableBaseline
            | Self::UpdateEnabledBaseline
            | Self::ResetEnabledBaseline
            | Self::DisableBaseline => Family::Baseline,
            Self::EnableControl
            | Self::UpdateEnabledControl
            | Self::ResetEnabledControl
            | Self::DisableControl => Family::Control,
        }
    }
}

/// `SUCCEEDED`, `FAILED` or `IN_PROGRESS`; the three operation families share the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum OperationStatus {
    InProgress,
    Succeeded,
    Failed,
}

impl OperationStatus {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
        }
    }
}

/// One asynchronous operation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) serial: u64,
    pub(super) kind: OperationKind,
    pub(super) status: OperationStatus,
    pub(super) started: Timestamp,
    /// When it will end; nothing for a control operation that waits in the queue.
    pub(super) due: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    pub(super) message: Option<String>,
    /// What it failed on already when it was checked, told when it ends.
    pub(super) doomed: Option<String>,
    /// ARN of the landing zone, enabled baseline or enabled control.
    pub(super) subject: String,
    /// What is to be true after it.
    pub(super) wanted: Wanted,
}

/// What the request asked for and takes effect only at the end.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    /// Landing-zone or baseline version.
    pub(super) version: Option<String>,
    /// Landing-zone manifest.
    pub(super) manifest: Option<Value>,
    /// Whether auto-enrolment is on afterwards.
    pub(super) auto_enroll: Option<bool>,
    /// Parameters of a baseline or control.
    pub(super) parameters: Option<Vec<Value>>,
    /// Control and target of a control operation, told even after the control is gone.
    pub(super) control: Option<(String, String)>,
}

/// `EnablementStatus` of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Enablement {
    Succeeded,
    Failed,
    UnderChange,
}

impl Enablement {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::UnderChange => "UNDER_CHANGE",
        }
    }
}

/// A baseline on a unit or account, or on the landing zone's own accounts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct EnabledBaseline {
    pub(super) arn: String,
    /// The baseline's name in the table.
    pub(super) baseline: String,
    pub(super) version: String,
    /// ARN of the unit or account.
    pub(super) target: String,
    /// Id of the unit, or the account.
    pub(super) target_id: String,
    /// ARN of the unit's enabled baseline this one comes from.
    pub(super) parent: Option<String>,
    pub(super) status: Enablement,
    pub(super) last_operation: Option<String>,
    pub(super) parameters: Vec<Value>,
    /// The landing zone's revision that was applied.
    pub(super) revision: u64,
}

/// A control on a unit or account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct EnabledControl {
    pub(super) arn: String,
    /// The identifier as it was sent.
    pub(super) control: String,
    pub(super) target: String,
    pub(super) target_id: String,
    pub(super) parent: Option<String>,
    pub(super) status: Enablement,
    pub(super) last_operation: Option<String>,
    pub(super) parameters: Vec<Value>,
    /// Whether it was ever in effect; a control that failed at once has no policy to lose.
    pub(super) deployed: bool,
    /// Whether somebody has taken away what carries it out: its policy, or its control of Security Hub.
    #[serde(default)]
    pub(super) ineffective: bool,
}

/// A move that auto-enrolment follows up.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Enrolment {
    /// The unit or root the account is in now.
    pub(super) to: String,
    /// When it is done.
    pub(super) due: Timestamp,
}

impl State {
    /// Makes the next operation of a kind, e.g. `CREATE` or `ENABLE_BASELINE`, end in `FAILED` with these words as its
    /// status message. For rehearsals of what AWS gives no way to provoke.
    pub fn fail_next(&mut self, kind: &str, words: &str) {
        self.failures.insert(kind.to_owned(), words.to_owned());
    }

    /// Makes the enrolment of an account fail, or work again. The operation of its unit succeeds all the same
    /// (<https://docs.aws.amazon.com/controltower/latest/userguide/importing-existing.html>).
    pub fn fail_enrolment(&mut self, account: &str, failing: bool) {
        if failing {
            self.failing_accounts.insert(account.to_owned());
        } else {
            self.failing_accounts.remove(account);
        }
    }

    /// How the enrolment of an account ends.
    pub(super) fn enrolment_of(&self, account: &str) -> Enablement {
        if self.failing_accounts.contains(account) { Enablement::Failed } else { Enablement::Succeeded }
    }

    /// A fresh place in the order of operations.
    pub(super) fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Operations under way, of one family.
    pub(super) fn in_progress(&self, family: Family) -> impl Iterator<Item = &Operation> {
        self.operations.values().filter(move |operation| {
            operation.status == OperationStatus::InProgress && operation.kind.family() == family
        })
    }

    /// The enabled baseline of that name on that unit (never a child).
    pub(super) fn on_unit(&self, unit: &str, baseline: &str) -> Option<&EnabledBaseline> {
        self.enabled_baselines.values().find(|enabled| {
            enabled.parent.is_none() && enabled.target_id == unit && enabled.baseline == baseline
        })
    }

    /// The children of an enabled baseline.
    pub(super) fn children_of(&self, parent: &str) -> impl Iterator<Item = &EnabledBaseline> {
        self.enabled_baselines.values().filter(move |enabled| enabled.parent.as_deref() == Some(parent))
    }
}
