//! How a world's file tells its past.
//!
//! Everything is optional. Accounts are named by their names, units by their paths.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an organization has been through.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Past {
    /// How many accounts it may have.
    pub account_quota: Option<u32>,
    /// How many days ago it was made.
    pub days: u32,
    /// Units, parents before their children.
    pub units: Vec<String>,
    /// Member accounts.
    pub accounts: Vec<Member>,
    /// Accounts outside: on their own, or in organizations of their own.
    pub elsewhere: Vec<Stranger>,
    /// Policies of the organization.
    pub policies: Vec<Policy>,
    /// A landing zone that is there already.
    pub landing_zone: Option<LandingZone>,
    /// IAM Identity Center, where the landing zone does not bring it.
    pub identity_center: Option<IdentityCenter>,
}

/// A member account, and what was left in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its root address; made of its name where none is given.
    #[serde(default)]
    pub email: Option<String>,
    /// Its id, where it matters.
    #[serde(default)]
    pub id: Option<String>,
    /// The unit it is in; the root where none is given.
    #[serde(default)]
    pub unit: Option<String>,
    /// Whether it came into its unit when the landing zone was there already, and nobody followed it up.
    #[serde(default)]
    pub late: bool,
    /// Roles by which it can be entered.
    #[serde(default = "usual_roles")]
    pub access: Vec<String>,
    /// Regions in which it has a configuration recorder and a delivery channel of its own.
    #[serde(default)]
    pub recorders: Vec<String>,
    /// Further roles in it.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Regions in which STS is switched off.
    #[serde(default)]
    pub sts_off: Vec<String>,
    /// What became of it.
    #[serde(default)]
    pub state: State,
    /// Whether Control Tower fails to enrol it for reasons of its own.
    #[serde(default)]
    pub enrolment_fails: bool,
}

fn usual_roles() -> Vec<String> {
    vec!["OrganizationAccountAccessRole".to_owned()]
}

/// A role in an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// The account that may assume it; the management account where none is given.
    #[serde(default)]
    pub trusts: Option<String>,
    /// ARNs of AWS managed policies.
    #[serde(default)]
    pub managed: Vec<String>,
}

/// What became of an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In use.
    #[default]
    Active,
    /// Restricted by AWS.
    Suspended,
    /// Closed.
    Closed,
}

/// An account outside the organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stranger {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its root address.
    pub email: String,
    /// The management account of the organization that it is a member of; on its own where none is given.
    #[serde(default)]
    pub organization_of: Option<String>,
    /// How many days ago it joined that organization, and the organization was made.
    #[serde(default)]
    pub days: u32,
    /// Roles in it.
    #[serde(default)]
    pub roles: Vec<Role>,
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// AWS's name of its type.
    #[serde(default = "service_control")]
    pub kind: String,
    /// What it says.
    pub document: Value,
    /// `root`, paths of units, names of accounts.
    #[serde(default)]
    pub targets: Vec<String>,
}

fn service_control() -> String {
    "SERVICE_CONTROL_POLICY".to_owned()
}

/// A landing zone that is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandingZone {
    /// Its version.
    pub version: String,
    /// Its manifest, accounts by name.
    pub manifest: Value,
    /// Whether accounts that move are enrolled by themselves.
    #[serde(default)]
    pub auto_enroll: bool,
    /// ARNs of principals that may launch from Account Factory.
    #[serde(default)]
    pub launchers: Vec<String>,
    /// Baselines on units: path to the version of AWSControlTowerBaseline.
    #[serde(default)]
    pub units: BTreeMap<String, String>,
}

/// People and what they may do.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentityCenter {
    /// User names, with the names of their groups.
    pub users: BTreeMap<String, Vec<String>>,
    /// Permission sets, each with the ARNs of its AWS managed policies.
    pub permission_sets: BTreeMap<String, Vec<String>>,
    /// Who has which set where.
    pub assignments: Vec<Assignment>,
    /// Who sits at the browser when somebody signs in.
    pub person: Option<crate::sim::services::sso_oidc::Person>,
}

/// A group has a permission set in accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The group's name.
    pub group: String,
    /// The set's name.
    pub permission_set: String,
    /// Names of accounts.
    pub accounts: Vec<String>,
}
