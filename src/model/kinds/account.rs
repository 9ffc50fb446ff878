//! A member account, found by id, then by e-mail.
//!
//! Fields: `name`, `email` and `email_code` (of an account that is found by its id: to which address
//! a code has gone without which AWS does not change it), `role_name` (the access role made at creation),
//! `unit` (id of its parent), `tags.*`, `alternate_contacts.billing`,
//! `.operations`, `.security` (objects with `name`, `title`, `email`, `phone`). Of an account
//! that is to be enrolled with Control Tower also what AWS Config it has of its own, which
//! keeps it from being enrolled: `recording.<region>`, `channels.<region>` and
//! `recorders.<region>`, each the name of what is there.
//! Of one that is to join by invitation also `invitation` and `membership`, each true when it has
//! been sent and accepted: such an account is seen before it is a member, and then has no `id`.
//! Of one that Account Factory shall enrol `factory_unit` (id of the unit in which Control Tower
//! governs it) and `unfinished_products.<id>`.
//! Where controls are wanted also `inherited_controls.<id>`: the name of each control, or its ARN, that it has
//! kept from a unit in which it is not (the id is that of the enabled control).
//! Keys: `email`, `id`, `governed_regions` (where it is looked into before it is governed),
//! `enrolled_by` (`move`: Control Tower enrols it when it has moved), `factory` (what Account Factory
//! is told of it). Attributes: `id`, `arn`, `parent_id` (where it was seen,
//! or the root right after creation), `handshake` (the invitation that waits). An account is never
//! replaced. One that is to be
//! closed has the field `closed` beside its place, `products.<id>` (the name of each product by which Account Factory
//! has it: terminating one lets the account go, to the root), and the key `unenrolled_by` (`move`: Control Tower lets go of
//! it when it has moved); one whose address alone is removed has no fields and no keys: it is found by its name, or
//! by its id as the name.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The class of consent for deleting AWS Config of an account's own.
pub const RECORDER_CONSENT: &str = "config_recorder_deletion";

/// A verb that clears the way for Control Tower, in the account itself.
const fn clearing(name: &'static str, operation: &'static str, action: Action) -> Verb {
    Verb { consent: Some(RECORDER_CONSENT), ..Verb::plain(name, operation, action) }
}

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::Account,
    verbs: &[
        Verb::plain("create", "organizations:CreateAccount", Action::Create),
        Verb::plain("invite", "organizations:InviteAccountToOrganization", Action::Create),
        Verb { arrives: true, ..Verb::plain("accept", "organizations:AcceptHandshake", Action::Create) },
        clearing("stop_recorder", "config:StopConfigurationRecorder", Action::Change),
        clearing("delete_channel", "config:DeleteDeliveryChannel", Action::Remove),
        clearing("delete_recorder", "config:DeleteConfigurationRecorder", Action::Remove),
        Verb {
            consent: Some("unfinished_product_removal"),
            ..Verb::plain("discard_product", "servicecatalog:TerminateProvisionedProduct", Action::Remove)
        },
        Verb {
            consent: Some("account_closure"),
            ..Verb::plain("leave_factory", "servicecatalog:TerminateProvisionedProduct", Action::Remove)
        },
        Verb::plain("move", "organizations:MoveAccount", Action::Move),
        Verb::plain("enrol", "servicecatalog:ProvisionProduct", Action::Move),
        Verb {
            consent: Some("inherited_control_removal"),
            ..Verb::plain("drop_control", "controltower:DisableControl", Action::Repair)
        },
        Verb::plain("rename", "account:PutAccountName", Action::Change),
        Verb::plain("send_code", "account:StartPrimaryEmailUpdate", Action::Change),
        Verb::plain("change_email", "account:AcceptPrimaryEmailUpdate", Action::Change),
        Verb::plain("tag", "organizations:TagResource", Action::Change),
        Verb::plain("put_contact", "account:PutAlternateContact", Action::Change),
        Verb {
            consent: Some("account_closure"),
            ..Verb::plain("close", "organizations:CloseAccount", Action::Remove)
        },
    ],
    fields: &[
        FieldRule::new("invitation", Compare::Exact, "invite").alone(),
        FieldRule::new("membership", Compare::Exact, "accept").alone(),
        FieldRule::new("name", Compare::Exact, "rename"),
        FieldRule::new("email", Compare::Exact, "change_email"),
        FieldRule::new("email_code", Compare::Exact, "send_code").alone(),
        FieldRule::new("role_name", Compare::CreateOnly, "create"),
        FieldRule::new("unit", Compare::Exact, "move").alone(),
        FieldRule::new("tags.*", Compare::Exact, "tag"),
        FieldRule::new("recording.*", Compare::Exact, "stop_recorder").alone().with_surplus("stop_recorder"),
        FieldRule::new("channels.*", Compare::Exact, "delete_channel").alone().with_surplus("delete_channel"),
        FieldRule::new("recorders.*", Compare::Exact, "delete_recorder")
            .alone()
            .with_surplus("delete_recorder"),
        FieldRule::new("unfinished_products.*", Compare::Exact, "discard_product")
            .alone()
            .with_surplus("discard_product"),
        FieldRule::new("products.*", Compare::Exact, "leave_factory").alone().with_surplus("leave_factory"),
        FieldRule::new("factory_unit", Compare::Exact, "enrol").alone(),
        FieldRule::new("inherited_controls.*", Compare::Exact, "drop_control")
            .alone()
            .with_surplus("drop_control"),
        FieldRule::new("closed", Compare::Exact, "close").alone(),
        FieldRule::new("alternate_contacts.*", Compare::Exact, "put_contact").alone().each(),
    ],
    attributes: &["id", "arn", "parent_id", "handshake"],
};
