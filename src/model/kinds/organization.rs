//! The organization: there is one, with all features, or there is none yet.
//!
//! Fields: `feature_set`. Attributes: `id`, `arn`, `root_id`,
//! `management_account_id`, `management_account_arn`.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::Organization,
    verbs: &[
        Verb::plain("create", "organizations:CreateOrganization", Action::Create),
        Verb::plain("enable_all_features", "organizations:EnableAllFeatures", Action::Change),
    ],
    fields: &[FieldRule::new("feature_set", Compare::Exact, "enable_all_features")],
    attributes: &["id", "arn", "root_id", "management_account_id", "management_account_arn"],
};
