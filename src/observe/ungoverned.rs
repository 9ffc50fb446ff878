//! What is inside accounts that Control Tower does not govern yet.
//!
//! In: the accounts that the document wants governed, and those that it has taken over and leaves
//! ungoverned. Out: a fact for each, and as fields the AWS Config of its own that a governed account
//! must not have. An account that cannot be entered is no obstacle to planning, since Control Tower
//! gets in by itself. A recorder that is called like Control Tower's own is left alone: it may be the
//! rest of an enrolment that failed, which Control Tower mends itself. Absent: what of all that
//! stands in the way (`preflight`).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::evidence::{self, Inside};
use super::findings::Findings;
use crate::cloud::Connection;
use crate::cloud::inventory::fan_out::fan_out;
use crate::model::region::Region;
use crate::model::{Address, Fields, Resource};

/// How the names of Control Tower's own recorders and channels begin.
const OF_CONTROL_TOWER: &str = "aws-controltower-";

/// Adds what is found to the accounts that were seen. `governed` says whether Control Tower has an
/// account already.
pub(super) async fn observe(
    connection: &Connection,
    wanted: &[&Resource],
    management: &str,
    governed: &dyn Fn(&str) -> bool,
    findings: &mut Findings,
) {
    let questions = wanted.iter().filter_map(|resource| {
        let regions = regions(resource)?;
        let id = findings.live.get(&resource.address)?.attribute("id")?.to_owned();
        if governed(&id) || findings.facts.inactive_accounts.contains_key(&resource.address) {
            return None;
        }
        let (connection, address, management) =
            (connection.clone(), resource.address.clone(), management.to_owned());
        Some(async move {
            let found = evidence::look_inside(&connection, &id, &management, &regions).await;
            (address, found)
        })
    });
    let found: Vec<(Address, Inside)> = fan_out(questions.collect()).await;
    let cleared: BTreeSet<&Address> = wanted
        .iter()
        .filter(|resource| resource.whole.contains("recorders"))
        .map(|resource| &resource.address)
        .collect();
    for (address, inside) in found {
        if let Some(live) = findings.live.get_mut(&address).filter(|_| cleared.contains(&address)) {
            live.fields.extend(recording(&inside));
        }
        findings.facts.inside.insert(address, inside);
    }
}

/// The Regions in which an account is or would be governed, where that matters.
fn regions(resource: &Resource) -> Option<Vec<Region>> {
    let regions = resource.keys.get("governed_regions").and_then(Value::as_array)?;
    Some(regions.iter().filter_map(|region| region.as_str()?.parse().ok()).collect())
}

/// AWS Config of the account's own, as fields.
fn recording(inside: &Inside) -> Fields {
    let mut fields = Fields::new();
    for (region, found) in inside.seen.iter().flat_map(|seen| &seen.config) {
        let Ok(found) = found else { continue };
        let groups =
            [("recording", &found.running), ("recorders", &found.recorders), ("channels", &found.channels)];
        for (group, names) in groups {
            for name in names.iter().filter(|name| !name.starts_with(OF_CONTROL_TOWER)) {
                fields.insert(format!("{group}.{region}"), json!(name));
            }
        }
    }
    fields
}
