//! CreateDetector, GetDetector, ListDetectors, UpdateDetector, DeleteDetector.
//!
//! Source: <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Operations.html>. An account has at most one
//! detector in a Region. Members of an organization do not change what their administrator administers
//! (<https://docs.aws.amazon.com/guardduty/latest/ug/administrator_member_relationships.html>).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::queries;
use crate::sim::world::World;

use super::refusal::{because, not_owned};
use super::state::{Detector, Feature};
use super::{PAGING, features, members, policy};

/// Makes the detector of an account, and the role that GuardDuty works with.
pub(super) fn open(
    world: &mut World,
    account: &str,
    region: &str,
    features: BTreeMap<String, Feature>,
    now: Timestamp,
) -> String {
    queries::ensure_service_linked_role(world, account, "guardduty.amazonaws.com", now);
    let id = world.ids.hex(32);
    let detector = Detector {
        id: id.clone(),
        enabled: true,
        frequency: "SIX_HOURS".to_owned(),
        created: now,
        updated: now,
        tags: BTreeMap::new(),
        features,
    };
    world.guardduty.place_mut(account, region).detector = Some(detector);
    id
}

/// The detector that a request names, which must be the caller's in this Region.
pub(super) fn named<'w>(world: &'w World, request: &Request) -> Result<&'w Detector, AwsError> {
    let detector = world.guardduty.detector(&request.caller.account, &request.region);
    detector.filter(|detector| detector.id == request.required("DetectorId")).ok_or_else(not_owned)
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = &request.caller.account;
    policy::look(world, account, &request.region, request.now);
    if world.guardduty.detector(account, &request.region).is_some() {
        return Err(because("a detector already exists for the current account"));
    }
    let given = features::given(request, "Status")?;
    let old = features::given_by_old_names(request, "Enable");
    let usual = features::fresh(request.now, |_, usual| usual);
    let id = open(world, account, &request.region, usual, request.now);
    if let Some(detector) = world.guardduty.detector_mut(account, &request.region) {
        features::switch(detector, &given, &old, request.now);
        detector.enabled = request.boolean("Enable").unwrap_or_default();
        if let Some(frequency) = request.text("FindingPublishingFrequency") {
            frequency.clone_into(&mut detector.frequency);
        }
        let tags = request.input["Tags"].as_object().into_iter().flatten();
        detector.tags =
            tags.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect();
    }
    Ok(json!({ "DetectorId": id }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    policy::look(world, &request.caller.account, &request.region, request.now);
    let detector = world.guardduty.detector(&request.caller.account, &request.region);
    PAGING.page(request, "DetectorIds", detector.into_iter().collect(), |detector| json!(detector.id))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    policy::look(world, &request.caller.account, &request.region, request.now);
    let detector = named(world, request)?;
    let account = &request.caller.account;
    Ok(json!({
        "CreatedAt": detector.created.to_string(),
        "UpdatedAt": detector.updated.to_string(),
        "FindingPublishingFrequency": detector.frequency,
        "ServiceRole": format!(
            "arn:aws:iam::{account}:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty"
        ),
        "Status": if detector.enabled { "ENABLED" } else { "DISABLED" },
        "Tags": detector.tags,
        "DataSources": features::old_view(detector),
        "Features": features::view(detector),
    }))
}

/// UNSOURCED words of both refusals.
pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (account, region) = (&request.caller.account, &request.region);
    policy::look(world, account, region, request.now);
    let detector = named(world, request)?;
    let given = features::given(request, "Status")?;
    let old = features::given_by_old_names(request, "Enable");
    let touched = given.iter().map(|given| given.name).chain(old.iter().map(|(name, _)| *name));
    policy::leaves_alone(detector, touched)?;
    if members::administrator(world, account, region).is_some() {
        return Err(because("the detector of a member account is managed by its administrator"));
    }
    if let Some(detector) = world.guardduty.detector_mut(account, region) {
        features::switch(detector, &given, &old, request.now);
        detector.enabled = request.boolean("Enable").unwrap_or(detector.enabled);
        if let Some(frequency) = request.text("FindingPublishingFrequency") {
            frequency.clone_into(&mut detector.frequency);
        }
        detector.updated = request.now;
    }
    Ok(json!({}))
}

/// The words about members are AWS's; those about an administrator's member are UNSOURCED.
pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (account, region) = (&request.caller.account, &request.region);
    named(world, request)?;
    if members::administrator(world, account, region).is_some() {
        return Err(because("the current account cannot delete its detector while it is a member"));
    }
    if members::has_any(world, account, region) {
        return Err(because(
            "the current account cannot delete detector while it has invited or associated members",
        ));
    }
    world.guardduty.place_mut(account, region).detector = None;
    Ok(json!({}))
}
