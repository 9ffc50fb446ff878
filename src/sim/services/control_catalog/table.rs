//! The table of controls, which Control Catalog and Control Tower share.
//!
//! In: `data/controls.toml`. Out: a control by its ARN, global (`controlcatalog`) or Regional (`controltower`), or by
//! its alias. Absent: whether it is enabled anywhere.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// How a control is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::sim::services) enum Implementation {
    /// Preventive, by a service control policy.
    Scp,
    /// Preventive, by a resource control policy.
    Rcp,
    /// Preventive, by a declarative policy.
    Declarative,
    /// Detective, by an AWS Config rule.
    ConfigRule,
    /// Detective, by AWS Security Hub.
    SecurityHub,
    /// Proactive, by a CloudFormation hook.
    Hook,
    /// Of an identifier that the table does not know.
    Unknown,
}

impl Implementation {
    /// Regional controls work in the accounts themselves; preventive ones work on the unit.
    pub(in crate::sim::services) const fn is_regional(self) -> bool {
        matches!(self, Self::ConfigRule | Self::SecurityHub | Self::Hook)
    }

    /// Detective controls need AWS Config recording in the accounts.
    pub(in crate::sim::services) const fn is_detective(self) -> bool {
        matches!(self, Self::ConfigRule | Self::SecurityHub)
    }

    /// The API's word for the type, and the control's behaviour. The types are those of AWS's own list, see the data.
    pub(super) const fn words(self) -> [&'static str; 2] {
        match self {
            Self::Scp => ["AWS::Organizations::Policy::SERVICE_CONTROL_POLICY", "PREVENTIVE"],
            Self::Rcp => ["AWS::Organizations::Policy::RESOURCE_CONTROL_POLICY", "PREVENTIVE"],
            Self::Declarative => ["AWS::Organizations::Policy::DECLARATIVE_POLICY_EC2", "PREVENTIVE"],
            Self::ConfigRule => ["AWS::Config::ConfigRule", "DETECTIVE"],
            Self::SecurityHub => ["AWS::SecurityHub::SecurityControl", "DETECTIVE"],
            Self::Hook | Self::Unknown => ["AWS::CloudFormation::Type::HOOK", "PROACTIVE"],
        }
    }
}

/// One control.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::sim::services) struct Control {
    /// The readable name, such as `CT.S3.PR.1`.
    pub(in crate::sim::services) alias: String,
    /// The opaque part of its global ARN.
    pub(super) id: String,
    /// Whether the id is the simulator's own.
    #[serde(default)]
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "it tells readers what has no source; a test counts them")
    )]
    made_id: bool,
    pub(super) name: String,
    pub(in crate::sim::services) implementation: Implementation,
    #[serde(default)]
    pub(super) identifier: Option<String>,
    #[serde(default)]
    pub(super) severity: Option<String>,
    #[serde(default)]
    pub(super) created: Option<String>,
    #[serde(default)]
    pub(super) resources: Vec<String>,
    #[serde(default)]
    parameters: Vec<String>,
    /// Opaque identifiers of Regional ARNs.
    #[serde(default)]
    regional: BTreeMap<String, String>,
}

impl Control {
    /// Its global ARN.
    pub(in crate::sim::services) fn arn(&self) -> String {
        format!("arn:aws:controlcatalog:::control/{}", self.id)
    }

    /// Its parameters, each with whether it is required.
    pub(in crate::sim::services) fn parameters(&self) -> impl Iterator<Item = (&str, bool)> {
        self.parameters.iter().map(|name| match name.strip_suffix('!') {
            Some(name) => (name, true),
            None => (name.as_str(), false),
        })
    }
}

#[derive(Deserialize)]
struct Rows {
    control: Vec<Control>,
}

#[expect(clippy::expect_used, reason = "the table is part of the program and a test parses it")]
static ROWS: LazyLock<Vec<Control>> = LazyLock::new(|| {
    let rows: Rows =
        toml::from_str(include_str!("data/controls.toml")).expect("data/controls.toml is well formed");
    rows.control
});

/// Every control, in the order of the table.
pub(super) fn all() -> &'static [Control] {
    &ROWS
}

/// The control of that alias.
pub(in crate::sim::services) fn named(alias: &str) -> Option<&'static Control> {
    ROWS.iter().find(|row| row.alias == alias)
}

/// The control that an ARN stands for. A Regional ARN carries the alias of the oldest controls, and an identifier of
/// its Region for the others.
pub(in crate::sim::services) fn by_arn(arn: &str) -> Option<&'static Control> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, service, region, _, resource] = parts.as_slice() else {
        return None;
    };
    let identifier = resource.strip_prefix("control/")?;
    match *service {
        "controlcatalog" => ROWS.iter().find(|row| row.id == identifier),
        "controltower" => {
            let regional = |row: &&Control| row.regional.get(*region).is_some_and(|id| id == identifier);
            named(identifier).or_else(|| ROWS.iter().find(regional))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn aliases_and_ids_are_unique_and_few_ids_are_made_up() {
        let aliases: BTreeSet<&str> = ROWS.iter().map(|row| row.alias.as_str()).collect();
        let ids: BTreeSet<&str> = ROWS.iter().map(|row| row.id.as_str()).collect();
        assert_eq!((aliases.len(), ids.len()), (ROWS.len(), ROWS.len()));
        assert!(ROWS.len() > 100);
        assert!(ROWS.iter().filter(|row| row.made_id).count() < 10);
    }

    #[test]
    fn a_control_is_found_by_every_form_of_its_arn() {
        let found = |arn: &str| by_arn(arn).map(|row| row.alias.as_str());
        let root = Some("AWS-GR_RESTRICT_ROOT_USER");
        assert_eq!(found("arn:aws:controlcatalog:::control/5kvme4m5d2b4d7if2fs5yg2ui"), root);
        assert_eq!(found("arn:aws:controltower:eu-west-1::control/AWS-GR_RESTRICT_ROOT_USER"), root);
        assert_eq!(found("arn:aws:controltower:us-east-1::control/YEHYWYAUIQHZ"), Some("CT.CODEBUILD.PR.3"));
        assert_eq!(found("arn:aws:controltower:eu-west-1::control/YEHYWYAUIQHZ"), None);
        assert_eq!(found("arn:aws:controlcatalog:::control/AWS-GR_RESTRICT_ROOT_USER"), None);
    }
}
