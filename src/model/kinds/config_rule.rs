//! A rule of AWS Config that its administrator deploys to every account of the organization,
//! in one Region: `NAME/REGION`.
//!
//! Fields: `definition` (AWS's metadata of the rule: one member, named for its kind, as the API
//! names it), `excluded` (ids of accounts), `failed` (accounts in which it is not in effect;
//! wanted: none). Keys: `name`, `account` (the administrator; none for the management
//! account), `region`. Attributes: `arn`.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

const PUT: &str = "config:PutOrganizationConfigRule";

/// One call sets everything, so that everything is in each.
const ALL: &[&str] = &["definition", "excluded"];

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::ConfigRule,
    verbs: &[
        Verb::plain("create", PUT, Action::Create),
        Verb { carries: ALL, supersedes: &["repair"], ..Verb::plain("update", PUT, Action::Change) },
        Verb { carries: ALL, ..Verb::plain("repair", PUT, Action::Repair) },
        Verb {
            consent: Some("config_rule_deletion"),
            ..Verb::plain("delete", "config:DeleteOrganizationConfigRule", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("definition", Compare::Exact, "update"),
        FieldRule::new("excluded", Compare::Set, "update"),
        FieldRule::new("failed", Compare::Condition, "repair"),
    ],
    attributes: &["arn"],
};
