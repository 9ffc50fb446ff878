//! The organization's resource policy: what it delegates to member accounts. There is
//! one or none.
//!
//! Fields: `content` (a policy document whose statements must stand in the live one;
//! those of others stay, and one of the same `Sid` is replaced), `statements.<Sid>` (null
//! for a statement that shall not stand in it; what it says when it does). Attributes:
//! `id`, `arn`.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::ResourcePolicy,
    verbs: &[
        Verb::plain("create", "organizations:PutResourcePolicy", Action::Create),
        Verb::plain("update", "organizations:PutResourcePolicy", Action::Change),
        Verb {
            consent: Some("statement_removal"),
            ..Verb::plain("withdraw", "organizations:PutResourcePolicy", Action::Remove)
        },
        Verb {
            consent: Some("resource_policy_removal"),
            ..Verb::plain("delete", "organizations:DeleteResourcePolicy", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("content", Compare::PolicyCovers, "update"),
        FieldRule::new("statements.*", Compare::Exact, "withdraw").alone().with_surplus("withdraw"),
    ],
    attributes: &["id", "arn"],
};
