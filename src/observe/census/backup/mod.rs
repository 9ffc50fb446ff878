//! AWS Backup of the organization: its switches, what each Region is opted in to, and what the
//! accounts hold that it concerns.
//!
//! AWS lists vaults account by account only. Looked at are the accounts that guard the backups of
//! others: the management account, whoever administers AWS Backup, Control Tower's central account,
//! and every account into which a backup policy copies. Absent: vaults of accounts that keep
//! nothing but their own backups. Where the organization has nothing to do with AWS Backup nothing
//! is asked.

mod place;
mod proofs;
mod vaults;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Census;
use super::control_tower::{self, Role};
use super::gap::{Gaps, Part};
use crate::catalog::service_roles;
use crate::cloud::Connection;
use crate::cloud::inventory::backup_settings::{self, SWITCH_NAMES};
use crate::cloud::inventory::fan_out::fan_out;
use crate::model::arn::Arn;
use crate::model::region::Region;
pub use place::Place;
pub use proofs::{RestoreTests, role_of};
pub use vaults::{Lock, Share, Vault};

/// The service, as the organization trusts it.
pub const PRINCIPAL: &str = "backup.amazonaws.com";
/// The service by the document's word for it among administrators.
pub const WORD: &str = "backup";
/// AWS's name of the type of policies that backup plans are.
const POLICY: &str = "BACKUP_POLICY";

/// AWS Backup of the organization.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Backup {
    /// Switches of the organization by the field of the kind `backup_settings`; none when they could
    /// not be read, or were not asked for.
    pub settings: Option<BTreeMap<String, bool>>,
    /// What the management account is opted in to, Region by Region.
    pub opt_ins: BTreeMap<Region, OptIns>,
    /// What an account holds, by its id and Region.
    pub accounts: BTreeMap<String, BTreeMap<Region, Place>>,
    /// The roles that restore tests work with, by account and name, as far as they are there.
    pub roles: BTreeMap<String, BTreeMap<String, Role>>,
}

/// What a Region is opted in to, by AWS's names of types of resources.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptIns {
    /// Whether resources of the type are backed up.
    pub types: BTreeMap<String, bool>,
    /// Whether AWS Backup manages the type's backups in full.
    pub full_management: BTreeMap<String, bool>,
}

impl Backup {
    /// Every place that was looked at: account, Region, what it holds.
    pub fn places(&self) -> impl Iterator<Item = (&str, &Region, &Place)> {
        self.accounts
            .iter()
            .flat_map(|(id, regions)| regions.iter().map(move |(region, place)| (id.as_str(), region, place)))
    }
}

/// Reads it. Who administers what and the policies must be known.
pub(super) async fn read(connection: &Connection, census: &Census, gaps: &Gaps) -> Backup {
    let accounts = concerned(census);
    let trusted = census.organization.as_ref().and_then(|one| one.trusted_access.as_ref());
    let trusts = trusted.is_none_or(|trusted| trusted.contains_key(PRINCIPAL));
    if !trusts && accounts.len() < 2 {
        return Backup::default();
    }
    let (settings, opt_ins, places) = tokio::join!(
        settings(connection, gaps),
        opt_ins(connection, &census.regions, gaps),
        place::read(connection, &accounts, &census.regions, gaps)
    );
    let mut found = Backup { settings, opt_ins, ..Backup::default() };
    for ((account, region), place) in places {
        found.accounts.entry(account).or_default().insert(region, place);
    }
    found.roles = roles(connection, &found, gaps).await;
    found
}

/// The accounts that guard the backups of others, the management account first among them.
fn concerned(census: &Census) -> BTreeSet<String> {
    let holders = census.administrators_of(WORD).into_iter().cloned();
    let central = census.control_tower.as_ref().and_then(|zone| {
        zone.manifest.pointer("/backup/configurations/centralBackup/accountId")?.as_str().map(str::to_owned)
    });
    let documents = census.policies.get(POLICY).into_iter().flatten().filter_map(|one| one.document.as_ref());
    let mut copied = BTreeSet::new();
    documents.for_each(|document| targets(document, &mut copied));
    let management = census.account.to_string();
    let named: BTreeSet<String> = holders.chain(central).chain(copied).collect();
    let there = census.accounts.iter().filter(|account| account.is_active() && named.contains(&account.id));
    there.map(|account| account.id.clone()).chain([management]).collect()
}

/// The accounts of every vault that a policy names by its ARN.
fn targets(document: &Value, found: &mut BTreeSet<String>) {
    let mut see = |text: &str| {
        let arn = text.parse::<Arn>().ok().filter(|arn| arn.service == "backup");
        found.extend(arn.map(|arn| arn.account));
    };
    match document {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|item| targets(item, found)),
        Value::Object(members) => {
            members.keys().for_each(|key| see(key));
            members.values().for_each(|value| targets(value, found));
        }
        _ => {}
    }
}

async fn settings(connection: &Connection, gaps: &Gaps) -> Option<BTreeMap<String, bool>> {
    let live =
        gaps.read(Part::Backup, Some("the organization"), backup_settings::switches(connection).await)?;
    let on = |name: &str| live.get(name).map(|text| text == "true");
    Some(SWITCH_NAMES.iter().filter_map(|(field, name)| Some(((*field).to_owned(), on(name)?))).collect())
}

async fn opt_ins(connection: &Connection, regions: &[Region], gaps: &Gaps) -> BTreeMap<Region, OptIns> {
    let questions = regions.iter().cloned().map(|region| {
        let connection = connection.clone();
        async move {
            let seen = backup_settings::opt_ins(&connection, &region).await;
            (region, seen)
        }
    });
    let mut found = BTreeMap::new();
    for (region, seen) in fan_out(questions.collect()).await {
        let of = format!("opt-ins in {region}");
        let seen = gaps.read(Part::Backup, Some(&of), seen);
        let plain = seen.map(|one| OptIns { types: one.types, full_management: one.full_management });
        found.extend(plain.map(|plain| (region, plain)));
    }
    found
}

/// The roles that restore tests name, each asked for once.
async fn roles(
    connection: &Connection,
    found: &Backup,
    gaps: &Gaps,
) -> BTreeMap<String, BTreeMap<String, Role>> {
    let mut named: BTreeSet<(String, String)> = BTreeSet::new();
    for (account, _, place) in found.places() {
        let roles = place.restore_tests.values().flat_map(RestoreTests::roles);
        named.extend(roles.map(|role| (account.to_owned(), role)));
    }
    let questions = named.into_iter().map(|(account, name)| {
        let connection = connection.clone();
        async move {
            let read = async {
                let site = connection.global_site_in(&account).await?;
                control_tower::role(&site, &name, service_roles::of_backup()).await
            };
            let seen = read.await;
            (account, name, seen)
        }
    });
    let mut all: BTreeMap<String, BTreeMap<String, Role>> = BTreeMap::new();
    for (account, name, seen) in fan_out(questions.collect()).await {
        let of = format!("role {name} in {account}");
        if let Some(Some(role)) = gaps.read(Part::Backup, Some(&of), seen) {
            all.entry(account).or_default().insert(name, role);
        }
    }
    all
}
