//! An aggregator of AWS Config that collects from the whole organization, by its name.
//!
//! Fields: `role` (the ARN of the role that asks Organizations), `regions` (a list, or the text
//! `all`). Keys: `account` (the administrator; none for the management account), `region` (where
//! it stands). Attributes: `arn`.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

const PUT: &str = "config:PutConfigurationAggregator";

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::ConfigAggregator,
    verbs: &[
        Verb::plain("create", PUT, Action::Create),
        Verb { carries: &["role", "regions"], ..Verb::plain("update", PUT, Action::Change) },
        Verb {
            consent: Some("config_aggregator_deletion"),
            ..Verb::plain("delete", "config:DeleteConfigurationAggregator", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("role", Compare::Exact, "update"),
        FieldRule::new("regions", Compare::Set, "update"),
    ],
    attributes: &["arn"],
};
