//! The Control Tower landing zone, of which an organization has one.
//!
//! Fields: `version`, `manifest`, `remediation_types`, `status`, `drift`, up to 3.3 also
//! `security_unit_name` (what the unit is called that the landing zone made for its accounts).
//! Attributes: `arn`, `identity_center_baseline` (ARN of the enabled
//! IdentityCenterBaseline; absent when access management is off), `security_unit` (the id of that unit).
//! A failed or drifted landing zone is reset before it is updated, because AWS
//! does not roll a failed update back (Control Tower user guide,
//! troubleshooting); its version never changes without consent.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The class of consent for a change of version: a landing zone cannot go back.
pub const VERSION_CONSENT: &str = "landing_zone_version";

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::LandingZone,
    verbs: &[
        Verb::plain("create", "controltower:CreateLandingZone", Action::Create),
        // AWS reports no drift when the unit is renamed, and a reset leaves its name as it is.
        Verb::plain("rename_unit", "organizations:UpdateOrganizationalUnit", Action::Repair),
        Verb::plain("reset", "controltower:ResetLandingZone", Action::Repair),
        Verb {
            carries: &["version", "manifest", "remediation_types"],
            ..Verb::plain("update", "controltower:UpdateLandingZone", Action::Change)
        },
    ],
    fields: &[
        FieldRule::new("version", Compare::Exact, "update").with_consent(VERSION_CONSENT),
        FieldRule::new("manifest", Compare::Manifest, "update"),
        FieldRule::new("remediation_types", Compare::Set, "update"),
        FieldRule::new("security_unit_name", Compare::Exact, "rename_unit").alone(),
        FieldRule::new("status", Compare::Condition, "reset"),
        FieldRule::new("drift", Compare::Condition, "reset"),
    ],
    attributes: &["arn", "identity_center_baseline", "security_unit"],
};
