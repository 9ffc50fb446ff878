//! Trusted access of an AWS service, named by its service principal.
//!
//! It has no fields: it is on or off. Switching it either way is a set operation;
//! switching it off needs a consent, because the service loses what it did in the
//! accounts of the organization. Attributes: none.

use super::{Action, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::TrustedAccess,
    verbs: &[
        Verb::plain("create", "organizations:EnableAWSServiceAccess", Action::Create),
        Verb {
            consent: Some("trusted_access_removal"),
            ..Verb::plain("delete", "organizations:DisableAWSServiceAccess", Action::Remove)
        },
    ],
    fields: &[],
    attributes: &[],
};
