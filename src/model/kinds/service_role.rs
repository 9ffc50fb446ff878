//! An IAM role that an AWS service works with: Control Tower in the management account, AWS Backup
//! in each account that it backs up.
//!
//! Fields: `path`, `trust` (policy document), `managed_policies.<arn>` (true),
//! `inline_policies.<name>` (policy document). Keys: `account` (none for the management
//! account) and `name`; where there is none the address carries it. Attributes: `arn`. A role
//! under another path cannot be moved, so `path` is fixed.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::ServiceRole,
    verbs: &[
        Verb::plain("create", "iam:CreateRole", Action::Create),
        Verb::plain("set_trust", "iam:UpdateAssumeRolePolicy", Action::Change),
        Verb { side_by_side: true, ..Verb::plain("attach_policy", "iam:AttachRolePolicy", Action::Change) },
        Verb::plain("put_inline_policy", "iam:PutRolePolicy", Action::Change),
    ],
    fields: &[
        FieldRule::new("path", Compare::Fixed, "create"),
        FieldRule::new("trust", Compare::PolicySame, "set_trust"),
        FieldRule::new("managed_policies.*", Compare::Exact, "attach_policy").alone().each(),
        FieldRule::new("inline_policies.*", Compare::PolicySame, "put_inline_policy").alone().each(),
    ],
    attributes: &["arn"],
};
