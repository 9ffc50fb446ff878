//! AWS Config that accounts have of their own, where it keeps them from being enrolled.
//!
//! Only accounts that Control Tower does not govern yet are looked into: in the others the recorder
//! is Control Tower's. An account that cannot be entered is remarked on and no obstacle to planning,
//! since Control Tower gets in by itself. What is called like Control Tower's own is left alone: it
//! may be the rest of an enrolment that failed, which Control Tower mends itself.

use serde_json::{Value, json};

use super::findings::Findings;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::recording;
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;
use crate::model::{Fields, Kind, Resource};

/// How the names of Control Tower's own recorders and channels begin.
const OF_CONTROL_TOWER: &str = "aws-controltower-";

/// Adds what is found to the accounts that were seen. `governed` says whether Control Tower has an
/// account already.
pub(super) async fn observe(
    connection: &Connection,
    wanted: &[&Resource],
    governed: &dyn Fn(&str) -> bool,
    findings: &mut Findings,
) {
    debug_assert!(wanted.iter().all(|resource| resource.address.kind == Kind::Account));
    let questions = wanted.iter().filter_map(|resource| {
        let regions = resource.keys.get("recording_regions").and_then(Value::as_array)?;
        let regions: Vec<Region> =
            regions.iter().filter_map(|region| region.as_str()?.parse().ok()).collect();
        let id = findings.live.get(&resource.address)?.attribute("id")?.to_owned();
        if governed(&id) || findings.facts.inactive_accounts.contains_key(&resource.address) {
            return None;
        }
        let (connection, address) = (connection.clone(), resource.address.clone());
        Some(async move {
            let found = read(&connection, &id, &regions).await;
            (address, found)
        })
    });
    for (address, found) in fan_out(questions.collect()).await {
        match (found, findings.live.get_mut(&address)) {
            (Ok(found), Some(live)) => live.fields.extend(found),
            (Err(error), _) => {
                let remark = format!("{address}: it is not known whether AWS Config is in the way: {error}");
                findings.facts.remarks.insert(remark);
            }
            (Ok(_), None) => {}
        }
    }
}

async fn read(connection: &Connection, account: &str, regions: &[Region]) -> Result<Fields, CallError> {
    let mut fields = Fields::new();
    for region in regions {
        let site = connection.site_in(Some(account), region).await?;
        let (recorders, channels) = tokio::join!(recording::recorders(&site), recording::channels(&site));
        let own = |name: &str| !name.starts_with(OF_CONTROL_TOWER);
        for recorder in recorders?.into_iter().filter(|recorder| own(&recorder.name)) {
            if recorder.recording {
                fields.insert(format!("recording.{region}"), json!(recorder.name));
            }
            fields.insert(format!("recorders.{region}"), json!(recorder.name));
        }
        for channel in channels?.into_iter().filter(|channel| own(channel)) {
            fields.insert(format!("channels.{region}"), json!(channel));
        }
    }
    Ok(fields)
}
