//! Inspector of an organization in one Region, as its administrator sets it.
//!
//! Fields: `own.*` (scans of the account itself, by AWS's names), `auto_enable.*` (scans of accounts
//! that join), `members.*` (accounts, each `{id, email}`), `scanned.*` (accounts in which every scan
//! is on that `auto_enable.*` wants on, the same form). Keys: `account` (the administrator; none for
//! the management account), `region`, `members_everybody`, `scanned_everybody`. Attributes: none.
//!
//! `REGION/management` has only `own.*`: nobody else can switch Inspector on in the management
//! account, and it must be on there before the account becomes a member. No verb makes such a
//! resource: Inspector is there as soon as a scan is.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// Accounts in one call (Inspector API Reference, Enable).
const BATCH: usize = 100;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::Inspector,
    verbs: &[
        Verb::plain("activate", "inspector2:Enable", Action::Create),
        Verb::plain("configure", "inspector2:UpdateOrganizationConfiguration", Action::Change),
        Verb { side_by_side: true, ..Verb::plain("enrol", "inspector2:AssociateMember", Action::Create) },
        // Which scans is said in every call, and only members are scanned.
        Verb { carries: &["auto_enable.*"], ..Verb::plain("scan", "inspector2:Enable", Action::Create) },
    ],
    fields: &[
        FieldRule::new("own.*", Compare::Exact, "activate").alone(),
        FieldRule::new("auto_enable.*", Compare::Exact, "configure").alone(),
        FieldRule::new("members.*", Compare::Exact, "enrol").alone().each(),
        FieldRule::new("scanned.*", Compare::Exact, "scan").alone().in_batches(BATCH),
    ],
    attributes: &[],
};
