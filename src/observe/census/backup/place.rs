//! What one account holds in one Region.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::gap::{Gaps, Part};
use super::proofs::{self, RestoreTests};
use super::vaults::{self, Vault};
use crate::cloud::call::Site;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::{CallError, Connection};
use crate::model::Live;
use crate::model::region::Region;

/// Everything of AWS Backup in an account and Region, by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Vaults, but for those that AWS makes for itself.
    pub vaults: BTreeMap<String, Vault>,
    /// Plans of restore tests.
    pub restore_tests: BTreeMap<String, RestoreTests>,
    /// Report plans, in the fields of their kind.
    pub reports: BTreeMap<String, Live>,
    /// Audit frameworks, in the fields of their kind.
    pub frameworks: BTreeMap<String, Live>,
}

/// What could not be read in a place: of what, and why.
pub(super) type Troubles = Vec<(String, CallError)>;

/// Where something is read, and what could not be.
pub(super) struct Reading<'r> {
    pub(super) site: &'r Site,
    pub(super) account: &'r str,
    pub(super) troubles: Troubles,
}

impl Reading<'_> {
    /// The answer, or nothing after its error was noted.
    pub(super) fn take<T>(&mut self, of: impl Into<String>, answer: Result<T, CallError>) -> Option<T> {
        answer.map_err(|error| self.troubles.push((of.into(), error))).ok()
    }
}

/// Reads every place.
pub(super) async fn read(
    connection: &Connection,
    accounts: &BTreeSet<String>,
    regions: &[Region],
    gaps: &Gaps,
) -> BTreeMap<(String, Region), Place> {
    let places =
        accounts.iter().flat_map(|account| regions.iter().map(|region| (account.clone(), region.clone())));
    let questions = places.map(|(account, region)| {
        let connection = connection.clone();
        async move {
            let seen = match connection.site_in(Some(&account), &region).await {
                Ok(site) => Ok(one(&site, &account).await),
                Err(error) => Err(error),
            };
            (account, region, seen)
        }
    });
    let mut found = BTreeMap::new();
    for (account, region, seen) in fan_out(questions.collect()).await {
        let place = format!("{account} in {region}");
        let Some((seen, troubles)) = gaps.read(Part::Backup, Some(&place), seen) else { continue };
        for (of, error) in troubles {
            gaps.note(Part::Backup, Some(&format!("{of} of {place}")), error);
        }
        found.insert((account, region), seen);
    }
    found
}

async fn one(site: &Site, account: &str) -> (Place, Troubles) {
    let mut reading = Reading { site, account, troubles: Vec::new() };
    let place = Place {
        vaults: vaults::read(&mut reading).await,
        restore_tests: proofs::restore_tests(&mut reading).await,
        reports: proofs::reports(&mut reading).await,
        frameworks: proofs::frameworks(&mut reading).await,
    };
    (place, reading.troubles)
}
