//! A Control Tower baseline enabled on an organizational unit.
//!
//! Fields: `target` (ARN of the unit), `version`, `parameters.<key>`, `status`,
//! `drift`, `missing_members` (accounts of the unit without a healthy child
//! baseline; wanted: none, because a unit's operation can succeed while accounts
//! fail). Keys: `baseline` (the name in Control Tower's list). Attributes: `arn`.
//! An update re-applies the baseline, so it supersedes a reset.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::Baseline,
    verbs: &[
        Verb::plain("create", "controltower:EnableBaseline", Action::Create),
        Verb {
            carries: &["version", "parameters.*"],
            supersedes: &["reset"],
            ..Verb::plain("update", "controltower:UpdateEnabledBaseline", Action::Change)
        },
        Verb::plain("reset", "controltower:ResetEnabledBaseline", Action::Repair),
        Verb {
            consent: Some("baseline_removal"),
            ..Verb::plain("delete", "controltower:DisableBaseline", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("target", Compare::Fixed, "create"),
        FieldRule::new("version", Compare::Exact, "update"),
        FieldRule::new("parameters.*", Compare::Exact, "update"),
        FieldRule::new("status", Compare::Condition, "reset"),
        FieldRule::new("drift", Compare::Condition, "reset"),
        FieldRule::new("missing_members", Compare::Condition, "reset"),
    ],
    attributes: &["arn"],
};
