//! GuardDuty of the organization, and the detector of the management account.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::cloud::CallError;
use crate::cloud::inventory::guardduty::{self, Features};

/// GuardDuty in one Region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardDuty {
    /// The account that administers it.
    pub administrator: String,
    /// Its detector's status, if it has one.
    pub status: Option<String>,
    /// Its features, by AWS's name, a further switch as `FEATURE/SWITCH`.
    pub features: Features,
    /// Whom the organization's settings reach: `ALL`, `NEW` or `NONE`.
    pub auto_enable: Option<String>,
    /// The same for each feature.
    pub auto_features: Features,
    /// Ids of the accounts that are members and watched.
    pub members: BTreeSet<String>,
    /// The status of the management account's own detector, if it has one.
    pub management_status: Option<String>,
}

pub(super) async fn read(desk: Desk) -> Result<GuardDuty, CallError> {
    let management_status = match guardduty::detector(&desk.own).await? {
        Some(id) => guardduty::details(&desk.own, id).await?.status,
        None => None,
    };
    let mut seen = GuardDuty {
        administrator: desk.administrator,
        status: None,
        features: Features::new(),
        auto_enable: None,
        auto_features: Features::new(),
        members: BTreeSet::new(),
        management_status,
    };
    if let Some(id) = guardduty::detector(&desk.site).await? {
        let detector = guardduty::details(&desk.site, id.clone()).await?;
        (seen.status, seen.features) = (detector.status, detector.features);
        (seen.auto_enable, seen.auto_features) = guardduty::settings(&desk.site, &id).await?;
        seen.members = guardduty::members(&desk.site, &id).await?;
    }
    Ok(seen)
}
