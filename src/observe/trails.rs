//! Trails of the organization, as the management account sees them.
//!
//! A trail of a single account that has the name of a wanted one is taken for it: it would be in
//! its way. Of several of one name, which AWS allows in several Regions, the organization's comes
//! first, and the one of the home Region. Which others record the whole organization is noted
//! beside, Control Tower's among them.

use serde_json::json;

use super::findings::Findings;
use super::wanted::key;
use crate::cloud::inventory::trails::{self, Trail};
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;
use crate::model::{Attributes, Live, Resource};

/// Fills in the trails that are wanted.
pub(super) async fn observe(connection: &Connection, wanted: &[&Resource], findings: &mut Findings) {
    let Some(region) = wanted.iter().find_map(|trail| key(trail, "region")?.parse::<Region>().ok()) else {
        return;
    };
    let all = match read(connection, &region).await {
        Ok(all) => all,
        Err(error) => return findings.gap_all(wanted, &error),
    };
    for resource in wanted {
        let name = &resource.address.name;
        let others = all.iter().filter(|trail| trail.organization && trail.name != *name);
        let others: Vec<String> = others.map(|trail| trail.name.clone()).collect();
        if !others.is_empty() {
            findings.facts.other_trails.insert(resource.address.clone(), others);
        }
        let of_name = all.iter().filter(|trail| trail.name == *name);
        let first = |trail: &&Trail| (!trail.organization, trail.home != region.as_str(), trail.home.clone());
        let Some(found) = of_name.min_by_key(first) else { continue };
        match live(connection, found, &region).await {
            Ok(live) => findings.see(resource, live),
            Err(error) => findings.gap(resource, &error),
        }
    }
}

async fn read(connection: &Connection, region: &Region) -> Result<Vec<Trail>, CallError> {
    trails::all(&connection.site_in(None, region).await?).await
}

async fn live(connection: &Connection, found: &Trail, region: &Region) -> Result<Live, CallError> {
    let home = found.home.parse().unwrap_or_else(|_| region.clone());
    let site = connection.site_in(None, &home).await?;
    let mut fields = found.fields.clone();
    fields.insert("logging".to_owned(), json!(trails::logs(&site, &found.arn).await?));
    let attributes =
        Attributes::from([("arn".to_owned(), found.arn.clone()), ("home".to_owned(), found.home.clone())]);
    Ok(Live { fields, attributes })
}
