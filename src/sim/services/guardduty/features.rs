//! The optional features of detectors: their names, what a new detector has of them, requests and answers about them.
//!
//! In: `Features` and the older `DataSources` of requests. Out: features of a detector or of an organization's settings,
//! and both as answers show them. Source: the model, at CreateDetector and UpdateOrganizationConfiguration. Absent: where
//! a change is allowed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;

use super::refusal::because;
use super::state::{Auto, AutoFeature, Detector, Feature};

/// A feature: whether a new detector has it, and its further switches. That the switch RDS_DATA_RISK belongs to RDS is
/// UNSOURCED, as is that AI_ANALYST is off at first.
struct Row {
    name: &'static str,
    usual: bool,
    additional: &'static [&'static str],
    /// Whether an organization's settings know it.
    organization: bool,
}

const fn row(name: &'static str, usual: bool, additional: &'static [&'static str]) -> Row {
    Row { name, usual, additional, organization: true }
}

const FEATURES: [Row; 9] = [
    row("S3_DATA_EVENTS", true, &[]),
    row("EKS_AUDIT_LOGS", true, &[]),
    row("EBS_MALWARE_PROTECTION", true, &[]),
    row("RDS_LOGIN_EVENTS", true, &["RDS_DATA_RISK"]),
    row("LAMBDA_NETWORK_LOGS", true, &[]),
    row("EKS_RUNTIME_MONITORING", false, &["EKS_ADDON_MANAGEMENT"]),
    row(
        "RUNTIME_MONITORING",
        false,
        &["EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"],
    ),
    row("AI_PROTECTION", true, &[]),
    Row { name: "AI_ANALYST", usual: false, additional: &[], organization: false },
];

/// What every detector watches.
const FOUNDATIONAL: [&str; 3] = ["CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS"];

/// The older names of three features, as paths in `DataSources`.
const OLD: [(&str, &[&str]); 3] = [
    ("S3_DATA_EVENTS", &["S3Logs"]),
    ("EKS_AUDIT_LOGS", &["Kubernetes", "AuditLogs"]),
    ("EBS_MALWARE_PROTECTION", &["MalwareProtection", "ScanEc2InstanceWithFindings"]),
];

/// The names of the features that organizations know, in the model's order.
pub(super) fn of_organizations() -> impl Iterator<Item = &'static str> {
    FEATURES.iter().filter(|row| row.organization).map(|row| row.name)
}

/// The features of a new detector, each switched as `on` says.
pub(super) fn fresh(now: Timestamp, on: impl Fn(&str, bool) -> bool) -> BTreeMap<String, Feature> {
    let feature = |row: &Row| {
        let additional = row.additional.iter().map(|name| ((*name).to_owned(), false)).collect();
        let enabled = on(row.name, row.usual);
        (row.name.to_owned(), Feature { enabled, updated: now, additional, by_policy: false })
    };
    FEATURES.iter().map(feature).collect()
}

/// A feature in a request: its name, its status text and the texts of its further switches.
pub(super) struct Given<'r> {
    pub(super) name: &'r str,
    pub(super) status: Option<&'r str>,
    pub(super) additional: Vec<(&'r str, &'r str)>,
}

/// The features of a request; `status` is `Status` for detectors and `AutoEnable` for organizations.
///
/// # Errors
/// Both kinds of runtime monitoring, which the model says will cause an error, or a switch of another feature
/// (UNSOURCED).
pub(super) fn given<'r>(request: &'r Request, status: &str) -> Result<Vec<Given<'r>>, AwsError> {
    let mut found = Vec::new();
    for feature in request.list("Features") {
        let name = feature["Name"].as_str().unwrap_or_default();
        let known = FEATURES.iter().find(|row| row.name == name).map_or(&[][..], |row| row.additional);
        let mut additional = Vec::new();
        for switch in feature["AdditionalConfiguration"].as_array().into_iter().flatten() {
            let switch_name = switch["Name"].as_str().unwrap_or_default();
            if !known.contains(&switch_name) {
                return Err(because(format!("{switch_name} is not a configuration of {name}")));
            }
            additional.push((switch_name, switch[status].as_str().unwrap_or_default()));
        }
        found.push(Given { name, status: feature[status].as_str(), additional });
    }
    let names = |name: &str| found.iter().any(|given| given.name == name);
    if names("RUNTIME_MONITORING") && names("EKS_RUNTIME_MONITORING") {
        return Err(because("RUNTIME_MONITORING and EKS_RUNTIME_MONITORING cannot be specified together"));
    }
    Ok(found)
}

/// The features that the older `DataSources` of a request switch, by `Enable` or `AutoEnable`.
pub(super) fn given_by_old_names(request: &Request, switch: &str) -> Vec<(&'static str, bool)> {
    let mut found = Vec::new();
    for (name, path) in OLD {
        let at = path.iter().fold(&request.input["DataSources"], |at, step| &at[*step]);
        let volumes = &at["EbsVolumes"];
        let on = at[switch].as_bool().or_else(|| volumes.as_bool()).or_else(|| volumes[switch].as_bool());
        found.extend(on.map(|on| (name, on)));
    }
    found
}

/// Switches features of a detector.
pub(super) fn switch(
    detector: &mut Detector,
    given: &[Given<'_>],
    old: &[(&'static str, bool)],
    now: Timestamp,
) {
    for (name, on) in old {
        if let Some(feature) = detector.features.get_mut(*name) {
            feature.enabled = *on;
            feature.updated = now;
        }
    }
    for given in given {
        let Some(feature) = detector.features.get_mut(given.name) else { continue };
        feature.updated = now;
        feature.enabled = given.status.map_or(feature.enabled, |status| status == "ENABLED");
        for (name, status) in &given.additional {
            feature.additional.insert((*name).to_owned(), *status == "ENABLED");
        }
    }
}

/// Switches on what an organization's settings give to an account that joins. What they do not give stays.
pub(super) fn apply(
    detector: &mut Detector,
    settings: &BTreeMap<String, AutoFeature>,
    gives: fn(Auto) -> bool,
    now: Timestamp,
) {
    for (name, auto) in settings {
        let Some(feature) = detector.features.get_mut(name).filter(|feature| !feature.by_policy) else {
            continue;
        };
        if !gives(auto.auto) {
            continue;
        }
        feature.enabled = true;
        feature.updated = now;
        for name in auto.additional.iter().filter(|(_, auto)| gives(**auto)).map(|(name, _)| name) {
            feature.additional.insert(name.clone(), true);
        }
    }
}

fn status(on: bool) -> &'static str {
    if on { "ENABLED" } else { "DISABLED" }
}

fn feature_view(name: &str, feature: &Feature) -> Value {
    let managed = |mut view: Map<String, Value>| {
        if feature.by_policy {
            view.insert("ManagedBy".into(), json!("GUARDDUTY_POLICY"));
        }
        view.insert("UpdatedAt".into(), json!(epoch(feature.updated)));
        Value::Object(view)
    };
    let entry = |name: &str, on: bool| {
        let mut view = Map::new();
        view.insert("Name".into(), json!(name));
        view.insert("Status".into(), json!(status(on)));
        view
    };
    let mut view = entry(name, feature.enabled);
    if !feature.additional.is_empty() {
        let switches = feature.additional.iter().map(|(name, on)| managed(entry(name, *on)));
        view.insert("AdditionalConfiguration".into(), switches.collect());
    }
    managed(view)
}

/// The features of a detector, with those that every detector has.
pub(super) fn view(detector: &Detector) -> Value {
    let always = FOUNDATIONAL.iter().map(|name| {
        json!({"Name": name, "Status": status(detector.enabled), "UpdatedAt": epoch(detector.created)})
    });
    always.chain(detector.features.iter().map(|(name, feature)| feature_view(name, feature))).collect()
}

/// The features of a member's detector as its administrator sees them.
pub(super) fn member_view(detector: &Detector) -> Value {
    let shown = of_organizations().filter_map(|name| Some((name, detector.features.get(name)?)));
    shown.map(|(name, feature)| feature_view(name, feature)).collect()
}

/// The older form of the same.
pub(super) fn old_view(detector: &Detector) -> Value {
    let on = |name: &str| json!({"Status": status(detector.features.get(name).is_some_and(|feature| feature.enabled))});
    let always = json!({"Status": status(detector.enabled)});
    json!({
        "CloudTrail": always,
        "DNSLogs": always,
        "FlowLogs": always,
        "S3Logs": on("S3_DATA_EVENTS"),
        "Kubernetes": {"AuditLogs": on("EKS_AUDIT_LOGS")},
        "MalwareProtection": {"ScanEc2InstanceWithFindings": {"EbsVolumes": on("EBS_MALWARE_PROTECTION")}},
    })
}

/// The features of an organization's settings.
pub(super) fn settings_view(settings: &BTreeMap<String, AutoFeature>) -> Value {
    let none = AutoFeature::default();
    let rows = FEATURES.iter().filter(|row| row.organization);
    rows.map(|row| {
        let auto = settings.get(row.name).unwrap_or(&none);
        let mut view = json!({"Name": row.name, "AutoEnable": auto.auto.text()});
        if !row.additional.is_empty() {
            let of = |name: &&str| auto.additional.get(*name).copied().unwrap_or_default().text();
            let switches = row.additional.iter().map(|name| json!({"Name": name, "AutoEnable": of(name)}));
            view["AdditionalConfiguration"] = switches.collect();
        }
        view
    })
    .collect()
}

/// The older form of the same.
pub(super) fn old_settings_view(settings: &BTreeMap<String, AutoFeature>) -> Value {
    let on = |name: &str| json!({"AutoEnable": settings.get(name).is_some_and(|auto| auto.auto.joins())});
    json!({
        "S3Logs": on("S3_DATA_EVENTS"),
        "Kubernetes": {"AuditLogs": on("EKS_AUDIT_LOGS")},
        "MalwareProtection": {"ScanEc2InstanceWithFindings": {"EbsVolumes": on("EBS_MALWARE_PROTECTION")}},
    })
}
