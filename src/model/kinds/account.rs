//! A member account, found by id, then by e-mail.
//!
//! Fields: `name`, `email`, `role_name` (the access role made at creation),
//! `unit` (id of its parent), `tags.*`, `alternate_contacts.billing`,
//! `.operations`, `.security` (objects with `name`, `title`, `email`, `phone`).
//! Keys: `email`, `id`. Attributes: `id`, `arn`, `parent_id` (where it was seen,
//! or the root right after creation). An account is never replaced. One that is to be
//! closed has no fields and no keys: it is found by its name, or by its id as the name.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::Account,
    verbs: &[
        Verb::plain("create", "organizations:CreateAccount", Action::Create),
        Verb::plain("move", "organizations:MoveAccount", Action::Move),
        Verb::plain("rename", "account:PutAccountName", Action::Change),
        Verb::plain("tag", "organizations:TagResource", Action::Change),
        Verb::plain("put_contact", "account:PutAlternateContact", Action::Change),
        Verb {
            consent: Some("account_closure"),
            ..Verb::plain("close", "organizations:CloseAccount", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("name", Compare::Exact, "rename"),
        FieldRule::new("email", Compare::CreateOnly, "create"),
        FieldRule::new("role_name", Compare::CreateOnly, "create"),
        FieldRule::new("unit", Compare::Exact, "move").alone(),
        FieldRule::new("tags.*", Compare::Exact, "tag"),
        FieldRule::new("alternate_contacts.*", Compare::Exact, "put_contact").alone().each(),
    ],
    attributes: &["id", "arn", "parent_id"],
};
