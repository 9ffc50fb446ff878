//! AWS Backup's switches for the whole organization, and which types of resources it backs up.
//!
//! `backup_settings`: fields `cross_account`, `multi_party_approval` and
//! `delegated_administrator`, each true or false. `backup_opt_in.REGION`: fields `types.*` and
//! `full_management.*`, by AWS's name of a type of resources, true or false; key `region`. Both
//! are of the management account, whose opt-in overrides that of the members for whatever
//! organization policies back up. They are always there, so nothing creates them. Attributes:
//! none.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of `backup_settings`.
pub const SETTINGS: KindInfo = KindInfo {
    kind: Kind::BackupSettings,
    verbs: &[Verb::plain("set", "backup:UpdateGlobalSettings", Action::Change)],
    fields: &[
        FieldRule::new("cross_account", Compare::Exact, "set").alone(),
        FieldRule::new("multi_party_approval", Compare::Exact, "set").alone(),
        FieldRule::new("delegated_administrator", Compare::Exact, "set").alone(),
    ],
    attributes: &[],
};

/// The table of `backup_opt_in`.
pub const OPT_IN: KindInfo = KindInfo {
    kind: Kind::BackupOptIn,
    verbs: &[Verb::plain("opt_in", "backup:UpdateRegionSettings", Action::Change)],
    fields: &[
        FieldRule::new("types.*", Compare::Exact, "opt_in").alone(),
        FieldRule::new("full_management.*", Compare::Exact, "opt_in").alone(),
    ],
    attributes: &[],
};
