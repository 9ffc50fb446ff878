//! An organizational unit, found by its path (or its former one).
//!
//! Fields: `name`, `parent` (id of the root or of the unit above), `tags.*`.
//! Keys: `path`, `renamed_from`. Attributes: `id`, `arn`. A unit cannot be moved
//! between parents in AWS, so `parent` is fixed.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::OrganizationalUnit,
    verbs: &[
        Verb::plain("create", "organizations:CreateOrganizationalUnit", Action::Create),
        Verb::plain("rename", "organizations:UpdateOrganizationalUnit", Action::Change),
        Verb::plain("tag", "organizations:TagResource", Action::Change),
        Verb {
            consent: Some("unit_deletion"),
            ..Verb::plain("delete", "organizations:DeleteOrganizationalUnit", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("name", Compare::Exact, "rename"),
        FieldRule::new("parent", Compare::Fixed, "create"),
        FieldRule::new("tags.*", Compare::Exact, "tag"),
    ],
    attributes: &["id", "arn"],
};
