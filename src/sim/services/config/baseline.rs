//! What Control Tower sets up in AWS Config with rights of its own, and what stands in its way.
//!
//! In: accounts, Regions and the landing zone that keeps them. Out: recorders, channels and aggregators under Control Tower's
//! names (<https://docs.aws.amazon.com/controltower/latest/userguide/shared-account-resources.html>), marked as kept.
//! Absent: when (`control_tower`).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sim::services::iam::queries;
use crate::sim::world::World;

use super::state::{Aggregator, Channel, Recorder, Tags};
use super::{aggregators, recorders};

const RECORDER: &str = "aws-controltower-BaselineConfigRecorder";
const CHANNEL: &str = "aws-controltower-BaselineConfigDeliveryChannel";

/// What a landing zone records.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// ARN of the landing zone.
    pub(crate) keeper: String,
    pub(crate) home: String,
    /// Home Region and governed Regions.
    pub(crate) regions: Vec<String>,
    /// The bucket it delivers to.
    pub(crate) bucket: String,
    /// First folder in the bucket: the organization's id.
    pub(crate) prefix: String,
    /// The key of the landing zone, if it has one.
    pub(crate) key: Option<String>,
}

/// The Regions in which an account has a recorder or channel that no landing zone keeps.
pub(crate) fn in_the_way(world: &World, account: &str, regions: &[String]) -> Vec<String> {
    let foreign = |region: &&String| {
        world.config.place(account, region).is_some_and(|place| {
            place.recorder.as_ref().is_some_and(|recorder| recorder.keeper.is_none())
                || place.channel.as_ref().is_some_and(|channel| channel.keeper.is_none())
        })
    };
    regions.iter().filter(foreign).cloned().collect()
}

/// Lets an account record in every Region of the landing zone, and in no other for it. Global resources are recorded in the
/// home Region only (<https://docs.aws.amazon.com/controltower/latest/userguide/table-of-baselines.html>).
pub(crate) fn record(world: &mut World, account: &str, wanted: &Wanted, now: Timestamp) {
    let role = queries::ensure_service_linked_role(world, account, "config.amazonaws.com", now);
    let Some(role) = role else { return };
    forget_where(world, account, |region| !wanted.regions.iter().any(|known| known == region));
    for region in &wanted.regions {
        let kept = world.config.place(account, region).and_then(|place| place.recorder.as_ref());
        let (arn, tags) = match kept {
            Some(recorder) if recorder.keeper.is_none() => continue,
            Some(recorder) => (recorder.arn.clone(), recorder.tags.clone()),
            None => (recorders::arn(account, region, RECORDER), Tags::new()),
        };
        let place = world.config.place_mut(account, region);
        place.recorder = Some(Recorder {
            name: RECORDER.to_owned(),
            arn,
            role: role.clone(),
            group: json!({
                "allSupported": true,
                "includeGlobalResourceTypes": *region == wanted.home,
                "resourceTypes": [],
                "exclusionByResourceTypes": { "resourceTypes": [] },
                "recordingStrategy": { "useOnly": "ALL_SUPPORTED_RESOURCE_TYPES" },
            }),
            mode: json!({ "recordingFrequency": "CONTINUOUS" }),
            recording: true,
            started: Some(now),
            stopped: None,
            tags,
            keeper: Some(wanted.keeper.clone()),
        });
        place.channel = Some(Channel {
            name: CHANNEL.to_owned(),
            body: channel(wanted),
            keeper: Some(wanted.keeper.clone()),
        });
    }
}

fn channel(wanted: &Wanted) -> Value {
    let mut body = Map::new();
    body.insert("name".into(), json!(CHANNEL));
    body.insert("s3BucketName".into(), json!(wanted.bucket));
    body.insert("s3KeyPrefix".into(), json!(wanted.prefix));
    if let Some(key) = &wanted.key {
        body.insert("s3KmsKeyArn".into(), json!(key));
    }
    body.insert(
        "configSnapshotDeliveryProperties".into(),
        json!({ "deliveryFrequency": "TwentyFour_Hours" }),
    );
    Value::Object(body)
}

/// Takes away what a landing zone keeps in an account.
pub(crate) fn forget(world: &mut World, account: &str) {
    forget_where(world, account, |_| true);
}

fn forget_where(world: &mut World, account: &str, gone: impl Fn(&str) -> bool) {
    let known = world.config.regions.iter().filter(|(_, places)| places.contains_key(account));
    let regions: Vec<String> =
        known.map(|(region, _)| region.clone()).filter(|region| gone(region)).collect();
    for region in regions {
        let place = world.config.place_mut(account, &region);
        place.recorder = place.recorder.take().filter(|recorder| recorder.keeper.is_none());
        place.channel = place.channel.take().filter(|channel| channel.keeper.is_none());
    }
}

/// The aggregator of a landing zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Collector {
    pub(crate) account: String,
    pub(crate) name: &'static str,
    /// The role it works with.
    pub(crate) role: String,
    /// Whether it belongs to the service, which nobody else changes.
    pub(crate) linked: bool,
}

/// Makes the aggregators that a landing zone keeps be at most this one.
pub(crate) fn aggregate(
    world: &mut World,
    home: &str,
    keeper: &str,
    wanted: Option<&Collector>,
    now: Timestamp,
) {
    for (account, place) in world.config.regions.get_mut(home).into_iter().flatten() {
        place.aggregators.retain(|name, known| {
            let stays = wanted.is_some_and(|wanted| wanted.account == *account && wanted.name == name);
            known.keeper.is_none() || stays
        });
    }
    let Some(wanted) = wanted else { return };
    let organization = world.organizations.of(&wanted.account).map(|organization| organization.id.clone());
    let source = json!({ "RoleArn": wanted.role, "AllAwsRegions": true });
    let aggregator = Aggregator {
        arn: aggregators::arn(&wanted.account, home, wanted.name),
        sources: Map::from_iter([("OrganizationAggregationSource".to_owned(), source)]),
        created: now,
        updated: now,
        made_by: wanted.linked.then(|| "controltower.amazonaws.com".to_owned()),
        organization,
        tags: Tags::new(),
        keeper: Some(keeper.to_owned()),
    };
    let aggregators = &mut world.config.place_mut(&wanted.account, home).aggregators;
    aggregators.entry(wanted.name.to_owned()).or_insert(aggregator);
}
