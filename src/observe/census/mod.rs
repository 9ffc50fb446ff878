//! The census: everything that is live, whatever a document says.
//!
//! In: a connection and, where it matters, the Regions to look at. Out: a [`Census`], typed and
//! complete, or saying what could not be read and why. One file for each part. Nothing is
//! changed (invariant I8). Absent: what a document wants, and what it would make of this (see
//! the floor `export`).
//!
//! A file of a census outlives the program that wrote it: [`FORMAT`] counts its form, and
//! what is added later is optional to read.

pub mod administrators;
pub mod backup;
pub mod config;
pub mod control_tower;
mod gap;
pub mod identity_center;
mod older;
pub mod organization;
pub mod people;
pub mod policies;
pub mod security;
pub mod stack_sets;
pub mod trails;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::error::ObserveError;
use crate::cloud::Connection;
use crate::cloud::inventory::organization as inventory;
use crate::cloud::inventory::regions;
use crate::model::Kind;
use crate::model::ids::AccountId;
use crate::model::partition::Partition;
use crate::model::region::Region;
use gap::Gaps;
pub use gap::{Gap, Part};

/// Kinds of which a census reads everything that is there.
pub const READS: &[Kind] = &[
    Kind::Organization,
    Kind::TrustedAccess,
    Kind::OrganizationalUnit,
    Kind::Account,
    Kind::LandingZone,
    Kind::Baseline,
    Kind::Control,
    Kind::PolicyType,
    Kind::Policy,
    Kind::ResourcePolicy,
    Kind::RootCredentialsManagement,
    Kind::RootSessions,
    Kind::DelegatedAdministrator,
    Kind::PermissionSet,
    Kind::Group,
    Kind::Assignment,
    Kind::ServiceRole,
    Kind::GuardDuty,
    Kind::SecurityHub,
    Kind::FindingAggregator,
    Kind::SecurityHubConfiguration,
    Kind::SecurityHubPolicy,
    Kind::SecurityHubAssociations,
    Kind::Inspector,
    Kind::Macie,
    Kind::Detective,
    Kind::Analyzer,
    Kind::BackupSettings,
    Kind::BackupOptIn,
    Kind::BackupVault,
    Kind::AirGappedVault,
    Kind::RestoreTestingPlan,
    Kind::RestoreTestingSelection,
    Kind::ReportPlan,
    Kind::BackupFramework,
    Kind::Trail,
    Kind::FirewallPolicy,
    Kind::AutomationRule,
    Kind::ConfigAggregator,
    Kind::ConfigRule,
    Kind::ConformancePack,
    Kind::StackSet,
];

/// Kinds of which a census reads nothing, with the words for them: silence would be taken for
/// their absence.
pub const UNREAD: &[(&[Kind], &str)] = &[
    (&[Kind::ResourceShare], "what accounts share, but for air-gapped vaults under their names"),
    (&[Kind::Key], "keys"),
];

/// The form of a census in a file.
pub const FORMAT: u32 = 1;

/// Everything that is live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Census {
    /// [`FORMAT`], when it was taken.
    pub format: u32,
    /// The account whose credentials were used.
    pub account: AccountId,
    /// The caller's ARN.
    pub caller: String,
    /// The partition it lies in.
    pub partition: Partition,
    /// The Region in which Control Tower was looked at.
    pub home_region: Region,
    /// Regions in which Regional services were looked at.
    pub regions: Vec<Region>,
    /// The organization; with none there is nothing else.
    pub organization: Option<organization::Organization>,
    /// Every unit, parents first.
    pub units: Vec<people::Unit>,
    /// Every account of every state, the management account too.
    pub accounts: Vec<people::Account>,
    /// Policies of the types that are on, by AWS's name of the type.
    pub policies: BTreeMap<String, Vec<policies::Policy>>,
    /// What Control Tower has; none where there is no landing zone, or it could not be read.
    pub control_tower: Option<control_tower::ControlTower>,
    /// Who administers which service.
    pub administrators: administrators::Administrators,
    /// Identity Center; none where there is no instance, or it could not be read.
    pub identity_center: Option<identity_center::IdentityCenter>,
    /// Security services as their administrators have set them.
    #[serde(default)]
    pub security: security::Security,
    /// AWS Backup.
    #[serde(default)]
    pub backup: backup::Backup,
    /// What is deployed by AWS Config, by the id of the account that deploys, and Region.
    #[serde(default)]
    pub config: config::Config,
    /// Service-managed stack sets by the Region in which they stand, and name.
    #[serde(default)]
    pub stack_sets: stack_sets::StackSets,
    /// Trails over the whole organization.
    #[serde(default)]
    pub trails: Vec<trails::Trail>,
    /// What could not be read, and why.
    pub gaps: Vec<Gap>,
}

impl Census {
    /// Whether something of a part could not be read: of all of it, or of one thing by its id
    /// or name.
    #[must_use]
    pub fn lacks(&self, part: Part, of: Option<&str>) -> bool {
        self.gaps.iter().any(|gap| gap.part == part && (gap.of.is_none() || gap.of.as_deref() == of))
    }

    /// Whether the organization trusts a service in force, as far as that is known.
    #[must_use]
    pub fn trusts(&self, principal: &str) -> bool {
        let trusted = self.organization.as_ref().and_then(|one| one.trusted_access.as_ref());
        trusted.is_none_or(|trusted| trusted.get(principal) == Some(&true))
    }

    /// The accounts that administer a service, by the document's word for it.
    #[must_use]
    pub fn administrators_of(&self, word: &str) -> BTreeSet<&String> {
        let groups = self.administrators.services.get(word).into_iter().flat_map(BTreeMap::values);
        groups.flat_map(BTreeMap::values).flatten().collect()
    }

    /// The unit or account of an id is the management account's.
    #[must_use]
    pub fn is_management(&self, id: &str) -> bool {
        self.organization.as_ref().is_some_and(|organization| organization.management_account.as_str() == id)
    }
}

/// Takes a census. `asked` are the Regions to look at for Regional services; without any these
/// are the ones that the landing zone governs, or where there is none, all that are on.
///
/// # Errors
/// When the caller, the organization, its units or its accounts cannot be read, or the caller
/// is not the management account. Anything else that cannot be read is a gap.
pub async fn take(connection: &Connection, asked: &[Region]) -> Result<Census, ObserveError> {
    let (caller, described) = tokio::join!(connection.caller(), inventory::describe(connection));
    let caller = caller.map_err(ObserveError::Caller)?;
    let described = described.map_err(ObserveError::Organization)?;
    let mut census = Census {
        format: FORMAT,
        account: caller.account.clone(),
        caller: caller.arn.clone(),
        partition: caller.partition.clone(),
        home_region: connection.home_region().clone(),
        regions: Vec::new(),
        organization: None,
        units: Vec::new(),
        accounts: Vec::new(),
        policies: BTreeMap::new(),
        control_tower: None,
        administrators: administrators::Administrators::default(),
        identity_center: None,
        security: security::Security::default(),
        backup: backup::Backup::default(),
        config: config::Config::default(),
        stack_sets: stack_sets::StackSets::new(),
        trails: Vec::new(),
        gaps: Vec::new(),
    };
    let Some(described) = described else { return Ok(census) };
    if caller.account != described.management_account {
        return Err(ObserveError::NotManagement {
            caller: caller.account.clone(),
            management: described.management_account,
        });
    }
    let root = inventory::root(connection).await.map_err(ObserveError::Organization)?;
    let gaps = Gaps::default();
    let (people, organization, policies, tower, centre) = tokio::join!(
        people::read(connection, &root, &gaps),
        organization::read(connection, described, &root, &gaps),
        policies::read(connection, &root, &gaps),
        control_tower::read(connection, &gaps),
        identity_center::read(connection, &gaps)
    );
    (census.units, census.accounts) = people.map_err(ObserveError::Organization)?;
    census.policies = policies;
    census.control_tower = tower;
    census.identity_center = centre;
    census.organization = Some(organization);
    census.regions = looked_at(connection, asked, census.control_tower.as_ref(), &gaps).await;
    services(connection, &mut census, &gaps).await;
    census.gaps = gaps.sorted();
    Ok(census)
}

/// Reads what services are set to. Who administers one is asked only where it may act; its
/// settings only where it has somebody.
async fn services(connection: &Connection, census: &mut Census, gaps: &Gaps) {
    let trusted = census.organization.as_ref().and_then(|one| one.trusted_access.as_ref());
    census.administrators = administrators::read(connection, trusted, &census.regions, gaps).await;
    let (administrators, regions) = (&census.administrators, census.regions.as_slice());
    let lookout = security::Lookout { connection, administrators, regions, gaps };
    let (security, backup, config, stack_sets, trails) = tokio::join!(
        security::read(lookout),
        backup::read(connection, census, gaps),
        config::read(connection, census, gaps),
        stack_sets::read(connection, regions, gaps),
        trails::read(connection, regions, gaps)
    );
    census.stack_sets = stack_sets;
    census.trails = trails;
    (census.security, census.backup, census.config) = (security, backup, config);
}

/// The Regions to look at.
async fn looked_at(
    connection: &Connection,
    asked: &[Region],
    tower: Option<&control_tower::ControlTower>,
    gaps: &Gaps,
) -> Vec<Region> {
    let home = connection.home_region();
    let governed = tower.map(control_tower::ControlTower::governed).unwrap_or_default();
    let mut regions = match (asked, governed.as_slice()) {
        ([], []) => match regions::usable(connection).await {
            Ok(usable) => usable,
            Err(error) => {
                gaps.note(Part::Regions, None, error);
                Vec::new()
            }
        },
        ([], governed) => governed.to_vec(),
        (asked, _) => asked.to_vec(),
    };
    if !regions.contains(home) {
        regions.push(home.clone());
    }
    regions.sort();
    regions.dedup();
    regions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_or_said_not_to_be() {
        for kind in Kind::ALL {
            let unread = UNREAD.iter().filter(|(kinds, _)| kinds.contains(kind)).count();
            let read = READS.iter().filter(|read| *read == kind).count();
            assert_eq!(read + unread, 1, "{kind}");
        }
    }
}
