//! GuardDuty of the organization, Region by Region, as its administrator has it, and the
//! detector of the management account.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::administrators::Administrators;
use super::gap::{Gaps, Part};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::guardduty::{self, Features};
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;

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

/// Reads it in each Region that has an administrator.
pub(super) async fn read(
    connection: &Connection,
    administrators: &Administrators,
    gaps: &Gaps,
) -> BTreeMap<Region, GuardDuty> {
    let places = administrators.by_region("guardduty").into_iter();
    let questions = places.filter_map(|(region, ids)| {
        let administrator = ids.into_iter().next()?;
        let connection = connection.clone();
        Some(async move {
            let seen = one(&connection, administrator, &region).await;
            (region, seen)
        })
    });
    let answers = fan_out(questions.collect()).await.into_iter();
    let known = answers.filter_map(|(region, seen)| {
        Some((region.clone(), gaps.read(Part::GuardDuty, Some(region.as_str()), seen)?))
    });
    known.collect()
}

async fn one(
    connection: &Connection,
    administrator: String,
    region: &Region,
) -> Result<GuardDuty, CallError> {
    let is_management = connection.caller().await?.account.as_str() == administrator;
    let own = connection.own(region);
    let management_status = match guardduty::detector(&own).await? {
        Some(id) => guardduty::status(&own, &id).await?.0,
        None => None,
    };
    let entered = (!is_management).then_some(administrator.as_str());
    let site = connection.site_in(entered, region).await?;
    let mut seen = GuardDuty {
        status: None,
        features: Features::new(),
        auto_enable: None,
        auto_features: Features::new(),
        members: BTreeSet::new(),
        management_status,
        administrator: administrator.clone(),
    };
    if let Some(id) = guardduty::detector(&site).await? {
        (seen.status, seen.features) = guardduty::status(&site, &id).await?;
        (seen.auto_enable, seen.auto_features) = guardduty::settings(&site, &id).await?;
        seen.members = guardduty::members(&site, &id).await?;
    }
    Ok(seen)
}
