//! Detective of an organization in one Region: the behaviour graph that comes with the office of its
//! administrator.
//!
//! Fields: `auto_enable` (whether accounts that join become members), `sources.*` (further sources of
//! data, by AWS's names), `members.*` (accounts, each `{id, email}`), `waiting.*` (members whose data
//! Detective does not take yet, which none shall be). Keys: `account` (the administrator), `region`,
//! `members_everybody`. Attributes: `graph`. No verb makes a graph.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// Accounts in one call (Detective API Reference, CreateMembers).
const BATCH: usize = 50;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::Detective,
    verbs: &[
        Verb::plain("configure", "detective:UpdateOrganizationConfiguration", Action::Change),
        Verb::plain("start_sources", "detective:UpdateDatasourcePackages", Action::Change),
        Verb { side_by_side: true, ..Verb::plain("enrol", "detective:CreateMembers", Action::Create) },
        Verb {
            side_by_side: true,
            ..Verb::plain("start", "detective:StartMonitoringMember", Action::Repair)
        },
    ],
    fields: &[
        FieldRule::new("auto_enable", Compare::Exact, "configure").alone(),
        FieldRule::new("sources.*", Compare::Exact, "start_sources").alone(),
        FieldRule::new("members.*", Compare::Exact, "enrol").alone().in_batches(BATCH),
        FieldRule::new("waiting.*", Compare::Exact, "start").alone().with_surplus("start"),
    ],
    attributes: &["graph"],
};
