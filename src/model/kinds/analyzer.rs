//! An analyzer of IAM Access Analyzer whose zone of trust is the organization, `REGION/WORD`.
//!
//! Fields: `type` (AWS's word), `unused_after_days` (of an analyzer of unused access). Keys:
//! `account` (the administrator), `region`, `name` (what it is called when it is made; one of the
//! same type that is there already is taken as it is). Attributes: `name`, `arn`.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::Analyzer,
    verbs: &[
        Verb::plain("create", "accessanalyzer:CreateAnalyzer", Action::Create),
        Verb::plain("update", "accessanalyzer:UpdateAnalyzer", Action::Change),
        Verb {
            consent: Some("analyzer_deletion"),
            ..Verb::plain("delete", "accessanalyzer:DeleteAnalyzer", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("type", Compare::Fixed, "update"),
        FieldRule::new("unused_after_days", Compare::Exact, "update"),
    ],
    attributes: &["name", "arn"],
};
