//! `security.cloudtrail`: trails beside that of the landing zone.

use super::draft::Draft;
use super::yaml::Map;
use crate::model::{Address, Kind};

/// The service, as the organization trusts it.
const PRINCIPAL: &str = "cloudtrail.amazonaws.com";

pub(super) fn section(draft: &mut Draft<'_>) -> Option<Map> {
    let beside = draft.tower.said("/centralizedLogging").is_some_and(|logging| logging["enabled"] != false);
    let mut trails = Map::default();
    for trail in &draft.census.trails {
        let mut entry = Map::default();
        entry.put("bucket", &trail.bucket);
        entry.put_some("prefix", trail.prefix.as_ref());
        entry.put_some("key", trail.key.as_ref());
        entry.put_some("validation", (!trail.validation).then_some(false));
        entry.put_some("every_region", (!trail.every_region).then_some(false));
        entry.put_some("beside_landing_zone", beside.then_some(true));
        trails.put(&trail.name, entry);
        if !trail.logging {
            draft.leave(&Address::new(Kind::Trail, &trail.name), "it does not record");
        }
    }
    if trails.is_empty() {
        return None;
    }
    draft.leave_trust(PRINCIPAL, "trails of the organization are there without it");
    let mut section = Map::default();
    section.put("trails", trails);
    Some(section)
}
