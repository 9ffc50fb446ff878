//! The trail that Control Tower keeps for the organization, with rights of its own.
//!
//! In: what a landing zone wants. Out: the trail `aws-controltower-BaselineCloudTrail` of the management account, in every
//! Region and for every account
//! (<https://docs.aws.amazon.com/controltower/latest/userguide/shared-account-resources.html>). Absent: when (`control_tower`).

use jiff::Timestamp;

use crate::sim::world::World;

use super::state::{Trail, arn};

const NAME: &str = "aws-controltower-BaselineCloudTrail";

/// What a landing zone records.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// ARN of the landing zone.
    pub(crate) keeper: String,
    /// The management account.
    pub(crate) owner: String,
    pub(crate) home: String,
    pub(crate) bucket: String,
    /// First folder in the bucket: the organization's id.
    pub(crate) prefix: String,
    pub(crate) key: Option<String>,
}

/// Makes the trail, or puts it back to what is wanted; it logs.
pub(crate) fn record(world: &mut World, wanted: Wanted, now: Timestamp) {
    let arn = arn(&wanted.owner, &wanted.home, NAME);
    let trails = world.cloudtrail.trails_mut(&wanted.owner);
    let before = trails.get(&arn);
    let started = before.filter(|trail| trail.logging).and_then(|trail| trail.started);
    let role = format!("arn:aws:iam::{}:role/service-role/AWSControlTowerCloudTrailRole", wanted.owner);
    let group =
        format!("arn:aws:logs:{}:{}:log-group:aws-controltower/CloudTrailLogs:*", wanted.home, wanted.owner);
    let trail = Trail {
        name: NAME.to_owned(),
        home: wanted.home,
        bucket: wanted.bucket,
        prefix: Some(wanted.prefix),
        topic: None,
        global_events: true,
        every_region: true,
        validation: true,
        key: wanted.key,
        log_group: Some(group),
        log_role: Some(role),
        organization: true,
        logging: true,
        started: started.or(Some(now)),
        stopped: None,
        tags: before.map(|trail| trail.tags.clone()).unwrap_or_default(),
        selectors: None,
        keeper: Some(wanted.keeper),
    };
    trails.insert(arn, trail);
}

/// Lets the trail of a landing zone log no more, or takes it away.
pub(crate) fn withdraw(world: &mut World, owner: &str, delete: bool, now: Timestamp) {
    let trails = world.cloudtrail.trails_mut(owner);
    if delete {
        trails.retain(|_, trail| trail.keeper.is_none());
        return;
    }
    for trail in trails.values_mut().filter(|trail| trail.keeper.is_some() && trail.logging) {
        trail.logging = false;
        trail.stopped = Some(now);
    }
}
