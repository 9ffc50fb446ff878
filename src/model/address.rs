//! The stable name of one thing we manage, e.g. `organizational_unit.Workloads/Prod`.
//!
//! Addresses order plans, name consents and stand in journals, so their text form
//! is part of the product: `kind.name`, or `kind` alone for the two kinds of
//! which an organization has one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Declares the kinds once: variant and name in addresses.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// What sort of thing an address names. The order is the order of reading.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[$doc])* #[serde(rename = $name)] $variant),+
        }

        impl Kind {
            /// Every kind, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The kind's name in addresses.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }
    };
}

kinds! {
    /// The organization itself.
    Organization = "organization",
    /// Trusted access of one AWS service to the organization.
    TrustedAccess = "trusted_access",
    /// An organizational unit, by path.
    OrganizationalUnit = "organizational_unit",
    /// An account, by the name the document gives it.
    Account = "account",
    /// An IAM role that an AWS service works with; `NAME/ACCOUNT` of one in a member account.
    ServiceRole = "service_role",
    /// A KMS key, by its alias.
    Key = "key",
    /// The Control Tower landing zone.
    LandingZone = "landing_zone",
    /// A Control Tower baseline on a unit, `path:baseline`.
    Baseline = "baseline",
    /// A type of organization policies, switched on or off in the root.
    PolicyType = "policy_type",
    /// An organization policy with its attachments, by name.
    Policy = "policy",
    /// The organization's own policy: what it delegates to member accounts.
    ResourcePolicy = "resource_policy",
    /// Central management of the root credentials of member accounts.
    RootCredentialsManagement = "root_credentials_management",
    /// Short root sessions in member accounts, asked for centrally.
    RootSessions = "root_sessions",
    /// The delegated administrators of one AWS service, by the document's word for it.
    DelegatedAdministrator = "delegated_administrator",
    /// A permission set of IAM Identity Center, by name.
    PermissionSet = "permission_set",
    /// A group of IAM Identity Center, by display name.
    Group = "group",
    /// Who works with which permission set in which accounts, `SET:GROUP` or `SET:user/NAME`.
    Assignment = "assignment",
    /// A Control Tower control on a unit, `path:name`.
    Control = "control",
    /// GuardDuty of the organization in one Region, set by its administrator: `REGION`; or of
    /// the management account itself, `REGION/management`.
    GuardDuty = "guardduty",
    /// AWS Backup's switches for the whole organization.
    BackupSettings = "backup_settings",
    /// Which types of resources AWS Backup backs up in one Region: `REGION`.
    BackupOptIn = "backup_opt_in",
    /// A standard vault of AWS Backup, `NAME/REGION`, or `NAME/ACCOUNT/REGION` of one that each
    /// protected account has.
    BackupVault = "backup_vault",
    /// A logically air-gapped vault of AWS Backup, `NAME/REGION`.
    AirGappedVault = "air_gapped_vault",
    /// What an account shares with others, `NAME/REGION`.
    ResourceShare = "resource_share",
    /// A plan of restore tests, `NAME/REGION`.
    RestoreTestingPlan = "restore_testing_plan",
    /// What a plan of restore tests restores, `PLAN/TYPE/REGION`.
    RestoreTestingSelection = "restore_testing_selection",
    /// A report of AWS Backup, by name.
    ReportPlan = "report_plan",
    /// A framework of AWS Backup Audit Manager, `NAME/REGION`.
    BackupFramework = "backup_framework",
    /// Security Hub of the administrator in one Region, `REGION`; or of the management account,
    /// `REGION/management`.
    SecurityHub = "security_hub",
    /// What sends the findings of Regions to the home Region.
    FindingAggregator = "finding_aggregator",
    /// Central configuration of Security Hub.
    SecurityHubConfiguration = "security_hub_configuration",
    /// A configuration policy of Security Hub, by name.
    SecurityHubPolicy = "security_hub_policy",
    /// What follows which configuration policy of Security Hub.
    SecurityHubAssociations = "security_hub_associations",
    /// Inspector of the organization in one Region, set by its administrator: `REGION`; or of the
    /// management account itself, `REGION/management`.
    Inspector = "inspector",
    /// Macie of the organization in one Region, as `inspector`.
    Macie = "macie",
    /// Detective of the organization in one Region.
    Detective = "detective",
    /// An analyzer of the organization in one Region, `REGION/WORD`.
    Analyzer = "analyzer",
    /// A service-managed stack set of CloudFormation, by name.
    StackSet = "stack_set",
    /// An aggregator of AWS Config over the organization, by name.
    ConfigAggregator = "config_aggregator",
    /// A rule of AWS Config in every account, `NAME/REGION`.
    ConfigRule = "config_rule",
    /// A conformance pack of AWS Config in every account, `NAME/REGION`.
    ConformancePack = "conformance_pack",
    /// A trail of CloudTrail over the organization, by name.
    Trail = "trail",
    /// A policy of Firewall Manager, `NAME/REGION`.
    FirewallPolicy = "firewall_policy",
    /// A rule by which Security Hub changes findings, `NAME/REGION`.
    AutomationRule = "automation_rule",
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name of one managed thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    /// What sort of thing.
    pub kind: Kind,
    /// Its name within the kind; empty for the organization and the landing zone.
    pub name: String,
}

/// A text that is no address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not an address such as organizational_unit.Workloads/Prod")]
pub struct InvalidAddress(pub String);

impl Address {
    /// The address of a named thing.
    #[must_use]
    pub fn new(kind: Kind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }

    /// The address of a thing of which there is one.
    #[must_use]
    pub const fn only(kind: Kind) -> Self {
        Self { kind, name: String::new() }
    }
}

impl FromStr for Address {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let (kind, name) = text.split_once('.').unwrap_or((text, ""));
        let known = Kind::ALL.iter().find(|k| k.name() == kind);
        known.map(|kind| Self::new(*kind, name)).ok_or_else(|| InvalidAddress(text.to_owned()))
    }
}

impl TryFrom<String> for Address {
    type Error = InvalidAddress;

    fn try_from(text: String) -> Result<Self, InvalidAddress> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.to_string()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        if self.name.is_empty() { Ok(()) } else { write!(f, ".{}", self.name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_as_written() {
        for text in ["organization", "account.log-archive", "baseline.Workloads/Prod:control_tower"] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
        }
    }

    #[test]
    fn a_name_may_hold_dots() {
        let address: Address = "trusted_access.ram.amazonaws.com".parse().unwrap();
        assert_eq!(address.name, "ram.amazonaws.com");
    }

    #[test]
    fn an_unknown_kind_is_refused() {
        assert!("acount.log".parse::<Address>().is_err());
    }
}
