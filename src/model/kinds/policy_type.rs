//! A type of organization policies in the root, named by the document's word for it.
//!
//! It has no fields: it is on or off. Keys: `type` (AWS's name of the type).
//! Attributes: none. Switching it off detaches every policy of the type, so it needs
//! a consent.

use super::{Action, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::PolicyType,
    verbs: &[
        Verb::plain("create", "organizations:EnablePolicyType", Action::Create),
        Verb {
            consent: Some("policy_type_removal"),
            ..Verb::plain("delete", "organizations:DisablePolicyType", Action::Remove)
        },
    ],
    fields: &[],
    attributes: &[],
};
