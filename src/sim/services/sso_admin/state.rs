//! What IAM Identity Center holds: instances, permission sets, who has which of them where, and what is under way.
//!
//! In: changes by the operations of this folder and by time. Out: plain data that is saved with the world. Absent: rules,
//! and users and groups, which identity stores hold.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Every instance of IAM Identity Center.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By ARN.
    pub(crate) instances: BTreeMap<String, Instance>,
    /// Orders operations that begin at the same instant.
    pub(crate) serial: u64,
}

/// One instance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Instance {
    pub(crate) arn: String,
    pub(crate) owner: String,
    /// Whether it serves the organization of its owner, the management account; else the owner alone.
    pub(crate) organization: bool,
    /// The Region it was made in.
    pub(crate) region: String,
    pub(crate) store: String,
    pub(crate) name: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) tags: BTreeMap<String, String>,
    /// By ARN.
    pub(crate) sets: BTreeMap<String, PermissionSet>,
    pub(crate) assignments: BTreeSet<Assignment>,
    /// By request id.
    pub(crate) operations: BTreeMap<String, Operation>,
}

/// One permission set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PermissionSet {
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) session_duration: String,
    pub(crate) relay_state: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) tags: BTreeMap<String, String>,
    /// ARNs of AWS managed policies, in the order in which they were attached.
    pub(crate) managed: Vec<String>,
    /// Customer managed policies by name and path, in the order in which they were attached.
    pub(crate) customer: Vec<Reference>,
    pub(crate) inline: Option<String>,
    pub(crate) boundary: Option<Boundary>,
    /// Grows with each edit that accounts have to be given.
    pub(crate) revision: u64,
    /// The accounts that have it, with the revision they were given and the name of their role.
    pub(crate) provisioned: BTreeMap<String, Provisioned>,
}

/// A permission set in an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Provisioned {
    pub(crate) revision: u64,
    pub(crate) role: String,
}

/// A customer managed policy, which each account must have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reference {
    pub(crate) name: String,
    pub(crate) path: String,
}

/// A permissions boundary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Boundary {
    Managed(String),
    Customer(Reference),
}

/// A principal has a permission set in an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Assignment {
    pub(crate) account: String,
    pub(crate) set: String,
    /// `USER` or `GROUP`.
    pub(crate) kind: String,
    pub(crate) principal: String,
}

/// Something asynchronous.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) serial: u64,
    pub(crate) work: Work,
    pub(crate) begun: Timestamp,
    pub(crate) ends: Timestamp,
    pub(crate) outcome: Outcome,
    /// Why it will fail; set by faults.
    pub(crate) doomed: Option<String>,
}

/// What an operation does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Work {
    Assign(Assignment),
    Unassign(Assignment),
    /// A permission set, in one account or in every account that has it.
    Provision {
        set: String,
        account: Option<String>,
    },
}

/// How an operation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Outcome {
    InProgress,
    Succeeded,
    Failed(String),
}

impl Outcome {
    /// `StatusValues` of the model.
    pub(crate) fn text(&self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed(_) => "FAILED",
        }
    }
}

impl Work {
    /// The permission set it is about.
    pub(crate) fn set(&self) -> &str {
        match self {
            Self::Assign(assignment) | Self::Unassign(assignment) => &assignment.set,
            Self::Provision { set, .. } => set,
        }
    }

    /// The one account it is about, if it is one.
    pub(crate) fn account(&self) -> Option<&str> {
        match self {
            Self::Assign(assignment) | Self::Unassign(assignment) => Some(&assignment.account),
            Self::Provision { account, .. } => account.as_deref(),
        }
    }
}

impl State {
    /// The instance that serves the organization of a management account.
    pub(crate) fn of_organization(&self, management: &str) -> Option<&Instance> {
        self.instances.values().find(|instance| instance.organization && instance.owner == management)
    }

    /// Operations under way, with the ARN of their instance.
    pub(super) fn under_way(&self) -> impl Iterator<Item = (&str, &Operation)> {
        self.instances.values().flat_map(|instance| {
            let all = instance.operations.values();
            let open = all.filter(|operation| operation.outcome == Outcome::InProgress);
            open.map(|operation| (instance.arn.as_str(), operation))
        })
    }

    fn operation_mut(&mut self, id: &str) -> Option<&mut Operation> {
        let mut instances = self.instances.values_mut();
        let found = instances.find_map(|instance| instance.operations.get_mut(id));
        found.filter(|operation| operation.outcome == Outcome::InProgress)
    }

    /// An operation under way will fail. False: there is none of that id.
    pub(crate) fn doom(&mut self, id: &str, reason: &str) -> bool {
        let found = self.operation_mut(id);
        found.map(|operation| operation.doomed = Some(reason.to_owned())).is_some()
    }

    /// An operation under way never ends. False: there is none of that id.
    pub(crate) fn hang(&mut self, id: &str) -> bool {
        self.operation_mut(id).map(|operation| operation.ends = Timestamp::MAX).is_some()
    }

    /// Whatever never ends ends now.
    pub(crate) fn end_hanging(&mut self, now: Timestamp) {
        let all = self.instances.values_mut().flat_map(|instance| instance.operations.values_mut());
        for operation in all
            .filter(|operation| operation.outcome == Outcome::InProgress && operation.ends == Timestamp::MAX)
        {
            operation.ends = now;
        }
    }
}

impl Instance {
    /// Whether anybody has a permission set in an account.
    pub(super) fn assigned(&self, set: &str, account: &str) -> bool {
        self.assignments.iter().any(|assignment| assignment.set == set && assignment.account == account)
    }

    /// The permission set of a name.
    pub(crate) fn set_named(&self, name: &str) -> Option<&PermissionSet> {
        self.sets.values().find(|set| set.name == name)
    }
}

impl PermissionSet {
    /// An empty permission set as of now.
    pub(crate) fn new(arn: String, name: &str, now: Timestamp) -> Self {
        Self {
            arn,
            name: name.to_owned(),
            description: None,
            session_duration: "PT1H".to_owned(),
            relay_state: None,
            created: now,
            tags: BTreeMap::new(),
            managed: Vec::new(),
            customer: Vec::new(),
            inline: None,
            boundary: None,
            revision: 1,
            provisioned: BTreeMap::new(),
        }
    }

    /// The id at the end of the ARN, `ps-...`.
    pub(super) fn id(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or(&self.arn)
    }
}
