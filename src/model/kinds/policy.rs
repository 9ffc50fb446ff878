//! An organization policy of any type, found by its name (or its former one).
//!
//! Fields: `name`, `description`, `content` (the document), `tags.*`,
//! `targets.<root, path or account>` (the target's id). Keys: `type` (AWS's name of
//! the type; absent only for one that is to go), `renamed_from`, `aws_managed`.
//! Attributes: `id`, `arn`, `type`. The type is decided at creation for ever. A target of
//! the value null shall not have the policy.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind. Attaching stands before detaching: a target shall not be
/// without either while one replaces the other.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::Policy,
    verbs: &[
        Verb::plain("create", "organizations:CreatePolicy", Action::Create),
        Verb::plain("update", "organizations:UpdatePolicy", Action::Change),
        Verb::plain("tag", "organizations:TagResource", Action::Change),
        Verb::plain("attach", "organizations:AttachPolicy", Action::Change),
        Verb {
            consent: Some("policy_detachment"),
            ..Verb::plain("detach", "organizations:DetachPolicy", Action::Remove)
        },
        Verb {
            consent: Some("policy_deletion"),
            ..Verb::plain("delete", "organizations:DeletePolicy", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("name", Compare::Exact, "update"),
        FieldRule::new("description", Compare::Exact, "update"),
        FieldRule::new("content", Compare::PolicySame, "update"),
        FieldRule::new("tags.*", Compare::Exact, "tag"),
        FieldRule::new("targets.*", Compare::Exact, "attach").alone().with_surplus("detach"),
    ],
    attributes: &["id", "arn", "type"],
};
