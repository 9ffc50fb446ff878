//! A Control Tower control enabled on an organizational unit.
//!
//! Fields: `target` (ARN of the unit), `parameters` (all of them, as one object;
//! lists in them sorted), and what is wrong with it by the way of mending, each a
//! list that is wanted empty: `reset_for`, `update_for`, `disable_for` and
//! `enable_again_for` (words such as `FAILED` or `DRIFTED`). Keys: `name` (as the
//! document writes it), `identifier` (the ARN in the Control Catalog, once it is
//! known). Attributes: `arn`,
//! `identifier` (the control's global ARN).
//!
//! A control that failed or drifted is reset where AWS can do that. One that is a
//! service control policy cannot be reset (API reference, ResetEnabledControl): it
//! is disabled and enabled again, or, when it failed and has parameters, updated,
//! which AWS takes for a failed control even when they are the same.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::Control,
    verbs: &[
        Verb::plain("create", "controltower:EnableControl", Action::Create),
        Verb::plain("reset", "controltower:ResetEnabledControl", Action::Repair),
        Verb {
            carries: &["parameters"],
            ..Verb::plain("update", "controltower:UpdateEnabledControl", Action::Change)
        },
        Verb {
            supersedes: &["reset", "update"],
            consent: Some("control_gap"),
            ..Verb::plain("disable", "controltower:DisableControl", Action::Repair)
        },
        Verb {
            carries: &["target", "parameters"],
            ..Verb::plain("enable_again", "controltower:EnableControl", Action::Repair)
        },
        Verb {
            consent: Some("control_removal"),
            ..Verb::plain("delete", "controltower:DisableControl", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("target", Compare::Fixed, "create"),
        FieldRule::new("parameters", Compare::Exact, "update"),
        FieldRule::new("reset_for", Compare::Condition, "reset"),
        FieldRule::new("update_for", Compare::Condition, "update"),
        FieldRule::new("disable_for", Compare::Condition, "disable"),
        FieldRule::new("enable_again_for", Compare::Condition, "enable_again"),
    ],
    attributes: &["arn", "identifier"],
};
