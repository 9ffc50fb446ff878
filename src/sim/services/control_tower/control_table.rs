//! What can be told about a control from its identifier alone.
//!
//! In: a control ARN, global (`controlcatalog`) or Regional (`controltower`). Out: whether the API may change it, and
//! how it is implemented. Absent: the control catalogue; an opaque identifier is of unknown implementation.

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
    identifier: String,
    implementation: Implementation,
    #[serde(default)]
    actions: Vec<String>,
    #[serde(default)]
    required_parameters: Vec<String>,
}

#[expect(
    clippy::expect_used,
    reason = "the table is part of the program and a test parses it"
)]
static CONTROLS: LazyLock<Controls> = LazyLock::new(|| {
    toml::from_str(include_str!("data/controls.toml")).expect("data/controls.toml is well formed")
});

/// The last part of a control ARN.
pub(super) fn identifier(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// Is this the form of a control ARN, for this Region if it is a Regional one.
pub(super) fn is_control_arn(arn: &str, region: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "controlcatalog", "", "", resource] => resource.starts_with("control/"),
        ["arn", _, "controltower", of, "", resource] => {
            *of == region && resource.starts_with("control/")
        }
        _ => false,
    }
}

/// Can the control APIs not change this control.
pub(super) fn is_unchangeable(arn: &str) -> bool {
    CONTROLS
        .unchangeable
        .iter()
        .any(|known| known == identifier(arn))
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
    let wanted = identifier(arn);
    CONTROLS
        .control
        .iter()
        .find(|row| fits(&row.identifier, wanted))
}

/// `*` stands for any characters, as often as it is written.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, rest)) => text.strip_prefix(head).is_some_and(|tail| {
            rest.is_empty()
                || tail
                    .char_indices()
                    .any(|(at, _)| tail.get(at..).is_some_and(|part| fits(rest, part)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_implementation_is_read_from_legacy_identifiers_and_families() {
        let of =
            |id: &str| implementation(&format!("arn:aws:controltower:us-east-1::control/{id}"));
        assert_eq!(of("AWS-GR_RESTRICT_ROOT_USER"), Implementation::Scp);
        assert_eq!(
            of("AWS-GR_EC2_VOLUME_INUSE_CHECK"),
            Implementation::ConfigRule
        );
        assert_eq!(of("CT.GUARDDUTY.PR.1"), Implementation::Hook);
        assert_eq!(of("CT.S3.PV.2"), Implementation::Policy);
        assert_eq!(of("SH.S3.1"), Implementation::SecurityHub);
        assert_eq!(of("PYBETSAGNUZB"), Implementation::Unknown);
    }

    #[test]
    fn twenty_six_controls_cannot_be_changed() {
        assert_eq!(CONTROLS.unchangeable.len(), 26);
        assert!(is_unchangeable(
            "arn:aws:controltower:eu-west-1::control/AWS-GR_REGION_DENY"
        ));
        assert!(!is_unchangeable(
            "arn:aws:controltower:eu-west-1::control/AWS-GR_RESTRICT_ROOT_USER"
        ));
    }

    #[test]
    fn a_regional_identifier_belongs_to_its_region() {
        let regional = "arn:aws:controltower:us-west-2::control/AWS-GR_ENCRYPTED_VOLUMES";
        assert!(is_control_arn(regional, "us-west-2"));
        assert!(!is_control_arn(regional, "us-east-1"));
        assert!(is_control_arn(
            "arn:aws:controlcatalog:::control/50utmyu7yqmhr8fpnpo8bnaj1",
            "us-east-1"
        ));
        assert!(!is_control_arn(
            "arn:aws:organizations::111122223333:ou/o-1/ou-1",
            "us-east-1"
        ));
    }
}
