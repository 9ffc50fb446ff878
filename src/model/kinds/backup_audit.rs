//! What AWS Backup tells about backups: reports into a bucket, and frameworks of controls.
//!
//! `report_plan.NAME`: fields `description`, `template`, `bucket`, `prefix`, `formats`,
//! `accounts`, `units`, `regions`, `frameworks` (ARNs). `backup_framework.NAME/REGION`: fields
//! `description`, `controls` (by AWS's name, each an object of its parameters; controls and
//! parameters that are not said are left alone). One call sets all of either, so it carries what does not change. Keys: `account`, `region`, and the name in
//! AWS as `report` or `framework`. Attributes: `arn`.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of `report_plan`.
pub const REPORT_PLAN: KindInfo = KindInfo {
    kind: Kind::ReportPlan,
    verbs: &[
        Verb::plain("create", "backup:CreateReportPlan", Action::Create),
        Verb {
            carries: &[
                "description",
                "template",
                "bucket",
                "prefix",
                "formats",
                "accounts",
                "units",
                "regions",
                "frameworks",
            ],
            ..Verb::plain("update", "backup:UpdateReportPlan", Action::Change)
        },
    ],
    fields: &[
        FieldRule::new("description", Compare::Exact, "update"),
        FieldRule::new("template", Compare::Exact, "update"),
        FieldRule::new("bucket", Compare::Exact, "update"),
        FieldRule::new("prefix", Compare::Exact, "update"),
        FieldRule::new("formats", Compare::Set, "update"),
        FieldRule::new("accounts", Compare::Set, "update"),
        FieldRule::new("units", Compare::Set, "update"),
        FieldRule::new("regions", Compare::Set, "update"),
        FieldRule::new("frameworks", Compare::Set, "update"),
    ],
    attributes: &["arn"],
};

/// The table of `backup_framework`.
pub const FRAMEWORK: KindInfo = KindInfo {
    kind: Kind::BackupFramework,
    verbs: &[
        Verb::plain("create", "backup:CreateFramework", Action::Create),
        Verb {
            carries: &["description", "controls"],
            ..Verb::plain("update", "backup:UpdateFramework", Action::Change)
        },
    ],
    fields: &[
        FieldRule::new("description", Compare::Exact, "update"),
        FieldRule::new("controls", Compare::Manifest, "update"),
    ],
    attributes: &["arn"],
};
