//! A conformance pack of AWS Config that its administrator deploys to every account of the
//! organization, in one Region: `NAME/REGION`.
//!
//! Fields: `template` (the text, which AWS never gives back), `digest` (of that text: what
//! tells whether the template has changed; it stands in a tag of the pack), `mark` (the same,
//! set after each change), `parameters` (an object, complete), `excluded` (ids of accounts),
//! `failed` (accounts in which it is not in effect; wanted: none, because the call succeeds
//! while accounts fail). Keys: `name`, `account` (the administrator; none for the management
//! account), `region`. Attributes: `arn`.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

const PUT: &str = "config:PutOrganizationConformancePack";

/// One call sets everything, so that everything is in each.
const ALL: &[&str] = &["template", "digest", "parameters", "excluded"];

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::ConformancePack,
    verbs: &[
        Verb::plain("create", PUT, Action::Create),
        Verb { carries: ALL, supersedes: &["repair"], ..Verb::plain("update", PUT, Action::Change) },
        Verb { carries: ALL, ..Verb::plain("repair", PUT, Action::Repair) },
        Verb::plain("mark", "config:TagResource", Action::Change),
        Verb {
            consent: Some("conformance_pack_deletion"),
            ..Verb::plain("delete", "config:DeleteOrganizationConformancePack", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("template", Compare::CreateOnly, "update"),
        FieldRule::new("digest", Compare::Exact, "update"),
        FieldRule::new("parameters", Compare::Exact, "update"),
        FieldRule::new("excluded", Compare::Set, "update"),
        FieldRule::new("failed", Compare::Condition, "repair"),
        FieldRule::new("mark", Compare::Exact, "mark"),
    ],
    attributes: &["arn"],
};
