//! A rule of Security Hub by which its administrator changes findings as they come in, in one
//! Region: `NAME/REGION`.
//!
//! Fields: `order` (rules with lower numbers come first), `description`, `enabled`, `last` (no
//! other rule is applied to what it matches), `criteria` (filters of findings by AWS's names, as
//! the API has them), `accounts` (ids that a finding is about; any when empty), `set` (what
//! becomes of a finding, as the API has it). Keys: `name`, `account` (the administrator),
//! `region`. Attributes: `arn`.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::AutomationRule,
    verbs: &[
        Verb::plain("create", "securityhub:CreateAutomationRule", Action::Create),
        // Accounts are a filter beside the others, and the call replaces all of them.
        Verb {
            carries: &["criteria", "accounts"],
            ..Verb::plain("update", "securityhub:BatchUpdateAutomationRules", Action::Change)
        },
        Verb {
            consent: Some("automation_rule_deletion"),
            ..Verb::plain("delete", "securityhub:BatchDeleteAutomationRules", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("order", Compare::Exact, "update"),
        FieldRule::new("description", Compare::Exact, "update"),
        FieldRule::new("enabled", Compare::Exact, "update"),
        FieldRule::new("last", Compare::Exact, "update"),
        FieldRule::new("criteria", Compare::Exact, "update"),
        FieldRule::new("accounts", Compare::Set, "update"),
        FieldRule::new("set", Compare::Exact, "update"),
    ],
    attributes: &["arn"],
};
