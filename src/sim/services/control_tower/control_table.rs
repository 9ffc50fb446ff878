//! What can be told about a control from its ARN alone.
//!
//! In: a control ARN, global (`controlcatalog`) or Regional (`controltower`). Out: its name, whether the API may change
//! it, how it is implemented. Absent: the control catalogue; an opaque identifier that no table names is of unknown
//! implementation and is taken.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// How a control is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Implementation {
    /// A service control policy.
    Scp,
    /// Preventive, by a policy of a type the identifier does not tell.
    Policy,
    /// Detective, by an AWS Config rule.
    ConfigRule,
    /// Detective, by AWS Security Hub.
    SecurityHub,
    /// Proactive, by a CloudFormation hook.
    Hook,
    /// An opaque identifier.
    Unknown,
}

impl Implementation {
    /// Regional controls work in the accounts themselves; preventive ones work on the unit.
    pub(super) const fn is_regional(self) -> bool {
        matches!(self, Self::ConfigRule | Self::SecurityHub | Self::Hook)
    }

    /// Detective controls need AWS Config recording in the accounts.
    pub(super) const fn is_detective(self) -> bool {
        matches!(self, Self::ConfigRule | Self::SecurityHub)
    }
}

#[derive(Deserialize)]
struct Controls {
    unchangeable: Vec<String>,
    mandatory_actions: Vec<String>,
    control: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    implementation: Implementation,
    #[serde(default)]
    actions: Vec<String>,
    #[serde(default)]
    required_parameters: Vec<String>,
}

#[expect(clippy::expect_used, reason = "the table is part of the program and a test parses it")]
static CONTROLS: LazyLock<Controls> = LazyLock::new(|| {
    toml::from_str(include_str!("data/controls.toml")).expect("data/controls.toml is well formed")
});

#[derive(Deserialize)]
struct Names {
    global: BTreeMap<String, String>,
    regional: BTreeMap<String, BTreeMap<String, String>>,
}

#[expect(clippy::expect_used, reason = "the table is part of the program and a test parses it")]
static NAMES: LazyLock<Names> = LazyLock::new(|| {
    toml::from_str(include_str!("data/control_names.toml")).expect("data/control_names.toml is well formed")
});

/// The name of the control an ARN stands for, or its identifier where the name is not known. Two ARNs of one name are
/// one control.
pub(super) fn name(arn: &str) -> &str {
    let identifier = arn.rsplit('/').next().unwrap_or(arn);
    let region = arn.split(':').nth(3).unwrap_or_default();
    let known = if region.is_empty() {
        NAMES.global.get(identifier)
    } else {
        NAMES.regional.get(region).and_then(|names| names.get(identifier))
    };
    known.map_or(identifier, String::as_str)
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

/// The actions its service control policy denies, for those known to be one.
pub(super) fn denied_actions(arn: &str) -> &'static [String] {
    row(arn).map_or(&[], |row| &row.actions)
}

/// The parameters it cannot be enabled without, as far as known.
pub(super) fn required_parameters(arn: &str) -> &'static [String] {
    row(arn).map_or(&[], |row| &row.required_parameters)
}

/// What the mandatory guardrails of a unit deny.
pub(super) fn mandatory_actions() -> &'static [String] {
    &CONTROLS.mandatory_actions
}

fn row(arn: &str) -> Option<&'static Row> {
    let wanted = name(arn);
    CONTROLS.control.iter().find(|row| fits(&row.name, wanted))
}

/// `*` stands for any characters, as often as it is written.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, rest)) => text.strip_prefix(head).is_some_and(|tail| {
            rest.is_empty()
                || tail.char_indices().any(|(at, _)| tail.get(at..).is_some_and(|part| fits(rest, part)))
        }),
    }
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
    fn the_implementation_is_read_from_the_name_behind_an_identifier() {
        let of = |arn: String| implementation(&arn);
        assert_eq!(of(regional("AWS-GR_RESTRICT_ROOT_USER")), Implementation::Scp);
        assert_eq!(of(global("5kvme4m5d2b4d7if2fs5yg2ui")), Implementation::Scp);
        assert_eq!(of(regional("AWS-GR_EC2_VOLUME_INUSE_CHECK")), Implementation::ConfigRule);
        assert_eq!(of(regional("YEHYWYAUIQHZ")), Implementation::Hook);
        assert_eq!(of(global("YEHYWYAUIQHZ")), Implementation::Unknown);
        assert!(fits("CT.*.PV.*", "CT.S3.PV.2") && !fits("CT.*.PV.*", "CT.S3.PR.2"));
    }

    #[test]
    fn twenty_six_controls_cannot_be_changed_under_either_arn() {
        assert_eq!(CONTROLS.unchangeable.len(), 26);
        assert!(is_unchangeable(&regional("AWS-GR_REGION_DENY")));
        assert!(is_unchangeable(&global("1iskvg0qcxofs1t78ittjbnr5")));
        assert!(!is_unchangeable(&regional("AWS-GR_RESTRICT_ROOT_USER")));
    }

    #[test]
    fn a_regional_identifier_belongs_to_its_region() {
        assert!(is_control_arn(&regional("AWS-GR_ENCRYPTED_VOLUMES"), "us-east-1"));
        assert!(!is_control_arn(&regional("AWS-GR_ENCRYPTED_VOLUMES"), "us-west-2"));
        assert!(is_control_arn(&global("anything"), "us-east-1"));
        assert!(!is_control_arn("arn:aws:organizations::111122223333:ou/o-1/ou-1", "us-east-1"));
    }
}
