//! What the operator wrote, parsed and valid.
//!
//! Everything is optional and what is absent is left alone. Each entry carries
//! the place it was written at. Names refer to entries that exist (the rules have
//! seen to it), so the floors above need not check again.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::backup::Backup;
use super::identity_center::IdentityCenter;
use super::security::Security;
use super::stack_sets::StackSet;
use crate::model::Origin;
use crate::model::email::Email;
use crate::model::ids::AccountId;
use crate::model::region::Region;
use crate::model::signatures::SignatureRule;
use crate::model::unit_path::UnitPath;

/// A valid document.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Spec {
    /// `organization`.
    pub organization: Organization,
    /// `organizational_units`, by path. Parents that were not listed are added
    /// with the origin of the first unit that implies them.
    pub units: BTreeMap<UnitPath, Unit>,
    /// `accounts`, by name.
    pub accounts: BTreeMap<String, Account>,
    /// `keys`, by name.
    pub keys: BTreeMap<String, Key>,
    /// `landing_zone`.
    pub landing_zone: Option<LandingZone>,
    /// `policies`, by name.
    pub policies: BTreeMap<String, Policy>,
    /// `delegated_administrators`, by the word of the service.
    pub delegated_administrators: BTreeMap<String, Delegation>,
    /// `security`.
    pub security: Option<Security>,
    /// `backup`.
    pub backup: Option<Backup>,
    /// `stack_sets`, by name.
    pub stack_sets: BTreeMap<String, StackSet>,
    /// `identity_center`.
    pub identity_center: Option<IdentityCenter>,
    /// `leave_alone`: addresses of things that are named and left as they are.
    pub leave_alone: BTreeMap<String, Origin>,
    /// `remove`: addresses of things that shall go.
    pub remove: BTreeMap<String, Origin>,
    /// `consents`: irreversible acts allowed by name.
    pub consents: BTreeSet<String>,
    /// `signatures`: who must have signed a plan.
    pub signatures: SignatureRule,
}

/// The document's name for the root of the organization.
pub const ROOT: &str = "root";

/// The document's name for the management account.
pub const MANAGEMENT: &str = "management";

impl Spec {
    /// The names of the accounts that targets reach, the management account under its word.
    #[must_use]
    pub fn reached<'s>(&'s self, targets: &'s [Target]) -> BTreeSet<&'s str> {
        let mut found = BTreeSet::new();
        for target in targets {
            let below = |account: &Account| match (target, &account.placement) {
                (Target::Root, _) => true,
                (Target::Unit(at), Placement::Unit(path)) => {
                    at == path || path.ancestors().any(|above| above == *at)
                }
                _ => false,
            };
            match target {
                Target::Account(name) => found.extend([name.as_str()]),
                Target::Management => found.extend([MANAGEMENT]),
                // An account of no name is reached, and nothing of the document speaks of it.
                Target::Id(_) => {}
                Target::Root | Target::Unit(_) => {
                    let all = self.accounts.iter().filter(|(_, account)| below(account));
                    found.extend(all.map(|(name, _)| name.as_str()));
                }
            }
        }
        found
    }
}

/// The section `organization`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Organization {
    /// Where the section stands; none when it was left out.
    pub origin: Option<Origin>,
    /// The landing zone's home Region.
    pub home_region: Option<Region>,
    /// Governed Regions, in the order written.
    pub governed_regions: Vec<Region>,
    /// Refuse to work on any other organization.
    pub management_account: Option<AccountId>,
    /// The role assumed in member accounts before `OrganizationAccountAccessRole`.
    pub access_role: Option<String>,
    /// Service principals to trust, each with its place.
    pub trusted_access: BTreeMap<String, Origin>,
    /// Switches of centralised root access that shall be on, each with its place.
    pub root_access: BTreeMap<RootAccess, Origin>,
    /// What it delegates to member accounts.
    pub resource_policy: Option<ResourcePolicy>,
}

/// What the organization delegates to member accounts. Statements of others stay.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResourcePolicy {
    /// Where the section stands.
    pub origin: Origin,
    /// Statements as they were written, each with a `Sid`.
    pub statements: Vec<Value>,
    /// By account, AWS's names of the policy types that it manages.
    pub policy_management: BTreeMap<String, BTreeSet<String>>,
    /// The `Sid`s of statements that shall not stand in it.
    pub without: BTreeSet<String>,
}

/// One switch of centralised root access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RootAccess {
    /// Root credentials of members are managed centrally.
    CredentialsManagement,
    /// Short root sessions in members can be asked for centrally.
    Sessions,
}

/// One organizational unit.
#[derive(Debug, Clone, Serialize)]
pub struct Unit {
    /// Where it stands.
    pub origin: Origin,
    /// Whether it was only implied by a unit below it.
    pub implied: bool,
    /// Its name in AWS, when that is not the last part of its path.
    pub name: Option<String>,
    /// Words of baselines (see the catalogue), in the order written.
    pub baselines: Vec<String>,
    /// Controls, in the order written.
    pub controls: Vec<Control>,
    /// Tags to have; others are left alone.
    pub tags: BTreeMap<String, String>,
    /// The path it had before, when it is being renamed in place.
    pub renamed_from: Option<UnitPath>,
}

/// One entry of a unit's controls.
#[derive(Debug, Clone, Serialize)]
pub struct Control {
    /// Where it stands.
    pub origin: Origin,
    /// Which control or controls.
    pub which: Controls,
}

/// Which controls an entry names.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Controls {
    /// One control.
    Named {
        /// A readable name, a legacy name, or an id or ARN of the catalogue.
        name: String,
        /// All its parameters; none when the document does not speak of them.
        parameters: Option<BTreeMap<String, Value>>,
    },
    /// All controls that the catalogue maps to a framework.
    Framework(String),
    /// All controls of a guidance level.
    Guidance(String),
}

/// How an account becomes a member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// Created when it is missing.
    #[default]
    Create,
    /// It is a member already.
    Existing,
    /// It exists outside the organization, which invites it.
    Invite,
}

/// One account.
#[derive(Debug, Clone, Serialize)]
pub struct Account {
    /// Where it stands.
    pub origin: Origin,
    /// Its name in AWS, when that is not the key.
    pub name: Option<String>,
    /// Its root e-mail address.
    pub email: Email,
    /// Its id, when it exists already.
    pub id: Option<AccountId>,
    /// How it becomes a member.
    pub join: Join,
    /// Where it shall be: a unit, the root, or wherever it is.
    pub placement: Placement,
    /// Whether it shall be closed.
    pub close: bool,
    /// Tags to have; others are left alone.
    pub tags: BTreeMap<String, String>,
    /// Alternate contacts by AWS's kind in lower case: billing, operations, security.
    pub alternate_contacts: BTreeMap<String, AlternateContact>,
}

/// Where an account shall be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// The document does not say: leave it where it is.
    #[default]
    Unsaid,
    /// Directly under the root.
    Root,
    /// In a unit.
    Unit(UnitPath),
}

/// One alternate contact, all four members required by AWS.
#[derive(Debug, Clone, Serialize)]
pub struct AlternateContact {
    /// Full name, 1 to 64 characters.
    pub name: String,
    /// Title, 1 to 50 characters.
    pub title: String,
    /// E-mail address, 1 to 254 characters.
    pub email: String,
    /// Telephone number, 1 to 25 characters.
    pub phone: String,
}

/// One KMS key.
#[derive(Debug, Clone, Serialize)]
pub struct Key {
    /// Where it stands.
    pub origin: Origin,
    /// The account it lives in: none for the management account, else a name
    /// under `accounts`.
    pub account: Option<String>,
    /// Whether it is multi-Region.
    pub multi_region: bool,
    /// Regions beside the home Region to hold a replica.
    pub replica_regions: Vec<Region>,
    /// Days after which it gets new material by itself; none when unsaid.
    pub rotation_days: Option<u32>,
}

/// The section `landing_zone`. Accounts and keys are names of entries above.
#[derive(Debug, Clone, Serialize)]
pub struct LandingZone {
    /// Where it stands.
    pub origin: Origin,
    /// The version, which never changes by itself.
    pub version: String,
    /// The unit that holds the integration accounts (4.0) or that the landing
    /// zone makes for them (3.x).
    pub integration_unit: Option<UnitPath>,
    /// A 3.x landing zone's second unit.
    pub sandbox_unit: Option<UnitPath>,
    /// `centralized_logging`; none when unsaid.
    pub centralized_logging: Option<Integration>,
    /// `config` (4.0 only).
    pub config: Option<Integration>,
    /// `security_roles`.
    pub security_roles: Option<Integration>,
    /// `identity_center`; none when unsaid.
    pub identity_center: Option<bool>,
    /// `backup`.
    pub backup: Option<BackupIntegration>,
    /// Automatic enrolment; none when unsaid.
    pub auto_enroll: Option<bool>,
    /// Whether controls that accounts have kept from former units are taken from them.
    pub clean_inherited_controls: bool,
}

/// An integration that lives in one account.
#[derive(Debug, Clone, Serialize)]
pub struct Integration {
    /// Where it stands.
    pub origin: Origin,
    /// False when the section says `enabled: false`.
    pub enabled: bool,
    /// The account's name; always present when enabled.
    pub account: Option<String>,
    /// Days to keep logs or configuration.
    pub retention_days: Option<u32>,
    /// Days to keep access logs.
    pub access_log_retention_days: Option<u32>,
    /// The name of a key, or the ARN of one that the document does not manage.
    pub key: Option<String>,
}

/// Who administers one service.
#[derive(Debug, Clone, Serialize)]
pub struct Delegation {
    /// Where it stands.
    pub origin: Origin,
    /// Names under `accounts`, or `management`; never empty.
    pub accounts: Vec<String>,
}

/// The backup integration.
#[derive(Debug, Clone, Serialize)]
pub struct BackupIntegration {
    /// Where it stands.
    pub origin: Origin,
    /// False when the section says `enabled: false`.
    pub enabled: bool,
    /// The Backup Administrator account's name; present when enabled.
    pub administrator: Option<String>,
    /// The Central Backup account's name; present when enabled.
    pub central: Option<String>,
    /// The name of a multi-Region key, or the ARN of one that the document does not
    /// manage; present when enabled.
    pub key: Option<String>,
}

/// One organization policy.
#[derive(Debug, Clone, Serialize)]
pub struct Policy {
    /// Where it stands.
    pub origin: Origin,
    /// AWS's name of its type.
    pub kind: String,
    /// Its name in AWS, when that is not the key.
    pub name: Option<String>,
    /// Its description, when one is said.
    pub description: Option<String>,
    /// The type of control that it is, when one is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Its document; none for one that AWS manages.
    pub content: Option<serde_json::Value>,
    /// What it is attached to, in full; none when the document does not say. Of a
    /// policy that AWS manages, other targets are left alone.
    pub targets: Option<Vec<Target>>,
    /// What one that AWS manages shall not be attached to.
    pub detached_from: Vec<Target>,
    /// Whether AWS manages it.
    pub aws_managed: bool,
    /// Tags to have; others are left alone.
    pub tags: BTreeMap<String, String>,
    /// The name it had before, when it is being renamed in place.
    pub renamed_from: Option<String>,
}

/// What a policy can be attached to, and where a permission set can be assigned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The root of the organization.
    Root,
    /// The management account.
    Management,
    /// A unit. For an assignment it means every account below it, as the root means
    /// every account but the management account.
    Unit(UnitPath),
    /// An account, by the document's name for it.
    Account(String),
    /// A unit or an account that the document does not name, by AWS's id.
    Id(String),
}
