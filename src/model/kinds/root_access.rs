//! Centralised root access: two switches of IAM over the whole organization.
//!
//! Each switch is a kind of its own, because AWS has an operation of its own for each
//! way of each switch. They have no fields: on or off. Switching one off needs a
//! consent: root users of members that have no credentials are then out of reach.
//! Attributes: none.

use super::{Action, KindInfo, Verb};
use crate::model::address::Kind;

/// The class of consent for switching either off.
const REMOVAL: &str = "root_access_removal";

/// The table of `root_credentials_management`.
pub const CREDENTIALS_MANAGEMENT: KindInfo = KindInfo {
    kind: Kind::RootCredentialsManagement,
    verbs: &[
        Verb::plain("create", "iam:EnableOrganizationsRootCredentialsManagement", Action::Create),
        Verb {
            consent: Some(REMOVAL),
            ..Verb::plain("delete", "iam:DisableOrganizationsRootCredentialsManagement", Action::Remove)
        },
    ],
    fields: &[],
    attributes: &[],
};

/// The table of `root_sessions`.
pub const SESSIONS: KindInfo = KindInfo {
    kind: Kind::RootSessions,
    verbs: &[
        Verb::plain("create", "iam:EnableOrganizationsRootSessions", Action::Create),
        Verb {
            consent: Some(REMOVAL),
            ..Verb::plain("delete", "iam:DisableOrganizationsRootSessions", Action::Remove)
        },
    ],
    fields: &[],
    attributes: &[],
};
