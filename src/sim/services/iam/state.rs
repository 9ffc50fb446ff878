//! What IAM holds: per account its roles, customer managed policies, alias and password policy.
//!
//! In: changes by the operations of this folder. Out: plain data that can be saved with the world.
//! Absent: users, groups and instance profiles; a landing zone has none, the list operations answer empty lists.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// IAM of every account, and the organization-wide root access features.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By 12-digit account id.
    pub(crate) accounts: BTreeMap<String, Account>,
    /// `RootCredentialsManagement`, `RootSessions`: what is switched on, by organization id.
    pub(crate) root_features: BTreeMap<String, BTreeSet<String>>,
}

/// IAM of one account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Account {
    /// By role name.
    pub(crate) roles: BTreeMap<String, Role>,
    /// Customer managed policies by ARN.
    pub(crate) policies: BTreeMap<String, ManagedPolicy>,
    pub(crate) alias: Option<String>,
    /// Members of the model's `PasswordPolicy`.
    pub(crate) password_policy: Option<Map<String, Value>>,
    /// Deletions of service-linked roles by task id.
    pub(crate) deletions: BTreeMap<String, Deletion>,
}

/// One IAM role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Role {
    /// Between `role` and the name in the ARN, e.g. `/` or `/service-role/`.
    pub path: String,
    /// Role name.
    pub name: String,
    /// Unique id, `AROA...`.
    pub id: String,
    /// ARN.
    pub arn: String,
    /// When it was created; a role cannot be assumed by services for a while after this.
    pub created: Timestamp,
    /// The trust policy as it was given.
    pub trust: String,
    /// Free text.
    pub description: Option<String>,
    /// Longest session in seconds.
    pub max_session: i64,
    /// ARN of the permissions boundary.
    pub boundary: Option<String>,
    /// Tags by key.
    pub tags: BTreeMap<String, String>,
    /// ARNs of attached managed policies.
    pub attached: BTreeSet<String>,
    /// Inline policy documents by name.
    pub inline: BTreeMap<String, String>,
    /// When and in which Region it was last assumed.
    pub last_used: Option<(Timestamp, String)>,
    /// The service principal that owns a service-linked role.
    pub linked_service: Option<String>,
}

/// One customer managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ManagedPolicy {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) description: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) default_version: u32,
    /// The number of the next version; version numbers are never used again.
    pub(crate) next_version: u32,
    pub(crate) versions: BTreeMap<u32, Version>,
}

/// One version of a managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) document: String,
    pub(crate) created: Timestamp,
}

/// The deletion of a service-linked role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Deletion {
    pub(crate) role: String,
    pub(crate) ends: Timestamp,
    pub(crate) done: bool,
}

impl State {
    /// IAM of an account, empty if nothing was ever kept for it.
    pub(crate) fn account_mut(&mut self, account: &str) -> &mut Account {
        self.accounts.entry(account.to_owned()).or_default()
    }

    /// A role by account and name (the name is compared as AWS stores it: with its case).
    pub(crate) fn role(&self, account: &str, name: &str) -> Option<&Role> {
        self.accounts.get(account)?.roles.get(name)
    }
}

impl Account {
    /// How many roles carry a managed policy.
    pub(crate) fn attachments(&self, policy: &str) -> usize {
        self.roles
            .values()
            .filter(|role| role.attached.contains(policy))
            .count()
    }

    /// How many roles have a managed policy as their boundary.
    pub(crate) fn boundaries(&self, policy: &str) -> usize {
        self.roles
            .values()
            .filter(|role| role.boundary.as_deref() == Some(policy))
            .count()
    }
}
