//! A KMS key, found by its alias in one account and Region.
//!
//! Fields: `alias`, `multi_region`, `state`, `policy`, `rotation_days`, `replicas.<region>` (true),
//! `replica_policies.<region>`. Keys: `account` (id of the account it lives in;
//! the management account's when absent), `region`. Attributes: `id`, `arn`.
//! Whether a key is multi-Region is decided at creation for ever.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::Key,
    verbs: &[
        Verb::plain("create", "kms:CreateKey", Action::Create),
        Verb::plain("add_alias", "kms:CreateAlias", Action::Change),
        Verb { carries: &["policy"], ..Verb::plain("put_policy", "kms:PutKeyPolicy", Action::Change) },
        Verb::plain("rotate", "kms:EnableKeyRotation", Action::Change),
        Verb::plain("replicate", "kms:ReplicateKey", Action::Create),
        Verb::plain("put_replica_policy", "kms:PutKeyPolicy", Action::Change),
    ],
    fields: &[
        FieldRule::new("alias", Compare::Exact, "add_alias").alone(),
        FieldRule::new("multi_region", Compare::Fixed, "create"),
        FieldRule::new("state", Compare::Fixed, "create"),
        FieldRule::new("policy", Compare::PolicyCovers, "put_policy"),
        FieldRule::new("rotation_days", Compare::Exact, "rotate").alone(),
        FieldRule::new("replicas.*", Compare::Exact, "replicate").alone().each(),
        FieldRule::new("replica_policies.*", Compare::PolicyCovers, "put_replica_policy")
            .carried_by("replicate")
            .each(),
    ],
    attributes: &["id", "arn"],
};
