//! Macie of an organization in one Region, as its administrator sets it.
//!
//! Fields: `status`, `finding_frequency` (of the administrator's own), `auto_enable` (whether
//! accounts that join get Macie), `discovery` and `discovery_reach` (automated discovery, and for
//! whom), `members.*` (accounts, each `{id, email}`), `former.*` (accounts that AWS keeps on the list
//! as removed, which none shall be). Keys: `account` (the administrator; none for the management
//! account), `region`, `members_everybody`. Attributes: none.
//!
//! `REGION/management` is the management account's own Macie, which must be on before that account
//! becomes a member.

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The table of this kind.
pub const INFO: KindInfo = KindInfo {
    kind: Kind::Macie,
    verbs: &[
        Verb::plain("create", "macie2:EnableMacie", Action::Create),
        Verb::plain("update", "macie2:UpdateMacieSession", Action::Change),
        Verb::plain("configure", "macie2:UpdateOrganizationConfiguration", Action::Change),
        Verb {
            carries: &["discovery", "discovery_reach"],
            ..Verb::plain("discover", "macie2:UpdateAutomatedDiscoveryConfiguration", Action::Change)
        },
        // Whoever was let go of once is taken again only when that is forgotten.
        Verb {
            consent: Some("macie_former_member"),
            ..Verb::plain("forget", "macie2:DeleteMember", Action::Remove)
        },
        Verb { side_by_side: true, ..Verb::plain("enrol", "macie2:CreateMember", Action::Create) },
    ],
    fields: &[
        FieldRule::new("status", Compare::Exact, "update"),
        FieldRule::new("finding_frequency", Compare::Exact, "update"),
        FieldRule::new("auto_enable", Compare::Exact, "configure").alone(),
        FieldRule::new("discovery", Compare::Exact, "discover").alone(),
        FieldRule::new("discovery_reach", Compare::Exact, "discover").alone(),
        FieldRule::new("former.*", Compare::Exact, "forget").alone().with_surplus("forget"),
        FieldRule::new("members.*", Compare::Exact, "enrol").alone().each(),
    ],
    attributes: &[],
};
