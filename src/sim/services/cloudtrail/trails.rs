//! Trails: CreateTrail, UpdateTrail, DeleteTrail, StartLogging, StopLogging and their readers.
//!
//! Source: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html> and its neighbours. A trail is
//! changed in its home Region; a trail of every Region is seen in each as a shadow. An organization's trail is made by the
//! management account or a delegated administrator, belongs to the management account, and is seen by members, who cannot
//! change it (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html>). UNSOURCED words.
//! Absent: what is recorded, topics, log groups and keys beyond their form.

use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::queries;
use crate::sim::services::s3;
use crate::sim::world::World;

use super::PRINCIPAL;
use super::state::{Trail, arn};

/// Trails of an account in a Region (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html>).
const MOST: usize = 5;

pub(super) fn refuse(code: &str, words: impl Into<String>) -> AwsError {
    AwsError::new(format!("{code}Exception"), words)
}

fn unknown(name: &str, account: &str) -> AwsError {
    refuse("TrailNotFound", format!("Unknown trail: {name} for the user: {account}"))
}

fn text(request: &Request, member: &str) -> Option<String> {
    request.text(member).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Whose trails an account sees beside its own: those that its organization's management account has for all.
fn seen<'w>(world: &'w World, account: &str) -> Vec<(String, &'w String, &'w Trail)> {
    let own = world.cloudtrail.trails(account).map(|(arn, trail)| (account.to_owned(), arn, trail));
    let management = world.organizations.of(account).map(|organization| organization.management.clone());
    let shared = management.filter(|management| management != account).into_iter().flat_map(|management| {
        let all = world.cloudtrail.trails(&management).filter(|(_, trail)| trail.organization);
        all.map(move |(arn, trail)| (management.clone(), arn, trail))
    });
    own.chain(shared).collect()
}

/// The trail that a request names, by ARN or by a name that is seen in its Region, and its owner.
pub(super) fn named<'w>(
    world: &'w World,
    request: &Request,
    said: &str,
) -> Result<(String, String, &'w Trail), AwsError> {
    let here = |trail: &Trail| trail.home == request.region || trail.every_region;
    let fits =
        |(_, arn, trail): &(String, &String, &Trail)| **arn == *said || (trail.name == said && here(trail));
    let found = seen(world, &request.caller.account).into_iter().find(fits);
    let (owner, arn, trail) = found.ok_or_else(|| unknown(said, &request.caller.account))?;
    Ok((owner, arn.clone(), trail))
}

/// The same, to change it: in its home Region, and an organization's by its management account or delegate.
pub(super) fn owned(world: &World, request: &Request, said: &str) -> Result<(String, String), AwsError> {
    let (owner, arn, trail) = named(world, request, said)?;
    if owner != request.caller.account {
        let delegate = world.organizations.of(&owner).is_some_and(|organization| {
            let offices = organization.delegated.get(&request.caller.account);
            offices.is_some_and(|offices| offices.contains_key(PRINCIPAL))
        });
        if !delegate {
            return Err(refuse(
                "NotOrganizationMasterAccount",
                "Only the management account or a delegated administrator of the organization can change an organization trail.",
            ));
        }
    }
    if trail.home != request.region {
        return Err(refuse(
            "InvalidHomeRegion",
            format!("The trail {} can be changed in its home Region {} only.", trail.name, trail.home),
        ));
    }
    Ok((owner, arn))
}

/// The account that a trail of the organization belongs to, when the caller may make one.
fn organization(world: &World, request: &Request) -> Result<String, AwsError> {
    let account = &request.caller.account;
    let organization = world
        .organizations
        .of(account)
        .ok_or_else(|| refuse("OrganizationsNotInUse", "The account is not a member of an organization."))?;
    if !organization.all_features() {
        let words = "The organization does not have all features enabled.";
        return Err(refuse("OrganizationNotInAllFeaturesMode", words));
    }
    let delegate = organization.delegated.get(account).is_some_and(|offices| offices.contains_key(PRINCIPAL));
    if organization.management != *account && !delegate {
        let words =
            "Only the management account or a delegated administrator can make an organization trail.";
        return Err(refuse("NotOrganizationMasterAccount", words));
    }
    if !organization.has_service_access(PRINCIPAL) {
        let words = "Trusted access for CloudTrail is not enabled in the organization.";
        return Err(refuse("CloudTrailAccessNotEnabled", words));
    }
    Ok(organization.management.clone())
}

fn check_name(name: &str) -> Result<(), AwsError> {
    let inner = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let ends = |c: char| c.is_ascii_alphanumeric();
    let mark = |c: u8| b"._-".contains(&c);
    let doubled = name.as_bytes().windows(2).any(|pair| pair.iter().all(|one| mark(*one)));
    let fits = (3..=128).contains(&name.len())
        && !doubled
        && name.chars().all(inner)
        && name.starts_with(ends)
        && name.ends_with(ends);
    if fits {
        Ok(())
    } else {
        Err(refuse("InvalidTrailName", format!("The trail name {name} is not valid.")))
    }
}

/// The bucket is there and admits CloudTrail for the account that the trail belongs to.
fn deliverable(world: &World, bucket: &str, owner: &str) -> Result<(), AwsError> {
    if !s3::exists(world, bucket) {
        let words = format!("S3 bucket {bucket} does not exist!");
        return Err(refuse("S3BucketDoesNotExist", words));
    }
    if !s3::admits(world, bucket, PRINCIPAL, owner) {
        let words = format!("Incorrect S3 bucket policy is detected for bucket: {bucket}");
        return Err(refuse("InsufficientS3BucketPolicy", words));
    }
    Ok(())
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let name = request.required("Name");
    check_name(name)?;
    let every_region = request.boolean("IsMultiRegionTrail").unwrap_or_default();
    let global_events = request.boolean("IncludeGlobalServiceEvents").unwrap_or(true);
    if every_region && !global_events {
        let words = "A multi-Region trail must include global service events.";
        return Err(refuse("InvalidParameterCombination", words));
    }
    let of_organization = request.boolean("IsOrganizationTrail").unwrap_or_default();
    let owner = if of_organization { organization(world, request)? } else { request.caller.account.clone() };
    let here = |trail: &Trail| trail.home == request.region || trail.every_region;
    let own: Vec<&Trail> =
        world.cloudtrail.trails(&owner).map(|(_, trail)| trail).filter(|trail| here(trail)).collect();
    if own.iter().any(|trail| trail.name == name) {
        let words = format!("Trail {name} already exists for customer: {owner}");
        return Err(refuse("TrailAlreadyExists", words));
    }
    if own.len() >= MOST {
        let words = format!("User: {owner} already has {MOST} trails in {}.", request.region);
        return Err(refuse("MaximumNumberOfTrailsExceeded", words));
    }
    let bucket = request.required("S3BucketName");
    deliverable(world, bucket, &owner)?;
    if of_organization {
        queries::ensure_service_linked_role(world, &owner, PRINCIPAL, request.now);
    }
    let tags = request.list("TagsList").iter().filter_map(|tag| {
        Some((tag["Key"].as_str()?.to_owned(), tag["Value"].as_str().unwrap_or_default().to_owned()))
    });
    let trail = Trail {
        name: name.to_owned(),
        home: request.region.clone(),
        bucket: bucket.to_owned(),
        prefix: text(request, "S3KeyPrefix"),
        topic: text(request, "SnsTopicName"),
        global_events,
        every_region,
        validation: request.boolean("EnableLogFileValidation").unwrap_or_default(),
        key: text(request, "KmsKeyId"),
        log_group: text(request, "CloudWatchLogsLogGroupArn"),
        log_role: text(request, "CloudWatchLogsRoleArn"),
        organization: of_organization,
        logging: false,
        started: None,
        stopped: None,
        tags: tags.collect(),
        selectors: None,
        keeper: None,
    };
    let arn = arn(&owner, &request.region, name);
    let view = answer(&arn, &trail);
    world.cloudtrail.trails_mut(&owner).insert(arn, trail);
    Ok(view)
}

/// What the request leaves out stays.
pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (owner, arn) = owned(world, request, request.required("Name"))?;
    let becomes = request.boolean("IsOrganizationTrail");
    if becomes == Some(true) {
        organization(world, request)?;
    }
    if let Some(bucket) = request.text("S3BucketName") {
        deliverable(world, bucket, &owner)?;
    }
    let Some(trail) = world.cloudtrail.trails_mut(&owner).get_mut(&arn) else {
        return Err(unknown(request.required("Name"), &owner));
    };
    let mut changed = trail.clone();
    let flag = |member: &str, old: bool| request.boolean(member).unwrap_or(old);
    changed.every_region = flag("IsMultiRegionTrail", trail.every_region);
    changed.global_events = flag("IncludeGlobalServiceEvents", trail.global_events);
    changed.validation = flag("EnableLogFileValidation", trail.validation);
    changed.organization = becomes.unwrap_or(trail.organization);
    if changed.every_region && !changed.global_events {
        let words = "A multi-Region trail must include global service events.";
        return Err(refuse("InvalidParameterCombination", words));
    }
    // An empty text takes a setting away.
    let set = |member: &str, old: &Option<String>| match request.text(member) {
        Some("") => None,
        Some(text) => Some(text.to_owned()),
        None => old.clone(),
    };
    changed.prefix = set("S3KeyPrefix", &trail.prefix);
    changed.topic = set("SnsTopicName", &trail.topic);
    changed.key = set("KmsKeyId", &trail.key);
    changed.log_group = set("CloudWatchLogsLogGroupArn", &trail.log_group);
    changed.log_role = set("CloudWatchLogsRoleArn", &trail.log_role);
    if let Some(bucket) = request.text("S3BucketName") {
        bucket.clone_into(&mut changed.bucket);
    }
    *trail = changed;
    Ok(answer(&arn, trail))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (owner, arn) = owned(world, request, request.required("Name"))?;
    world.cloudtrail.trails_mut(&owner).remove(&arn);
    Ok(json!({}))
}

fn log(world: &mut World, request: &Request, on: bool) -> Result<Value, AwsError> {
    let (owner, arn) = owned(world, request, request.required("Name"))?;
    if let Some(trail) = world.cloudtrail.trails_mut(&owner).get_mut(&arn)
        && trail.logging != on
    {
        trail.logging = on;
        let at = if on { &mut trail.started } else { &mut trail.stopped };
        *at = Some(request.now);
    }
    Ok(json!({}))
}

pub(super) fn start(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    log(world, request, true)
}

pub(super) fn stop(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    log(world, request, false)
}

/// What creation and update answer.
fn answer(arn: &str, trail: &Trail) -> Value {
    let mut view = Map::new();
    let mut put = |member: &str, value: Value| {
        view.insert(member.to_owned(), value);
    };
    put("Name", json!(trail.name));
    put("TrailARN", json!(arn));
    put("S3BucketName", json!(trail.bucket));
    put("IncludeGlobalServiceEvents", json!(trail.global_events));
    put("IsMultiRegionTrail", json!(trail.every_region));
    put("LogFileValidationEnabled", json!(trail.validation));
    put("IsOrganizationTrail", json!(trail.organization));
    let some = [
        ("S3KeyPrefix", &trail.prefix),
        ("SnsTopicName", &trail.topic),
        ("KmsKeyId", &trail.key),
        ("CloudWatchLogsLogGroupArn", &trail.log_group),
        ("CloudWatchLogsRoleArn", &trail.log_role),
    ];
    for (member, value) in some {
        if let Some(value) = value {
            put(member, json!(value));
        }
    }
    Value::Object(view)
}

fn view(arn: &str, trail: &Trail) -> Value {
    let mut view = answer(arn, trail);
    view["HomeRegion"] = json!(trail.home);
    view["HasCustomEventSelectors"] = json!(trail.selectors.is_some());
    view["HasInsightSelectors"] = json!(false);
    view
}

/// Those of other Regions are shadows here; names that are not there are left out of the answer, as AWS does.
pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let shadows = request.boolean("includeShadowTrails").unwrap_or(true);
    let names: Vec<&str> = request.list("trailNameList").iter().filter_map(Value::as_str).collect();
    let here = |trail: &Trail| trail.home == request.region || (trail.every_region && shadows);
    let all = seen(world, &request.caller.account);
    let wanted = all.iter().filter(|(_, arn, trail)| {
        let called =
            names.is_empty() || names.contains(&trail.name.as_str()) || names.contains(&arn.as_str());
        called && (here(trail) || names.contains(&arn.as_str()))
    });
    let views: Vec<Value> = wanted.map(|(_, arn, trail)| view(arn, trail)).collect();
    Ok(json!({ "trailList": views }))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (_, arn, trail) = named(world, request, request.required("Name"))?;
    Ok(json!({ "Trail": view(&arn, trail) }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let all = seen(world, &request.caller.account);
    let here = |trail: &Trail| trail.home == request.region || trail.every_region;
    let views: Vec<Value> = all
        .iter()
        .filter(|(_, _, trail)| here(trail))
        .map(|(_, arn, trail)| json!({ "TrailARN": arn, "Name": trail.name, "HomeRegion": trail.home }))
        .collect();
    Ok(json!({ "Trails": views }))
}

pub(super) fn status(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (_, _, trail) = named(world, request, request.required("Name"))?;
    let mut view = Map::new();
    view.insert("IsLogging".into(), json!(trail.logging));
    if let Some(at) = trail.started {
        view.insert("StartLoggingTime".into(), json!(epoch(at)));
        view.insert("TimeLoggingStarted".into(), json!(at.to_string()));
    }
    if let Some(at) = trail.stopped {
        view.insert("StopLoggingTime".into(), json!(epoch(at)));
        view.insert("TimeLoggingStopped".into(), json!(at.to_string()));
    }
    Ok(Value::Object(view))
}

/// Management events of both kinds, unless the trail was told otherwise.
pub(super) fn selectors(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (_, arn, trail) = named(world, request, request.required("TrailName"))?;
    let usual = json!([{
        "ReadWriteType": "All",
        "IncludeManagementEvents": true,
        "DataResources": [],
        "ExcludeManagementEventSources": [],
    }]);
    let (member, value) = trail.selectors.clone().unwrap_or_else(|| ("EventSelectors".to_owned(), usual));
    Ok(json!({ "TrailARN": arn, member: value }))
}

pub(super) fn put_selectors(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (owner, arn) = owned(world, request, request.required("TrailName"))?;
    let given: Vec<&str> = ["EventSelectors", "AdvancedEventSelectors"]
        .into_iter()
        .filter(|member| !request.list(member).is_empty())
        .collect();
    let [member] = given.as_slice() else {
        let words = "Either EventSelectors or AdvancedEventSelectors must be specified.";
        return Err(refuse("InvalidEventSelectors", words));
    };
    let value = request.input[*member].clone();
    if let Some(trail) = world.cloudtrail.trails_mut(&owner).get_mut(&arn) {
        trail.selectors = Some(((*member).to_owned(), value.clone()));
    }
    Ok(json!({ "TrailARN": arn, *member: value }))
}
