//! Security services as their administrators have set them, Region by Region.
//!
//! A file for each service; here what all have in common: whose settings are read where. A
//! service that nobody administers is not asked.

mod access_analyzer;
mod automation_rules;
mod detective;
mod firewall_manager;
mod guardduty;
mod inspector;
mod macie;
mod security_hub;

use std::collections::BTreeMap;
use std::future::Future;

use serde::{Deserialize, Serialize};

pub use access_analyzer::{AccessAnalyzer, Analyzer};
pub use automation_rules::Rules;
pub use detective::Detective;
pub use firewall_manager::{FirewallManager, FirewallPolicy};
pub use guardduty::GuardDuty;
pub use inspector::Inspector;
pub use macie::Macie;
pub use security_hub::{Linked, Policy as HubPolicy, SecurityHub};

use super::administrators::Administrators;
use super::gap::{Gaps, Part};
use crate::catalog::services::{self, Place};
use crate::cloud::call::Site;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;

/// What one service is set to in each Region where it has an administrator.
pub type ByRegion<T> = BTreeMap<Region, T>;

/// All services.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Security {
    /// GuardDuty.
    pub guardduty: ByRegion<GuardDuty>,
    /// Inspector.
    pub inspector: ByRegion<Inspector>,
    /// Macie.
    pub macie: ByRegion<Macie>,
    /// Detective.
    pub detective: ByRegion<Detective>,
    /// IAM Access Analyzer.
    pub access_analyzer: ByRegion<AccessAnalyzer>,
    /// Firewall Manager.
    pub firewall_manager: ByRegion<FirewallManager>,
    /// Rules by which Security Hub changes findings.
    pub automation_rules: ByRegion<Rules>,
    /// Security Hub CSPM, as it is configured from the home Region; none where it has no
    /// administrator there.
    pub security_hub: Option<SecurityHub>,
}

/// Where a service is looked at.
pub(super) struct Lookout<'l> {
    pub(super) connection: &'l Connection,
    pub(super) administrators: &'l Administrators,
    pub(super) regions: &'l [Region],
    pub(super) gaps: &'l Gaps,
}

/// An administrator's account in a Region, and the management account there.
struct Desk {
    administrator: String,
    /// Whether both are the management account.
    by_management: bool,
    site: Site,
    own: Site,
}

impl Desk {
    async fn open(connection: &Connection, administrator: String, region: Region) -> Result<Self, CallError> {
        let by_management = connection.caller().await?.account.as_str() == administrator;
        let entered = (!by_management).then_some(administrator.as_str());
        let site = connection.site_in(entered, &region).await?;
        Ok(Self { own: connection.own(&region), administrator, by_management, site })
    }
}

impl Lookout<'_> {
    /// Who administers a service in each Region, by the word of its section.
    fn holders(&self, section: &str) -> BTreeMap<Region, String> {
        let Some(row) = services::by_section(section) else { return BTreeMap::new() };
        if row.place == Place::Regions {
            let holders = self.administrators.by_region(&row.word).into_iter();
            return holders.filter_map(|(region, ids)| Some((region, ids.into_iter().next()?))).collect();
        }
        // What the service itself says: Organizations may have others registered beside.
        let groups = self.administrators.services.get(&row.word);
        let own = groups.and_then(|groups| groups.get(&row.way));
        let holder = own.into_iter().flat_map(BTreeMap::values).flatten().next();
        let regions = self.regions.iter().cloned();
        holder.map(|id| regions.map(|region| (region, id.clone())).collect()).unwrap_or_default()
    }

    /// What a service is set to in each Region.
    async fn each<T, F, Fut>(&self, section: &'static str, one: F) -> ByRegion<T>
    where
        T: Send + 'static,
        F: Fn(Desk) -> Fut + Copy + Send + 'static,
        Fut: Future<Output = Result<T, CallError>> + Send + 'static,
    {
        let questions = self.holders(section).into_iter().map(|(region, administrator)| {
            let connection = self.connection.clone();
            async move {
                let seen = match Desk::open(&connection, administrator, region.clone()).await {
                    Ok(desk) => one(desk).await,
                    Err(error) => Err(error),
                };
                (region, seen)
            }
        });
        let mut found = ByRegion::new();
        for (region, seen) in fan_out(questions.collect()).await {
            let of = format!("{section} in {region}");
            found.extend(self.gaps.read(Part::Security, Some(&of), seen).map(|seen| (region, seen)));
        }
        found
    }
}

/// Reads all services.
pub(super) async fn read(lookout: Lookout<'_>) -> Security {
    let (guardduty, inspector, macie, detective, access_analyzer, security_hub) = tokio::join!(
        lookout.each("guardduty", guardduty::read),
        lookout.each("inspector", inspector::read),
        lookout.each("macie", macie::read),
        lookout.each("detective", detective::read),
        lookout.each("access_analyzer", access_analyzer::read),
        security_hub::read(&lookout)
    );
    let (firewall_manager, automation_rules) = tokio::join!(
        lookout.each("firewall_manager", firewall_manager::read),
        lookout.each("security_hub", automation_rules::read)
    );
    Security {
        guardduty,
        inspector,
        macie,
        detective,
        access_analyzer,
        firewall_manager,
        automation_rules,
        security_hub,
    }
}
