//! A service-managed CloudFormation stack set: what must stand in every account of some units,
//! now and later, and follows the accounts by itself.
//!
//! Fields: `template` (its text), `description`, `parameters` (an object, complete),
//! `capabilities`, `auto_deployment`, `retain`, `tags` (an object, complete),
//! `targets.<path or root>` (`{unit, regions}`), `failed` (accounts in which a stack is not as
//! it shall be; wanted: none, because an operation can succeed while accounts fail). Keys:
//! `account` (a delegated administrator; none for the management account), `region` (where the
//! stack set itself stands). Attributes: `id`.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// An update says all of it: what a request leaves out is taken away.
const ALL: &[&str] =
    &["template", "description", "parameters", "capabilities", "auto_deployment", "retain", "tags"];

/// The table of this kind. What stands is changed before more of it is deployed.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::StackSet,
    verbs: &[
        Verb::plain("create", "cloudformation:CreateStackSet", Action::Create),
        Verb {
            carries: ALL,
            supersedes: &["repair"],
            ..Verb::plain("update", "cloudformation:UpdateStackSet", Action::Change)
        },
        Verb::plain("repair", "cloudformation:UpdateStackInstances", Action::Repair),
        Verb::plain("deploy", "cloudformation:CreateStackInstances", Action::Change),
        Verb {
            consent: Some("stack_set_withdrawal"),
            ..Verb::plain("withdraw", "cloudformation:DeleteStackInstances", Action::Remove)
        },
        Verb {
            consent: Some("stack_set_deletion"),
            ..Verb::plain("delete", "cloudformation:DeleteStackSet", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("template", Compare::Exact, "update"),
        FieldRule::new("description", Compare::Exact, "update"),
        FieldRule::new("parameters", Compare::Exact, "update"),
        FieldRule::new("capabilities", Compare::Set, "update"),
        FieldRule::new("auto_deployment", Compare::Exact, "update"),
        FieldRule::new("retain", Compare::Exact, "update"),
        FieldRule::new("tags", Compare::Exact, "update"),
        FieldRule::new("failed", Compare::Condition, "repair"),
        FieldRule::new("targets.*", Compare::Exact, "deploy").alone().with_surplus("withdraw"),
    ],
    attributes: &["id"],
};
