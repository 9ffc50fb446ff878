//! A permission set of IAM Identity Center, found by its name.
//!
//! Fields: `description`, `session_duration` (ISO 8601), `relay_state`,
//! `managed_policies.<arn>` (true), `customer_managed_policies.<path><name>` (true),
//! `inline_policy.document` (a policy document), `permissions_boundary.policy` (an
//! object with `managed` or with `name` and `path`), `tags.*`, `outdated` (ids of
//! accounts whose copy is not the latest; wanted: none). Attributes: `arn`.
//! AWS copies a set into each account it is assigned in and does not carry later
//! changes there by itself, so what changes a set is followed by provisioning
//! (single sign-on API, `CreateAccountAssignment`).

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The class of consent for taking policies off a set.
const DETACHMENT: &str = "permission_removal";

/// A verb whose effect provisioning carries into the accounts.
const fn spread(name: &'static str, operation: &'static str) -> Verb {
    Verb { spread_by: Some("provision"), ..Verb::plain(name, operation, Action::Change) }
}

/// The same for one that takes something away.
const fn taking(name: &'static str, operation: &'static str) -> Verb {
    Verb { consent: Some(DETACHMENT), action: Action::Remove, ..spread(name, operation) }
}

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::PermissionSet,
    verbs: &[
        Verb::plain("create", "sso-admin:CreatePermissionSet", Action::Create),
        spread("update", "sso-admin:UpdatePermissionSet"),
        // What limits a set comes before what widens it.
        spread("put_boundary", "sso-admin:PutPermissionsBoundaryToPermissionSet"),
        taking("detach_managed", "sso-admin:DetachManagedPolicyFromPermissionSet"),
        taking("detach_customer_managed", "sso-admin:DetachCustomerManagedPolicyReferenceFromPermissionSet"),
        taking("delete_inline", "sso-admin:DeleteInlinePolicyFromPermissionSet"),
        spread("put_inline", "sso-admin:PutInlinePolicyToPermissionSet"),
        spread("attach_managed", "sso-admin:AttachManagedPolicyToPermissionSet"),
        spread("attach_customer_managed", "sso-admin:AttachCustomerManagedPolicyReferenceToPermissionSet"),
        taking("delete_boundary", "sso-admin:DeletePermissionsBoundaryFromPermissionSet"),
        Verb::plain("tag", "sso-admin:TagResource", Action::Change),
        Verb::plain("provision", "sso-admin:ProvisionPermissionSet", Action::Change),
        Verb {
            consent: Some("permission_set_deletion"),
            ..Verb::plain("delete", "sso-admin:DeletePermissionSet", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("description", Compare::Exact, "update"),
        FieldRule::new("session_duration", Compare::Exact, "update"),
        FieldRule::new("relay_state", Compare::Exact, "update"),
        FieldRule::new("managed_policies.*", Compare::Exact, "attach_managed")
            .alone()
            .with_surplus("detach_managed"),
        FieldRule::new("customer_managed_policies.*", Compare::Exact, "attach_customer_managed")
            .alone()
            .with_surplus("detach_customer_managed"),
        FieldRule::new("inline_policy.*", Compare::PolicySame, "put_inline")
            .alone()
            .with_surplus("delete_inline"),
        FieldRule::new("permissions_boundary.*", Compare::Exact, "put_boundary")
            .alone()
            .with_surplus("delete_boundary"),
        FieldRule::new("tags.*", Compare::Exact, "tag"),
        FieldRule::new("outdated", Compare::Condition, "provision"),
    ],
    attributes: &["arn"],
};
