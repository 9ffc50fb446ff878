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
}

static TABLE: LazyLock<Own> =
    LazyLock::new(|| super::parse("identity_center.toml", include_str!("identity_center.toml")));

/// What is Control Tower's own.
#[must_use]
pub fn of_control_tower() -> &'static Own {
    &TABLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_administrators_of_control_tower_are_its_own() {
        assert!(of_control_tower().groups.contains("AWSControlTowerAdmins"));
        assert!(of_control_tower().permission_sets.contains("AWSAdministratorAccess"));
    }
}
