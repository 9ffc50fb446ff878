//! Macie of the organization.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::cloud::CallError;
use crate::cloud::inventory::macie;

/// Macie in one Region.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Macie {
    /// The account that administers it.
    pub administrator: String,
    /// `ENABLED` or `PAUSED`; none while it is off.
    pub status: Option<String>,
    /// How often findings are published, e.g. `ONE_HOUR`.
    pub finding_frequency: Option<String>,
    /// Whether accounts that join get it.
    pub auto_enable: bool,
    /// Automated discovery, and for whom, in AWS's words.
    pub discovery: (Option<String>, Option<String>),
    /// Ids of the members.
    pub members: BTreeSet<String>,
    /// Ids of accounts on the list that were let go of.
    pub former: BTreeSet<String>,
    /// The status in the management account.
    pub management_status: Option<String>,
}

pub(super) async fn read(desk: Desk) -> Result<Macie, CallError> {
    let mut seen = Macie {
        management_status: macie::session(&desk.own).await?.and_then(|session| session.status),
        administrator: desk.administrator,
        ..Macie::default()
    };
    let Some(session) = macie::session(&desk.site).await? else { return Ok(seen) };
    (seen.status, seen.finding_frequency) = (session.status, session.finding_frequency);
    seen.auto_enable = macie::auto_enable(&desk.site).await?;
    seen.discovery = macie::discovery(&desk.site).await?;
    let members = macie::members(&desk.site).await?;
    (seen.members, seen.former) = (members.current, members.former);
    Ok(seen)
}
