//! Inspector of the organization: who is scanned for what.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::cloud::CallError;
use crate::cloud::inventory::inspector::{self, Scans};

/// Inspector in one Region. Scans go by AWS's names, such as `EC2`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspector {
    /// The account that administers it.
    pub administrator: String,
    /// Scans that are on in that account.
    pub own: BTreeSet<String>,
    /// Scans that accounts get which join.
    pub auto_enable: BTreeMap<String, bool>,
    /// Ids of the members.
    pub members: BTreeSet<String>,
    /// Scans that are on in each member, by id.
    pub scanned: BTreeMap<String, BTreeSet<String>>,
    /// Scans that are on in the management account.
    pub management: BTreeSet<String>,
}

pub(super) async fn read(desk: Desk) -> Result<Inspector, CallError> {
    let own = own(inspector::scans(&desk.site, &[]).await?);
    let management =
        if desk.by_management { own.clone() } else { self::own(inspector::scans(&desk.own, &[]).await?) };
    let mut seen = Inspector {
        administrator: desk.administrator,
        auto_enable: BTreeMap::new(),
        members: BTreeSet::new(),
        scanned: BTreeMap::new(),
        management,
        own,
    };
    // What is off tells its administrator nothing.
    if seen.own.is_empty() {
        return Ok(seen);
    }
    let settings = inspector::settings(&desk.site).await?;
    seen.auto_enable = settings.into_iter().map(|(name, on)| (name.to_owned(), on)).collect();
    seen.members = inspector::members(&desk.site).await?;
    if !seen.members.is_empty() {
        let ids: Vec<String> = seen.members.iter().cloned().collect();
        let scans = inspector::scans(&desk.site, &ids).await?;
        seen.scanned = scans.into_iter().map(|(id, scans)| (id, on(&scans))).collect();
    }
    Ok(seen)
}

fn own(scans: BTreeMap<String, Scans>) -> BTreeSet<String> {
    scans.values().next().map(on).unwrap_or_default()
}

fn on(scans: &Scans) -> BTreeSet<String> {
    scans.keys().filter(|name| inspector::is_on(scans, name)).map(|name| (*name).to_owned()).collect()
}
