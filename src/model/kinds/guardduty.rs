//! GuardDuty of an organization in one Region, as its administrator sets it.
//!
//! Fields: `status` and `features.*` of the administrator's own detector (AWS's names and
//! words; a further switch of a feature is `FEATURE/SWITCH`), `auto_enable` and
//! `auto_features.*` (whom the organization's settings reach: `ALL`, `NEW` or `NONE`),
//! `members.*` (accounts, each `{id, email}`), `without.*` (members in whose detectors everything
//! is off that `features.*` wants off). Keys: `account` (the administrator; none for the management
//! account), `region`, `members_everybody` and `without_everybody` (every active account is one,
//! too). Attributes: `detector`.
//!
//! `REGION/management` is the detector of the management account alone, which must be there
//! before that account becomes a member.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// Accounts in one call (GuardDuty API Reference, CreateMembers and UpdateMemberDetectors).
const BATCH: usize = 50;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::GuardDuty,
    verbs: &[
        Verb::plain("create", "guardduty:CreateDetector", Action::Create),
        Verb::plain("update", "guardduty:UpdateDetector", Action::Change),
        // Whom the settings reach is said in every call.
        Verb {
            carries: &["auto_enable", "auto_features.*"],
            ..Verb::plain("configure", "guardduty:UpdateOrganizationConfiguration", Action::Change)
        },
        Verb { side_by_side: true, ..Verb::plain("enrol", "guardduty:CreateMembers", Action::Create) },
        // What is off is said in every call, and only members have it switched off.
        Verb {
            carries: &["features.*"],
            ..Verb::plain("switch_off", "guardduty:UpdateMemberDetectors", Action::Change)
        },
    ],
    fields: &[
        FieldRule::new("status", Compare::Exact, "update"),
        // The administrator's detector comes with its office, so the creation may find it
        // there and set nothing: what matters is set by a call of its own.
        FieldRule::new("features.*", Compare::Exact, "update").alone(),
        FieldRule::new("auto_enable", Compare::Exact, "configure").alone(),
        FieldRule::new("auto_features.*", Compare::Exact, "configure").alone(),
        FieldRule::new("members.*", Compare::Exact, "enrol").alone().in_batches(BATCH),
        FieldRule::new("without.*", Compare::Exact, "switch_off").alone().in_batches(BATCH),
    ],
    attributes: &["detector"],
};
