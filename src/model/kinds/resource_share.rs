//! What one account shares with others by AWS Resource Access Manager, found by its name.
//!
//! Fields: `external` (whether principals outside the organization are allowed),
//! `resources.*` (ARNs) and `principals.*` (account ids, ARNs of units or of the organization).
//! Keys: `account` (none for the management account), `region`, `share` (its name; AWS would
//! take a second of the same name, so it is looked for). Attributes: `arn`.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::ResourceShare,
    verbs: &[
        Verb::plain("create", "ram:CreateResourceShare", Action::Create),
        Verb::plain("update", "ram:UpdateResourceShare", Action::Change),
        Verb::plain("share", "ram:AssociateResourceShare", Action::Change),
    ],
    fields: &[
        FieldRule::new("external", Compare::Exact, "update"),
        FieldRule::new("resources.*", Compare::Exact, "share"),
        FieldRule::new("principals.*", Compare::Exact, "share"),
    ],
    attributes: &["arn"],
};
