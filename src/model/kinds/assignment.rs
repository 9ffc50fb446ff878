//! Who works with one permission set, and in which accounts.
//!
//! Fields: `accounts.<account>` (the account's id). The leaf is the document's name of
//! the account, `management`, or the id of an account that the document does not
//! speak of. Keys: `permission_set_name`, `permission_set` (its ARN), `group` or `user` (a name),
//! `principal` (the group's id), `accounts_below` (units of which every account is a
//! leaf, see [`crate::model::Resource::below`]). Attributes: `permission_set`,
//! `principal`. It is a relation: there is no call that makes one without an account.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::Assignment,
    verbs: &[
        Verb {
            side_by_side: true,
            ..Verb::plain("assign", "sso-admin:CreateAccountAssignment", Action::Create)
        },
        Verb {
            side_by_side: true,
            consent: Some("access_removal"),
            ..Verb::plain("unassign", "sso-admin:DeleteAccountAssignment", Action::Remove)
        },
    ],
    fields: &[FieldRule::new("accounts.*", Compare::Exact, "assign").alone().with_surplus("unassign")],
    attributes: &["permission_set", "principal"],
};
