//! The delivery channel of an account and Region: PutDeliveryChannel, its readers and its deletion.
//!
//! In: requests. Out: one channel at most, into a bucket that is there and admits AWS Config (`s3`). Source: the API
//! model; the words of the limit are quoted in <https://github.com/aws-solutions/workload-discovery-on-aws/issues/48>.
//! Absent: deliveries, topics and keys.

use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::s3;
use crate::sim::world::World;

use super::refusal::{no_channel, refuse};
use super::state::Channel;

const PRINCIPAL: &str = "config.amazonaws.com";

pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let given = &request.input["DeliveryChannel"];
    let name = given["name"].as_str().unwrap_or("default");
    let (account, region) = (&request.caller.account, &request.region);
    let place = world.config.place(account, region);
    if place.is_none_or(|place| place.recorder.is_none()) {
        let words = "Configuration recorder is not available to put delivery channel.";
        return Err(refuse("NoAvailableConfigurationRecorder", words));
    }
    let known = place.and_then(|place| place.channel.as_ref());
    if known.is_some_and(|known| known.name != name) {
        return Err(refuse(
            "MaxNumberOfDeliveryChannelsExceeded",
            format!(
                "Failed to put delivery channel '{name}' because the maximum number of delivery channels: 1 is reached."
            ),
        ));
    }
    deliverable(world, account, given)?;
    let mut body = given.as_object().cloned().unwrap_or_default();
    body.insert("name".into(), json!(name));
    let place = world.config.place_mut(account, region);
    let keeper = place.channel.as_ref().and_then(|known| known.keeper.clone());
    place.channel = Some(Channel { name: name.to_owned(), body: Value::Object(body), keeper });
    Ok(json!({}))
}

/// The bucket exists and its policy admits AWS Config for this account. UNSOURCED words of the second.
fn deliverable(world: &World, account: &str, given: &Value) -> Result<(), AwsError> {
    let bucket = given["s3BucketName"].as_str().unwrap_or_default();
    let prefix = given["s3KeyPrefix"].as_str().unwrap_or("null");
    if !s3::exists(world, bucket) {
        return Err(refuse("NoSuchBucket", format!("Cannot find a S3 bucket with bucket name '{bucket}'.")));
    }
    if !s3::admits(world, bucket, PRINCIPAL, account) {
        return Err(refuse(
            "InsufficientDeliveryPolicy",
            format!(
                "Insufficient delivery policy to s3 bucket: {bucket}, unable to write to bucket, provided s3 key prefix is '{prefix}'."
            ),
        ));
    }
    let topic = given["snsTopicARN"].as_str();
    if topic.is_some_and(|topic| !topic.starts_with("arn:") || !topic.contains(":sns:")) {
        return Err(refuse("InvalidSNSTopicARN", "The SNS topic ARN provided is not valid."));
    }
    Ok(())
}

/// The channel, if the names given allow it.
fn chosen<'w>(world: &'w World, request: &Request) -> Result<Option<&'w Channel>, AwsError> {
    let place = world.config.place(&request.caller.account, &request.region);
    let channel = place.and_then(|place| place.channel.as_ref());
    let names = request.list("DeliveryChannelNames").iter().filter_map(Value::as_str);
    let unknown = |name: &&str| channel.is_none_or(|channel| channel.name != *name);
    match names.into_iter().find(unknown) {
        Some(unknown) => Err(no_channel(unknown)),
        None => Ok(channel),
    }
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let views: Vec<&Value> = chosen(world, request)?.into_iter().map(|channel| &channel.body).collect();
    Ok(json!({ "DeliveryChannels": views }))
}

pub(super) fn status(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let channel = chosen(world, request)?;
    let views: Vec<Value> = channel
        .into_iter()
        .map(|channel| {
            let mut view = Map::new();
            view.insert("name".into(), json!(channel.name));
            for part in
                ["configSnapshotDeliveryInfo", "configHistoryDeliveryInfo", "configStreamDeliveryInfo"]
            {
                view.insert(part.into(), json!({}));
            }
            Value::Object(view)
        })
        .collect();
    Ok(json!({ "DeliveryChannelsStatus": views }))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let name = request.required("DeliveryChannelName");
    let place = world.config.place_mut(&request.caller.account, &request.region);
    if place.channel.as_ref().is_none_or(|channel| channel.name != name) {
        return Err(no_channel(name));
    }
    if place.recorder.as_ref().is_some_and(|recorder| recorder.recording) {
        return Err(refuse(
            "LastDeliveryChannelDeleteFailed",
            format!(
                "Failed to delete last specified delivery channel with name '{name}', because there is a running configuration recorder."
            ),
        ));
    }
    place.channel = None;
    Ok(json!({}))
}
