//! What Control Tower knows of a control beside the catalogue's row.
//!
//! In: a control ARN, global (`controlcatalog`) or Regional (`controltower`). Out: its name, whether the API may change
//! it, what its policy denies. Absent: the controls themselves, which `control_catalog` lists.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

pub(super) use super::super::control_catalog::table::Implementation;
use super::super::control_catalog::table::{self, Control};

#[derive(Deserialize)]
struct Controls {
    unchangeable: Vec<String>,
    mandatory_actions: Vec<String>,
    conditions: BTreeMap<String, Value>,
    actions: BTreeMap<String, Vec<String>>,
    region_deny: RegionDeny,
}

#[derive(Deserialize)]
struct RegionDeny {
    control: String,
    exempted: Vec<String>,
}

#[expect(clippy::expect_used, reason = "the table is part of the program and a test parses it")]
static CONTROLS: LazyLock<Controls> = LazyLock::new(|| {
    toml::from_str(include_str!("data/controls.toml")).expect("data/controls.toml is well formed")
});

/// What the policy of a control without a row denies: nothing that is there.
static NOTHING: LazyLock<Vec<String>> = LazyLock::new(|| vec!["controltower:None".to_owned()]);

/// The row of the catalogue, if it knows the control.
pub(super) fn row(arn: &str) -> Option<&'static Control> {
    table::by_arn(arn)
}

/// The name of the control an ARN stands for, or its identifier where the name is not known. Two ARNs of one name are
/// one control.
pub(super) fn name(arn: &str) -> &str {
    row(arn).map_or_else(|| arn.rsplit('/').next().unwrap_or(arn), |row| row.alias.as_str())
}

/// Is this the form of a control ARN, for this Region if it is a Regional one.
pub(super) fn is_control_arn(arn: &str, region: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "controlcatalog", "", "", resource] => resource.starts_with("control/"),
        ["arn", _, "controltower", of, "", resource] => *of == region && resource.starts_with("control/"),
        _ => false,
    }
}

/// Can the control APIs not change this control.
pub(super) fn is_unchangeable(arn: &str) -> bool {
    CONTROLS.unchangeable.iter().any(|known| known == name(arn))
}

/// How it is carried out.
pub(super) fn implementation(arn: &str) -> Implementation {
    row(arn).map_or(Implementation::Unknown, |row| row.implementation)
}

/// The actions its service control policy denies.
pub(super) fn denied_actions(arn: &str) -> &'static [String] {
    CONTROLS.actions.get(name(arn)).unwrap_or(&NOTHING)
}

/// The actions that a control which denies by Region leaves alone; none for any other control.
pub(super) fn exempted_everywhere(arn: &str) -> Option<&'static [String]> {
    let row = &CONTROLS.region_deny;
    (row.control == name(arn)).then_some(row.exempted.as_slice())
}

/// Whom its service control policy binds, where that is not everybody but Control Tower's own role.
pub(super) fn condition(arn: &str) -> Option<&'static Value> {
    CONTROLS.conditions.get(name(arn))
}

/// What the policy denies that stands for the mandatory controls.
pub(super) fn mandatory_actions() -> &'static [String] {
    &CONTROLS.mandatory_actions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regional(identifier: &str) -> String {
        format!("arn:aws:controltower:us-east-1::control/{identifier}")
    }

    fn global(identifier: &str) -> String {
        format!("arn:aws:controlcatalog:::control/{identifier}")
    }

    #[test]
    fn the_implementation_is_the_one_of_the_catalogue_under_every_arn() {
        let of = |arn: String| implementation(&arn);
        assert_eq!(of(regional("AWS-GR_RESTRICT_ROOT_USER")), Implementation::Scp);
        assert_eq!(of(global("5kvme4m5d2b4d7if2fs5yg2ui")), Implementation::Scp);
        assert_eq!(of(regional("AWS-GR_EC2_VOLUME_INUSE_CHECK")), Implementation::ConfigRule);
        assert_eq!(of(regional("YEHYWYAUIQHZ")), Implementation::Hook);
        assert_eq!(of(global("YEHYWYAUIQHZ")), Implementation::Unknown);
    }

    #[test]
    fn twenty_six_controls_cannot_be_changed_under_either_arn() {
        assert_eq!(CONTROLS.unchangeable.len(), 26);
        assert!(is_unchangeable(&regional("AWS-GR_REGION_DENY")));
        assert!(is_unchangeable(&global("1iskvg0qcxofs1t78ittjbnr5")));
        assert!(!is_unchangeable(&regional("AWS-GR_RESTRICT_ROOT_USER")));
    }

    #[test]
    fn every_row_of_actions_is_a_policy_of_the_catalogue() {
        for name in CONTROLS.actions.keys().chain(CONTROLS.conditions.keys()) {
            assert_eq!(table::named(name).map(|row| row.implementation), Some(Implementation::Scp), "{name}");
        }
    }

    #[test]
    fn a_regional_identifier_belongs_to_its_region() {
        assert!(is_control_arn(&regional("AWS-GR_ENCRYPTED_VOLUMES"), "us-east-1"));
        assert!(!is_control_arn(&regional("AWS-GR_ENCRYPTED_VOLUMES"), "us-west-2"));
        assert!(is_control_arn(&global("anything"), "us-east-1"));
        assert!(!is_control_arn("arn:aws:organizations::111122223333:ou/o-1/ou-1", "us-east-1"));
    }
}
