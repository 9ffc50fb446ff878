//! The recorder of an account's own choice: PutConfigurationRecorder, its readers, start, stop and deletion.
//!
//! Source: the API model of AWS Config and
//! <https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html>. One recorder per account and Region.
//! Absent: what it records, and limits of single resource types to Regions.

use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::refusal::{no_recorder, refuse};
use super::state::{Place, Recorder};
use super::{PAGING, linked, mark, tags};

/// Names of recorders that belong to other services begin with it.
pub(super) const RESERVED: &str = "AWSConfigurationRecorderFor";

/// A recorder's ARN.
pub(super) fn arn(account: &str, region: &str, name: &str) -> String {
    let id = mark(&[account, region, name], 16);
    format!("arn:aws:config:{region}:{account}:configuration-recorder/{name}/{id}")
}

/// The complete `RecordingGroup`, or why it means nothing.
fn group(given: &Value) -> Result<Value, AwsError> {
    let flag = |member: &str| given.get(member).and_then(Value::as_bool);
    let listed = |at: &Value| at.as_array().cloned().unwrap_or_default();
    let types = listed(&given["resourceTypes"]);
    let excluded = listed(&given["exclusionByResourceTypes"]["resourceTypes"]);
    let strategy = given["recordingStrategy"]["useOnly"].as_str();
    let all = flag("allSupported").unwrap_or(types.is_empty() && excluded.is_empty() && strategy.is_none());
    let global = flag("includeGlobalResourceTypes").unwrap_or(false);
    let usual = match (all, excluded.is_empty()) {
        (true, _) => "ALL_SUPPORTED_RESOURCE_TYPES",
        (false, false) => "EXCLUSION_BY_RESOURCE_TYPES",
        (false, true) => "INCLUSION_BY_RESOURCE_TYPES",
    };
    let strategy = strategy.unwrap_or(usual);
    let fits = match strategy {
        "ALL_SUPPORTED_RESOURCE_TYPES" => types.is_empty() && excluded.is_empty(),
        "EXCLUSION_BY_RESOURCE_TYPES" => !excluded.is_empty() && types.is_empty() && !global,
        _ => !types.is_empty() && excluded.is_empty() && !all && !global,
    };
    if !fits {
        return Err(refuse("InvalidRecordingGroup", "The recording group provided is not valid"));
    }
    Ok(json!({
        "allSupported": strategy == "ALL_SUPPORTED_RESOURCE_TYPES",
        "includeGlobalResourceTypes": global,
        "resourceTypes": types,
        "exclusionByResourceTypes": { "resourceTypes": excluded },
        "recordingStrategy": { "useOnly": strategy },
    }))
}

/// The mode given, or that of a recorder of which nothing was said.
fn mode(given: &Value) -> Value {
    if given.is_object() { given.clone() } else { json!({ "recordingFrequency": "CONTINUOUS" }) }
}

pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let given = &request.input["ConfigurationRecorder"];
    let name = given["name"].as_str().unwrap_or("default");
    let (account, region) = (&request.caller.account, &request.region);
    if name.starts_with(RESERVED) {
        return Err(refuse(
            "InvalidConfigurationRecorderName",
            format!("The configuration recorder name '{name}' is not valid: the prefix is reserved."),
        ));
    }
    if given["servicePrincipal"].is_string() {
        let words = "Use PutServiceLinkedConfigurationRecorder for a service-linked configuration recorder.";
        return Err(refuse("UnmodifiableEntity", words));
    }
    let role = given["roleARN"].as_str().unwrap_or_default();
    if !(role.starts_with("arn:") && role.contains(":iam::") && role.contains(":role/")) {
        return Err(refuse("InvalidRole", "The ARN of the IAM role is null, empty or not valid."));
    }
    let (group, mode) = (group(&given["recordingGroup"])?, mode(&given["recordingMode"]));
    let known = world.config.place(account, region).and_then(|place| place.recorder.as_ref());
    if known.is_some_and(|known| known.name != name) {
        return Err(refuse(
            "MaxNumberOfConfigurationRecordersExceeded",
            format!(
                "Failed to put configuration recorder '{name}' because the maximum number of configuration recorders: 1 is reached."
            ),
        ));
    }
    let tags = tags::given(request);
    let arn = match known {
        Some(known) => known.arn.clone(),
        None => arn(account, region, name),
    };
    let place = world.config.place_mut(account, region);
    let recorder = place.recorder.get_or_insert_with(|| Recorder {
        name: name.to_owned(),
        arn,
        role: String::new(),
        group: Value::Null,
        mode: Value::Null,
        recording: false,
        started: None,
        stopped: None,
        tags,
        keeper: None,
    });
    role.clone_into(&mut recorder.role);
    (recorder.group, recorder.mode) = (group, mode);
    Ok(json!({}))
}

/// The recorders that a reader asks for: by name, ARN or service principal, otherwise the account's own.
fn chosen(place: Option<&Place>, request: &Request) -> Result<Vec<(Value, Value)>, AwsError> {
    let names = request.list("ConfigurationRecorderNames");
    let (principal, arn) = (request.text("ServicePrincipal"), request.text("Arn"));
    let criteria =
        usize::from(!names.is_empty()) + usize::from(principal.is_some()) + usize::from(arn.is_some());
    if names.len() > 1 || criteria > 1 {
        return Err(refuse("Validation", "You can specify one configuration recorder only."));
    }
    let own = place.and_then(|place| place.recorder.as_ref()).map(|own| (view(own), standing(own)));
    let linked = || linked::views(place);
    let wanted = names.first().and_then(Value::as_str).or(arn);
    let fits = |(view, _): &(Value, Value)| view["name"].as_str() == wanted || view["arn"].as_str() == wanted;
    match (wanted, principal) {
        (None, None) => Ok(own.into_iter().collect()),
        (Some(wanted), _) => {
            let found = own.into_iter().chain(linked()).find(fits);
            found.map(|one| vec![one]).ok_or_else(|| no_recorder(wanted))
        }
        (None, Some(principal)) => {
            let found = linked().into_iter().find(|(view, _)| view["servicePrincipal"] == principal);
            found.map(|one| vec![one]).ok_or_else(|| no_recorder(principal))
        }
    }
}

fn view(recorder: &Recorder) -> Value {
    json!({
        "arn": recorder.arn,
        "name": recorder.name,
        "roleARN": recorder.role,
        "recordingGroup": recorder.group,
        "recordingMode": recorder.mode,
        "recordingScope": "PAID",
    })
}

/// UNSOURCED: how soon after the start the first delivery succeeds; here at once.
fn standing(recorder: &Recorder) -> Value {
    let mut view = Map::new();
    view.insert("arn".into(), json!(recorder.arn));
    view.insert("name".into(), json!(recorder.name));
    view.insert("recording".into(), json!(recorder.recording));
    if let Some(at) = recorder.started {
        view.insert("lastStartTime".into(), json!(epoch(at)));
        view.insert("lastStatus".into(), json!("Success"));
        view.insert("lastStatusChangeTime".into(), json!(epoch(recorder.stopped.unwrap_or(at))));
    }
    if let Some(at) = recorder.stopped {
        view.insert("lastStopTime".into(), json!(epoch(at)));
    }
    Value::Object(view)
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = world.config.place(&request.caller.account, &request.region);
    let views: Vec<Value> = chosen(place, request)?.into_iter().map(|(view, _)| view).collect();
    Ok(json!({ "ConfigurationRecorders": views }))
}

pub(super) fn status(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = world.config.place(&request.caller.account, &request.region);
    let views: Vec<Value> = chosen(place, request)?.into_iter().map(|(_, standing)| standing).collect();
    Ok(json!({ "ConfigurationRecordersStatus": views }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = world.config.place(&request.caller.account, &request.region);
    let own = place.and_then(|place| place.recorder.as_ref()).map(view);
    let all = own.into_iter().chain(linked::views(place).into_iter().map(|(view, _)| view));
    let fits = |view: &Value| {
        request.list("Filters").iter().all(|filter| {
            let member = if filter["filterName"] == "recordingScope" { "recordingScope" } else { "" };
            let values = filter["filterValue"].as_array().into_iter().flatten();
            values.into_iter().any(|wanted| view.get(member) == Some(wanted))
        })
    };
    let found = all.filter(fits).collect();
    PAGING.page(request, "ConfigurationRecorderSummaries", found, |view: Value| {
        let mut summary = Map::new();
        for member in ["arn", "name", "servicePrincipal", "recordingScope"] {
            if let Some(value) = view.get(member) {
                summary.insert(member.to_owned(), value.clone());
            }
        }
        Value::Object(summary)
    })
}

/// The account's own recorder, which a change must name.
fn own<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut Place, AwsError> {
    let name = request.required("ConfigurationRecorderName");
    let place = world.config.place_mut(&request.caller.account, &request.region);
    if place.linked.values().any(|linked| linked.name == name) {
        let words = "This operation does not affect service-linked configuration recorders.";
        return Err(refuse("UnmodifiableEntity", words));
    }
    match &place.recorder {
        Some(recorder) if recorder.name == name => Ok(place),
        _ => Err(no_recorder(name)),
    }
}

pub(super) fn start(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = own(world, request)?;
    if place.channel.is_none() {
        let words = "Delivery channel is not available to start configuration recorder.";
        return Err(refuse("NoAvailableDeliveryChannel", words));
    }
    if let Some(recorder) = place.recorder.as_mut().filter(|recorder| !recorder.recording) {
        recorder.recording = true;
        recorder.started = Some(request.now);
        recorder.stopped = None;
    }
    Ok(json!({}))
}

pub(super) fn stop(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = own(world, request)?;
    if let Some(recorder) = place.recorder.as_mut().filter(|recorder| recorder.recording) {
        recorder.recording = false;
        recorder.stopped = Some(request.now);
    }
    Ok(json!({}))
}

/// A running recorder goes too; its delivery channel stays.
pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    own(world, request)?.recorder = None;
    Ok(json!({}))
}
