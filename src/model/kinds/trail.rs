//! A trail of CloudTrail that records every account of the organization, by its name.
//!
//! Fields: `bucket`, `prefix`, `key` (an ARN), `validation` (of the files), `every_region`,
//! `organization` (wanted: that it is the organization's), `logging` (wanted: that it records,
//! which is a call of its own). Keys: `region` (where it is made; one whose home is elsewhere is
//! changed there). Attributes: `arn`, `home`.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::Trail,
    verbs: &[
        Verb::plain("create", "cloudtrail:CreateTrail", Action::Create),
        Verb::plain("update", "cloudtrail:UpdateTrail", Action::Change),
        Verb::plain("start", "cloudtrail:StartLogging", Action::Change),
        Verb {
            consent: Some("trail_deletion"),
            ..Verb::plain("delete", "cloudtrail:DeleteTrail", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("bucket", Compare::Exact, "update"),
        FieldRule::new("prefix", Compare::Exact, "update"),
        FieldRule::new("key", Compare::Exact, "update"),
        FieldRule::new("validation", Compare::Exact, "update"),
        FieldRule::new("every_region", Compare::Exact, "update"),
        FieldRule::new("organization", Compare::Exact, "update"),
        FieldRule::new("logging", Compare::Exact, "start").alone(),
    ],
    attributes: &["arn", "home"],
};
