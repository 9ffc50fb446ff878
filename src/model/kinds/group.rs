//! A group of IAM Identity Center, found by its display name.
//!
//! Fields: `description`. Attributes: `id`. A group that an identity provider outside
//! AWS brings in is only ever adopted: AWS refuses to make one beside it. Who is in a
//! group is not managed.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::Group,
    verbs: &[
        Verb::plain("create", "identitystore:CreateGroup", Action::Create),
        Verb::plain("update", "identitystore:UpdateGroup", Action::Change),
        Verb {
            consent: Some("group_deletion"),
            ..Verb::plain("delete", "identitystore:DeleteGroup", Action::Remove)
        },
    ],
    fields: &[FieldRule::new("description", Compare::Exact, "update")],
    attributes: &["id"],
};
