//! What Organizations remembers.
//!
//! In: changes by the operations. Out: plain data, saved with the world. Absent: rules.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sim::settings::Settings;

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// Every organization of the world, and the accounts that stand alone.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Quota of accounts per organization; Service Quotas may raise it.
    pub account_quota: u32,
    /// How long an organization is being finalized after its creation.
    pub finalizing: Duration,
    /// Whether listings begin with an empty page.
    pub empty_pages: bool,
    /// How long a changed entity stays locked.
    pub modification_window: Duration,
    /// E-mail address of the account of unknown access keys.
    pub management_email: String,
    /// Organizations by id.
    pub organizations: BTreeMap<String, Organization>,
    /// Accounts that were members once, by id.
    pub standalone: BTreeMap<String, Standalone>,
    /// Handshakes by id.
    pub handshakes: BTreeMap<String, Handshake>,
}

impl State {
    /// Takes over the switches that the settings offer for this service.
    pub fn configure(&mut self, settings: &Settings) {
        self.account_quota = settings.account_quota;
        self.finalizing = settings.finalizing;
        self.empty_pages = settings.empty_pages;
        self.modification_window = settings.modification_window;
        self.management_email.clone_from(&settings.email);
    }

    /// The organization that an account is a member of.
    #[must_use]
    pub fn of(&self, account: &str) -> Option<&Organization> {
        self.organizations.values().find(|organization| organization.accounts.contains_key(account))
    }

    /// The organization that an account is a member of, to change it.
    pub fn of_mut(&mut self, account: &str) -> Option<&mut Organization> {
        self.organizations.values_mut().find(|organization| organization.accounts.contains_key(account))
    }

    /// Whether any account of this world, member or not, uses an e-mail address, whatever its case.
    #[must_use]
    pub fn email_in_use(&self, email: &str) -> bool {
        let members = self
            .organizations
            .values()
            .flat_map(|organization| organization.accounts.values())
            .map(|account| &account.email);
        let others = self.standalone.values().map(|account| &account.email);
        members.chain(others).chain([&self.management_email]).any(|used| used.eq_ignore_ascii_case(email))
    }
}

/// An account outside every organization.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Standalone {
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// When it left its organization.
    pub left: Timestamp,
}

/// One organization.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Organization {
    /// `o-...`.
    pub id: String,
    /// The management account.
    pub management: String,
    /// `ALL` or `CONSOLIDATED_BILLING`.
    pub feature_set: FeatureSet,
    /// When it was created.
    pub created: Timestamp,
    /// Its root.
    pub root: Root,
    /// Organizational units by id.
    pub units: BTreeMap<String, Unit>,
    /// Accounts by id, the management account among them.
    pub accounts: BTreeMap<String, Account>,
    /// Requests to create an account, by id.
    pub creations: BTreeMap<String, Creation>,
    /// Customer-managed policies by id.
    pub policies: BTreeMap<String, Policy>,
    /// Policy ids attached to a root, unit or account.
    pub attachments: BTreeMap<String, BTreeSet<String>>,
    /// Trusted services, since when.
    pub service_access: BTreeMap<String, Timestamp>,
    /// Delegated administrators: account, then service, since when.
    pub delegated: BTreeMap<String, BTreeMap<String, Timestamp>>,
    /// The resource-based delegation policy.
    pub resource_policy: Option<ResourcePolicy>,
    /// Moves of accounts in order of time, for services that follow them, such as Control Tower.
    pub moves: Vec<Move>,
    /// When accounts were asked to be closed.
    pub closures: Vec<Timestamp>,
    /// Until when an entity is locked by a change.
    pub locked: BTreeMap<String, Timestamp>,
}

/// Which features an organization has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FeatureSet {
    /// All features.
    #[default]
    All,
    /// Consolidated billing only.
    ConsolidatedBilling,
}

impl FeatureSet {
    /// The name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::ConsolidatedBilling => "CONSOLIDATED_BILLING",
        }
    }
}

/// The root of an organization.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Root {
    /// `r-...`.
    pub id: String,
    /// Enabled policy types and those on the way.
    pub policy_types: BTreeMap<String, TypeStatus>,
    /// Tags.
    pub tags: Tags,
}

/// Where a policy type stands in the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TypeStatus {
    /// Usable.
    Enabled,
    /// Becomes usable then.
    PendingEnable(Timestamp),
    /// Is gone then.
    PendingDisable(Timestamp),
}

/// An organizational unit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Unit {
    /// Name, unique under its parent whatever its case.
    pub name: String,
    /// Root or unit above.
    pub parent: String,
    /// Tags.
    pub tags: Tags,
}

/// The life of an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountState {
    /// In use.
    #[default]
    Active,
    /// Restricted by AWS.
    Suspended,
    /// Being closed until then.
    PendingClosure(Timestamp),
    /// Closed since then; leaves the organization for good 90 days later.
    Closed(Timestamp),
}

/// A move of an account between parents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// When.
    pub at: Timestamp,
    /// The account.
    pub account: String,
    /// Root or unit it was in.
    pub from: String,
    /// Root or unit it is in since.
    pub to: String,
}

/// How an account came in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Joined {
    /// Created in the organization.
    #[default]
    Created,
    /// Invited.
    Invited,
}

/// A member account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Account {
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Root or unit it is in.
    pub parent: String,
    /// Where in its life it is.
    pub state: AccountState,
    /// How it came in.
    pub joined: Joined,
    /// When it came in.
    pub joined_at: Timestamp,
    /// Tags.
    pub tags: Tags,
}

/// A request to create an account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Creation {
    /// E-mail address asked for; the status never shows it.
    pub email: String,
    /// Name asked for.
    pub name: String,
    /// Access role asked for.
    pub role: String,
    /// Tags asked for.
    pub tags: Tags,
    /// When it was asked.
    pub requested: Timestamp,
    /// When it ends, or ended.
    pub ends: Timestamp,
    /// What came of it.
    pub outcome: CreationOutcome,
    /// The failure reason it is bound to end with.
    #[serde(default)]
    pub doomed: Option<String>,
}

/// What came of a request to create an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CreationOutcome {
    /// Not decided.
    #[default]
    InProgress,
    /// The account's id.
    Succeeded(String),
    /// The failure reason of the API.
    Failed(String),
}

/// A customer-managed policy.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Policy {
    /// Name, unique within its type.
    pub name: String,
    /// Description.
    pub description: String,
    /// Type, e.g. `SERVICE_CONTROL_POLICY`.
    pub kind: String,
    /// Document, as it was given.
    pub content: String,
    /// Tags.
    pub tags: Tags,
    /// When it was last changed.
    pub changed: Timestamp,
}

/// The resource-based delegation policy.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ResourcePolicy {
    /// `rp-...`.
    pub id: String,
    /// Document.
    pub content: String,
    /// Tags.
    pub tags: Tags,
}

/// A handshake.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Handshake {
    /// The organization that began it.
    pub organization: String,
    /// Its management account at that time.
    pub management: String,
    /// `INVITE`, `ENABLE_ALL_FEATURES` or `APPROVE_ALL_FEATURES`.
    pub action: String,
    /// `ACCOUNT`, `EMAIL` or `ORGANIZATION`, and the id of the other party.
    pub target: (String, String),
    /// Notes of the inviter.
    pub notes: Option<String>,
    /// Tags for the account when it joins.
    pub tags: Tags,
    /// `OPEN`, `CANCELED`, `ACCEPTED`, `DECLINED` or `EXPIRED`.
    pub state: String,
    /// When it was begun.
    pub requested: Timestamp,
    /// When it expires.
    pub expires: Timestamp,
    /// The handshake it is a part of.
    pub parent: Option<String>,
}
