//! A policy of Firewall Manager that its administrator puts over the organization, in one Region:
//! `NAME/REGION`.
//!
//! Fields: `type`, `data` (the service's own settings, an object as AWS takes it; what AWS adds is left alone), `description`,
//! `resources` (types), `tags` (an object; empty for none), `tagged` (whether what has the tags is
//! meant, or all but that), `remediate`, `clean_up`, `accounts` and `units` (ids; none for all),
//! `except_accounts` and `except_units`. Keys: `account` (the administrator), `name`, `region`.
//! Attributes: `id`, `token` (of the version that was seen: an update replaces only that).

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

const PUT: &str = "fms:PutPolicy";

/// One call sets everything, so that everything is in each.
const ALL: &[&str] = &[
    "type",
    "data",
    "description",
    "resources",
    "tags",
    "tagged",
    "remediate",
    "clean_up",
    "accounts",
    "units",
    "except_accounts",
    "except_units",
];

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::FirewallPolicy,
    verbs: &[
        Verb::plain("create", PUT, Action::Create),
        Verb { carries: ALL, ..Verb::plain("update", PUT, Action::Change) },
        Verb {
            consent: Some("firewall_policy_deletion"),
            ..Verb::plain("delete", "fms:DeletePolicy", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("type", Compare::Fixed, "update"),
        FieldRule::new("data", Compare::Manifest, "update"),
        FieldRule::new("description", Compare::Exact, "update"),
        FieldRule::new("resources", Compare::Set, "update"),
        FieldRule::new("tags", Compare::Exact, "update"),
        FieldRule::new("tagged", Compare::Exact, "update"),
        FieldRule::new("remediate", Compare::Exact, "update"),
        FieldRule::new("clean_up", Compare::Exact, "update"),
        FieldRule::new("accounts", Compare::Set, "update"),
        FieldRule::new("units", Compare::Set, "update"),
        FieldRule::new("except_accounts", Compare::Set, "update"),
        FieldRule::new("except_units", Compare::Set, "update"),
    ],
    attributes: &["id", "token"],
};
