//! Trusted access of an AWS service, named by its service principal.
//!
//! It has no fields: it is on or off. Switching it on is a set operation.
//! Attributes: none.

use super::{Action, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::TrustedAccess,
    verbs: &[Verb::plain("create", "organizations:EnableAWSServiceAccess", Action::Create)],
    fields: &[],
    attributes: &[],
};
