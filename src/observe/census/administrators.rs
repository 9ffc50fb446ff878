//! Who administers which service: as Organizations has it registered, and as the services
//! themselves say, Region by Region.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::gap::{Gaps, Part};
use crate::catalog::services::{self, Place};
use crate::cloud::Connection;
use crate::cloud::inventory::fan_out::fan_out;
use crate::model::region::Region;
use crate::observe::delegation::{self, Holders};
use crate::observe::leftover_administrators;

/// All administrators.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Administrators {
    /// By the document's word for the service: by group and place (a service principal or a
    /// Region; see the kind `delegated_administrator`), the ids of the accounts. A service that
    /// nobody administers is not among them.
    pub services: BTreeMap<String, BTreeMap<String, BTreeMap<String, BTreeSet<String>>>>,
    /// Registrations with Organizations for principals of which the document knows no service:
    /// by principal, the ids of the accounts.
    pub others: BTreeMap<String, BTreeSet<String>>,
}

impl Administrators {
    /// The accounts that a service's own call has appointed in each Region.
    #[must_use]
    pub fn by_region(&self, service: &str) -> BTreeMap<Region, BTreeSet<String>> {
        let way = services::by_word(service).map(|row| row.way.as_str());
        let groups = self.services.get(service).zip(way).and_then(|(groups, way)| groups.get(way));
        let places = groups.into_iter().flatten();
        places.filter_map(|(place, ids)| Some((place.parse().ok()?, ids.clone()))).collect()
    }
}

/// Reads them. A service that is neither trusted nor has anybody registered has no
/// administrator and is not asked.
pub(super) async fn read(
    connection: &Connection,
    trusted: Option<&BTreeMap<String, bool>>,
    regions: &[Region],
    gaps: &Gaps,
) -> Administrators {
    let registered = leftover_administrators::read(connection).await;
    let registered = gaps.read(Part::Administrators, None, registered);
    let known = |principal: &String| {
        let by_trust = trusted.is_none_or(|trusted| trusted.contains_key(principal));
        by_trust || registered.iter().flatten().any(|(_, service)| service == principal)
    };
    // Of one service it is not known which principal it works with: it is always asked.
    let asked =
        services::all().iter().filter(|row| row.principals.is_empty() || row.principals.iter().any(known));
    let home = connection.home_region().clone();
    let global = connection.partition().global_region.clone();
    let questions = asked.map(|row| {
        let places = match row.place {
            Place::Principal => Vec::new(),
            Place::Regions => regions.to_vec(),
            Place::Home => vec![home.clone()],
            Place::Global => vec![global.clone()],
        };
        let connection = connection.clone();
        async move { (row, delegation::holders(&connection, row, &places).await) }
    });
    let mut found = Administrators::default();
    for (row, holders) in fan_out(questions.collect()).await {
        let Some(holders) = gaps.read(Part::Administrators, Some(&row.word), holders) else { continue };
        let groups = grouped(holders);
        if groups.values().flat_map(BTreeMap::values).any(|ids| !ids.is_empty()) {
            found.services.insert(row.word.clone(), groups);
        }
    }
    let rows: BTreeSet<&String> = services::all().iter().flat_map(|row| &row.principals).collect();
    for (account, principal) in registered.into_iter().flatten() {
        if !rows.contains(&principal) {
            found.others.entry(principal).or_default().insert(account);
        }
    }
    found
}

fn grouped(holders: Holders) -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let mut groups: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for ((group, place), ids) in holders {
        groups.entry(group).or_default().insert(place, ids.into_iter().collect());
    }
    groups
}
