//! The permission sets and groups that Control Tower makes in IAM Identity Center.
//!
//! They are Control Tower's own: a document cannot manage them, and they are not told
//! as left over.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

/// The names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// Of permission sets.
    pub permission_sets: BTreeSet<String>,
    /// Of groups, by display name.
    pub groups: BTreeSet<String>,
    /// Permission sets known to allow most, the widest first.
    entered_first: Vec<String>,
    /// Permission sets known to read only.
    entered_last: Vec<String>,
}

static TABLE: LazyLock<Own> =
    LazyLock::new(|| super::parse("identity_center.toml", include_str!("identity_center.toml")));

/// What is Control Tower's own.
#[must_use]
pub fn of_control_tower() -> &'static Own {
    &TABLE
}

/// Where a permission set stands among several that open an account: the smaller, the sooner it
/// is tried.
#[must_use]
pub fn entry_rank(permission_set: &str) -> usize {
    let own = of_control_tower();
    let place = |names: &[String]| names.iter().position(|name| name == permission_set);
    let between = own.entered_first.len();
    place(&own.entered_first)
        .or_else(|| place(&own.entered_last).map(|place| between + 1 + place))
        .unwrap_or(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_administrators_of_control_tower_are_its_own() {
        assert!(of_control_tower().groups.contains("AWSControlTowerAdmins"));
        assert!(of_control_tower().permission_sets.contains("AWSAdministratorAccess"));
    }

    #[test]
    fn administrators_enter_before_strangers_and_readers_last() {
        let mut sets = ["AWSReadOnlyAccess", "Operators", "AdministratorAccess", "AWSAdministratorAccess"];
        sets.sort_by_key(|set| entry_rank(set));
        let expected = ["AWSAdministratorAccess", "AdministratorAccess", "Operators", "AWSReadOnlyAccess"];
        assert_eq!(sets, expected);
    }
}
