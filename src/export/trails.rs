//! `security.cloudtrail`: trails beside that of the landing zone.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::yaml::Map;
use crate::model::{Address, Kind};
use crate::observe::census::Part;
use crate::observe::census::trails::Trail;

/// The service, as the organization trusts it.
const PRINCIPAL: &str = "cloudtrail.amazonaws.com";
/// The trail that comes and goes with a landing zone.
const OF_LANDING_ZONE: &str = "aws-controltower-BaselineCloudTrail";
/// How names begin that the document leaves to Control Tower.
const RESERVED: &str = "aws-controltower";

pub(super) fn section(draft: &mut Draft<'_>) -> Option<Map> {
    let census = draft.census;
    let beside = draft.tower.said("/centralizedLogging").is_some_and(|logging| logging["enabled"] != false);
    let home = census.home_region.as_str();
    let governed = census.control_tower.is_some() || census.lacks(Part::ControlTower, None);
    // Of several of one name the one of the home Region comes first, as a plan sees them.
    let mut trails: Vec<&Trail> = census.trails.iter().collect();
    trails.sort_by_key(|trail| (&trail.name, trail.home != home, &trail.home));
    let mut section = Map::default();
    let mut taken = BTreeSet::new();
    for trail in trails {
        if governed && trail.name == OF_LANDING_ZONE {
            continue;
        }
        let untold = if trail.name.starts_with(RESERVED) {
            Some("its name is for Control Tower's own")
        } else if !trail.every_region && trail.home != home {
            Some("it records a Region alone which is not the home Region")
        } else if !taken.insert(&trail.name) {
            Some("another Region has a trail of this name")
        } else {
            None
        };
        if let Some(why) = untold {
            draft.remark(format!("the trail {} of {}: {why}", trail.name, trail.home));
            continue;
        }
        section.put(&trail.name, entry(trail, beside));
        for words in &trail.beside {
            draft.remark(format!("the trail {}: it has {words}", trail.name));
        }
        if !trail.logging {
            draft.leave(&Address::new(Kind::Trail, &trail.name), "it does not record");
        }
    }
    if section.is_empty() {
        return None;
    }
    draft.leave_trust(PRINCIPAL, "trails of the organization are there without it");
    let mut cloudtrail = Map::default();
    cloudtrail.put("trails", section);
    Some(cloudtrail)
}

fn entry(trail: &Trail, beside_landing_zone: bool) -> Map {
    let mut entry = Map::default();
    entry.put("bucket", &trail.bucket);
    entry.put_some("prefix", trail.prefix.as_ref());
    entry.put_some("key", trail.key.as_ref());
    entry.put_some("validation", (!trail.validation).then_some(false));
    entry.put_some("every_region", (!trail.every_region).then_some(false));
    entry.put_some("beside_landing_zone", beside_landing_zone.then_some(true));
    entry
}
