//! GetLandingZone and ListLandingZones.
//!
//! In: requests. Out: the landing zone as the API shows it. The manifest is what was sent last and took effect, key
//! for key and number for number. Absent: changes.

use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::{drift, gate, manifest, paging};

/// GetLandingZone.
pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let zone = gate::named_zone(world, request)?;
    let mut out = Map::new();
    out.insert("arn".to_owned(), json!(zone.arn));
    out.insert("version".to_owned(), json!(zone.version));
    out.insert("latestAvailableVersion".to_owned(), json!(manifest::latest_version()));
    out.insert("manifest".to_owned(), zone.manifest.clone());
    out.insert("status".to_owned(), json!(zone.status.text()));
    let drifted = if drift::of_zone(world).is_empty() { "IN_SYNC" } else { "DRIFTED" };
    out.insert("driftStatus".to_owned(), json!({ "status": drifted }));
    if zone.auto_enroll {
        out.insert("remediationTypes".to_owned(), json!(["INHERITANCE_DRIFT"]));
    }
    Ok(json!({ "landingZone": out }))
}

/// ListLandingZones: none or one. UNSOURCED: in a Region other than home the list is empty.
pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::management(world, request)?;
    let here = gate::zone(world, request).ok().into_iter().collect();
    paging::answer(request, "landingZones", here, 1, |zone| json!({ "arn": zone.arn }))
}
