//! Accounts of an organization that an administrator takes into a service: the rule that many services share.
//!
//! In: the world, an administrator and an account. Out: who may be taken, and how a member stands to its administrator.
//! Each service keeps its own [`Roster`] of members for each administrator and Region, and has its own words. Absent: who
//! the administrator is (`administrators`), what a member gets, and invitations beyond their first step.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::organizations::AccountState;
use crate::sim::world::World;

/// The members of one administrator in one Region, by account.
pub(crate) type Roster = BTreeMap<String, Member>;

/// An account that an administrator administers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) email: String,
    pub(crate) relation: Relation,
    pub(crate) updated: Timestamp,
}

/// How a member stands to its administrator; each service has its own words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Relation {
    /// Named, and not (yet) associated.
    Created,
    /// Associated, and the service works.
    Enabled,
    /// Associated, and the administrator has stopped the service.
    Disabled,
    /// Let go of, or gone from the organization.
    Removed,
}

impl Relation {
    /// Whether the member is associated with its administrator.
    pub(crate) const fn associated(self) -> bool {
        matches!(self, Self::Enabled | Self::Disabled)
    }

    /// As most services write it.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::Removed => "Removed",
        }
    }
}

/// An account that may be taken as a member.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) email: String,
}

/// Why an account cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// It is not in the administrator's organization.
    Stranger,
    /// It is suspended or closed.
    Inactive,
    /// It is the administrator.
    Itself,
    /// It is the management account, and the service is off in it.
    ManagementOff,
    /// The administrator has as many members as the service takes.
    Full,
}

impl Unfit {
    /// Why, in words that go on after "because". UNSOURCED wherever the service does not publish its words.
    pub(crate) const fn why(self) -> &'static str {
        match self {
            Self::Stranger => "the account is not a member of the organization",
            Self::Inactive => "the account is suspended",
            Self::Itself => "an account cannot become a member of itself",
            Self::ManagementOff => "the service is not enabled in the management account",
            Self::Full => "the maximum number of member accounts is reached",
        }
    }
}

/// Whether an administrator may take an account into a service that is `on` in it or not.
///
/// # Errors
/// Why not.
pub(crate) fn candidate(world: &World, holder: &str, account: &str, on: bool) -> Result<Candidate, Unfit> {
    let organization = world.organizations.of(holder).ok_or(Unfit::Stranger)?;
    let member = organization.account(account).ok_or(Unfit::Stranger)?;
    if member.state != AccountState::Active {
        return Err(Unfit::Inactive);
    }
    if account == holder {
        return Err(Unfit::Itself);
    }
    let management = organization.management == account;
    if management && !on {
        return Err(Unfit::ManagementOff);
    }
    Ok(Candidate { email: member.email.clone() })
}

/// How an account stands to its administrator. Who has left the organization is removed.
pub(crate) fn relation(
    world: &World,
    roster: Option<&Roster>,
    holder: &str,
    account: &str,
) -> Option<Relation> {
    let member = roster?.get(account)?;
    let organization = world.organizations.of(holder);
    let gone = organization.is_some_and(|organization| organization.account(account).is_none());
    Some(if gone && member.relation.associated() { Relation::Removed } else { member.relation })
}
