//! Rules by which Security Hub changes findings, Region by Region, by name, as their
//! administrator sees them: one listing for each Region, and one reading of those that are asked
//! about. An account that administers nothing has none of the organization's.

use std::collections::BTreeMap;

use super::Place;
use crate::cloud::inventory::automation_rules as inventory;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::{CallError, Connection};
use crate::model::{Attributes, Kind, Live, Resource};
use crate::observe::findings::Findings;
use crate::observe::wanted::{Wanted, key};

pub(super) async fn observe(connection: &Connection, wanted: &Wanted<'_>, findings: &mut Findings) {
    let mut places: BTreeMap<(Option<String>, String), (Place, Vec<Resource>)> = BTreeMap::new();
    for resource in wanted.kind(Kind::AutomationRule) {
        let Some(place) = Place::of(resource, findings).filter(|place| place.holds) else { continue };
        let region = place.region.to_string();
        let slot = places.entry((place.account.clone(), region)).or_insert_with(|| (place, Vec::new()));
        slot.1.push(resource.clone());
    }
    let questions = places.into_values().map(|(place, resources)| {
        let connection = connection.clone();
        async move {
            let found = read(&connection, &place, &resources).await;
            (resources, found)
        }
    });
    for (resources, found) in fan_out(questions.collect()).await {
        match found {
            Ok(found) => {
                for rule in found {
                    let of_name = |one: &&Resource| key(one, "name") == Some(rule.name.as_str());
                    let Some(resource) = resources.iter().find(of_name) else { continue };
                    let attributes = Attributes::from([("arn".to_owned(), rule.arn)]);
                    findings.see(resource, Live { fields: rule.fields, attributes });
                }
            }
            Err(error) => findings.gap_all(&resources.iter().collect::<Vec<_>>(), &error),
        }
    }
}

async fn read(
    connection: &Connection,
    place: &Place,
    resources: &[Resource],
) -> Result<Vec<inventory::Found>, CallError> {
    let site = place.site(connection).await?;
    let known = inventory::arns(&site).await?;
    let asked = resources.iter().filter_map(|one| known.get(key(one, "name")?).cloned());
    inventory::rules(&site, &asked.collect::<Vec<String>>()).await
}
