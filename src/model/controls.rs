//! What the Control Catalog says about the controls that a document names.
//!
//! A document names controls by readable names, legacy names, catalogue ids or
//! whole frameworks; only the live catalogue can tell what these are. The survey
//! reads it once and keeps what was asked about; from there everything is pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The answers of the catalogue to one document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ControlFacts {
    /// Controls by the name under which the document or a selection has them.
    pub known: BTreeMap<String, Control>,
    /// Names that mean nothing in the catalogue, with the nearest that do.
    pub unknown: BTreeMap<String, Vec<String>>,
    /// The names of the controls of each framework that the document selects.
    pub frameworks: BTreeMap<String, BTreeSet<String>>,
    /// Frameworks that the catalogue does not have, with those that it has.
    pub unknown_frameworks: BTreeMap<String, Vec<String>>,
    /// Names of controls that a framework has and that are left out: they need
    /// parameters, or no API changes them.
    pub left_out: BTreeMap<String, BTreeSet<String>>,
    /// Pairs of ARNs of controls that exclude each other on one target, the lesser
    /// first.
    pub exclusive: BTreeSet<(String, String)>,
    /// Why the catalogue could not be read, if it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
}

/// One control of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// Its global ARN.
    pub arn: String,
    /// Its readable name, such as `CT.S3.PR.1`; the last part of its ARN where the
    /// catalogue gives none.
    pub alias: String,
    /// When it acts.
    pub behavior: Behavior,
    /// AWS's word for how it is carried out, such as `AWS::Config::ConfigRule`.
    pub implementation: String,
    /// Whether it must be given parameters.
    pub needs_parameters: bool,
    /// Its parameters, each with whether it is required; none while nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<BTreeMap<String, bool>>,
}

impl Control {
    /// AWS's name of the type of policies as which Control Tower carries it out, such as
    /// `SERVICE_CONTROL_POLICY`; none for a control that is no policy.
    #[must_use]
    pub fn policy_type(&self) -> Option<&str> {
        self.implementation.strip_prefix("AWS::Organizations::Policy::")
    }
}

/// When a control acts (Control Catalog API reference, GetControl).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behavior {
    /// It forbids, on the unit and all below it.
    Preventive,
    /// It watches the accounts directly in the unit.
    Detective,
    /// It checks what CloudFormation is about to make in the accounts directly in
    /// the unit.
    Proactive,
}

impl Behavior {
    /// The behaviour of AWS's word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "PREVENTIVE" => Some(Self::Preventive),
            "DETECTIVE" => Some(Self::Detective),
            "PROACTIVE" => Some(Self::Proactive),
            _ => None,
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Preventive => "preventive",
            Self::Detective => "detective",
            Self::Proactive => "proactive",
        }
    }
}

impl Control {
    /// Whether it is a service control policy, which AWS cannot reset and which
    /// counts towards the policies of the unit.
    #[must_use]
    pub fn is_service_control_policy(&self) -> bool {
        self.implementation == "AWS::Organizations::Policy::SERVICE_CONTROL_POLICY"
    }

    /// Whether it works in the accounts of the unit and not on the unit itself, so
    /// that units below need it for themselves (Control Tower User Guide, nested-ous).
    #[must_use]
    pub fn works_in_accounts(&self) -> bool {
        self.behavior != Behavior::Preventive
    }
}

/// The name that an entry of a document stands for: an ARN's last part, else the
/// entry itself.
#[must_use]
pub fn short_name(entry: &str) -> &str {
    match entry.strip_prefix("arn:") {
        Some(_) => entry.rsplit('/').next().unwrap_or(entry),
        None => entry,
    }
}

/// The unit's path and the control in the name of a control's address, `PATH:CONTROL`. A
/// unit's name may hold a colon, and of controls only ARNs and frameworks do.
#[must_use]
pub fn on_unit(name: &str) -> Option<(&str, &str)> {
    let marked = [":framework/", ":arn:"].into_iter().find_map(|mark| name.find(mark));
    let (path, control) = match marked {
        Some(at) => name.split_at_checked(at).map(|(path, rest)| (path, rest.trim_start_matches(':')))?,
        None => name.rsplit_once(':')?,
    };
    (!path.is_empty() && !control.is_empty()).then_some((path, control))
}

/// How the resource is named that stands for a framework on a unit until its
/// controls are known, and that alone tells it from a control.
pub const FRAMEWORK_PREFIX: &str = "framework/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_is_told_from_the_path_of_its_unit_whatever_the_unit_is_called() {
        assert_eq!(on_unit("Workloads/Prod:CT.S3.PR.1"), Some(("Workloads/Prod", "CT.S3.PR.1")));
        assert_eq!(on_unit("Team: A:CT.S3.PR.1"), Some(("Team: A", "CT.S3.PR.1")));
        let arn = "arn:aws:controlcatalog:::control/abc";
        assert_eq!(on_unit(&format!("A:B:{arn}")), Some(("A:B", arn)));
        assert_eq!(on_unit("A:framework/PCI: 4"), Some(("A", "framework/PCI: 4")));
        assert_eq!((on_unit("A"), on_unit("A:"), on_unit(":X")), (None, None, None));
    }
}
