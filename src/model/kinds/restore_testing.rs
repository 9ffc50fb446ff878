//! Restore tests: when AWS Backup restores which recovery points to prove that it can.
//!
//! `restore_testing_plan.NAME/REGION`: fields `schedule`, `timezone`, `start_window_hours`,
//! `algorithm`, `vaults` (ARNs, or `*`), `point_types`, `window_days`. One call sets them all,
//! so it carries what does not change. `restore_testing_selection.PLAN/NAME/REGION`: fields
//! `type` (of the protected resources, decided at creation), `role` (ARN), `resources` (ARNs, or
//! `*`), `validation_hours`. Keys of both: `account`, `region`, `plan` (its name in AWS), and of
//! a selection `selection`. Attributes of a plan: `arn`.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of `restore_testing_plan`.
pub const PLAN: KindInfo = KindInfo {
    kind: Kind::RestoreTestingPlan,
    verbs: &[
        Verb::plain("create", "backup:CreateRestoreTestingPlan", Action::Create),
        Verb {
            carries: &[
                "schedule",
                "timezone",
                "start_window_hours",
                "algorithm",
                "vaults",
                "point_types",
                "window_days",
            ],
            ..Verb::plain("update", "backup:UpdateRestoreTestingPlan", Action::Change)
        },
    ],
    fields: &[
        FieldRule::new("schedule", Compare::Exact, "update"),
        FieldRule::new("timezone", Compare::Exact, "update"),
        FieldRule::new("start_window_hours", Compare::Exact, "update"),
        FieldRule::new("algorithm", Compare::Exact, "update"),
        FieldRule::new("vaults", Compare::Set, "update"),
        FieldRule::new("point_types", Compare::Set, "update"),
        FieldRule::new("window_days", Compare::Exact, "update"),
    ],
    attributes: &["arn"],
};

/// The table of `restore_testing_selection`.
pub const SELECTION: KindInfo = KindInfo {
    kind: Kind::RestoreTestingSelection,
    verbs: &[
        Verb::plain("create", "backup:CreateRestoreTestingSelection", Action::Create),
        Verb {
            carries: &["role", "resources", "validation_hours"],
            ..Verb::plain("update", "backup:UpdateRestoreTestingSelection", Action::Change)
        },
    ],
    fields: &[
        FieldRule::new("type", Compare::Fixed, "create"),
        FieldRule::new("role", Compare::Exact, "update"),
        FieldRule::new("resources", Compare::Set, "update"),
        FieldRule::new("validation_hours", Compare::Exact, "update"),
    ],
    attributes: &[],
};

/// The name of the selection of a type of resources: letters, digits and underscores only (Backup
/// API Reference, RestoreTestingSelectionForCreate).
#[must_use]
pub fn selection_name(sort: &str) -> String {
    sort.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}
