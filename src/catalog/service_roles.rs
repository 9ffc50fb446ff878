//! The IAM roles that AWS services work with: Control Tower in the management account, AWS Backup
//! in every account that it backs up.
//!
//! Rows: name, who may assume it, what it may do, and for which landing-zone versions it is
//! required. `{partition}` in a policy ARN is the partition's name.

use std::sync::LazyLock;

use serde::Deserialize;

/// One role.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceRole {
    /// Its name, which Control Tower expects.
    pub name: String,
    /// The service that assumes it.
    pub principal: String,
    /// ARNs of managed policies.
    #[serde(default)]
    pub managed_policies: Vec<String>,
    /// Its inline policy, if it has one.
    pub inline_policy: Option<InlinePolicy>,
    /// The landing-zone versions that require it.
    #[serde(default)]
    pub landing_zones: Vec<String>,
    /// Where the row comes from.
    pub source: String,
}

/// A policy of one statement.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InlinePolicy {
    /// The policy's name within the role.
    pub name: String,
    /// What it allows.
    pub action: String,
    /// On what.
    pub resource: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    path: String,
    role: Vec<ServiceRole>,
    backup: ServiceRole,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::parse("service_roles.toml", include_str!("service_roles.toml")));

/// The path under which every one of them must lie.
#[must_use]
pub fn path() -> &'static str {
    &TABLE.path
}

/// The roles that a landing-zone version requires.
pub fn required_by(landing_zone: &str) -> impl Iterator<Item = &'static ServiceRole> {
    TABLE.role.iter().filter(move |role| role.landing_zones.iter().any(|v| v == landing_zone))
}

/// The role that AWS Backup works with; the document says its name.
#[must_use]
pub fn of_backup() -> &'static ServiceRole {
    &TABLE.backup
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_four_zero_landing_zone_needs_one_role_less() {
        let names = |version| required_by(version).map(|r| r.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names("4.0").len(), 3);
        assert_eq!(names("3.3").len(), 4);
        assert!(names("3.3").contains(&"AWSControlTowerConfigAggregatorRoleForOrganizations"));
    }
}
