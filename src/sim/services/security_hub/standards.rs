//! Standards: which there are, and which a hub has enabled.
//!
//! Source: <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchEnableStandards.html>; ARNs and names:
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html>. How long a standard is PENDING is
//! published nowhere (UNSOURCED): two minutes here. Absent: controls.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::later;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::refusal::invalid;
use super::{PAGING, gate};

const PREPARATION: Duration = Duration::from_secs(120);

/// The end of the ARN, the name, and whether EnableSecurityHub enables it (the model names the two).
const STANDARDS: [(&str, &str, bool); 6] = [
    (
        "aws-foundational-security-best-practices/v/1.0.0",
        "AWS Foundational Security Best Practices v1.0.0",
        true,
    ),
    ("cis-aws-foundations-benchmark/v/1.2.0", "CIS AWS Foundations Benchmark v1.2.0", true),
    ("cis-aws-foundations-benchmark/v/3.0.0", "CIS AWS Foundations Benchmark v3.0.0", false),
    ("nist-800-53/v/5.0.0", "NIST Special Publication 800-53 Revision 5", false),
    ("nist-800-171/v/2.0.0", "NIST Special Publication 800-171 Revision 2", false),
    ("pci-dss/v/4.0.1", "PCI DSS v4.0.1", false),
];

/// The oldest standard is a ruleset and names no Region.
fn arn(end: &str, region: &str) -> String {
    match end {
        "cis-aws-foundations-benchmark/v/1.2.0" => format!("arn:aws:securityhub:::ruleset/{end}"),
        _ => format!("arn:aws:securityhub:{region}::standards/{end}"),
    }
}

/// Whether an ARN is that of a standard in a Region.
pub(super) fn exists(wanted: &str, region: &str) -> bool {
    STANDARDS.iter().any(|(end, ..)| arn(end, region) == wanted)
}

/// The same standard in another Region.
pub(super) fn in_region(standard: &str, region: &str) -> String {
    match standard.split_once("::standards/") {
        Some((_, end)) => arn(end, region),
        None => standard.to_owned(),
    }
}

pub(super) fn enable_default(world: &mut World, account: &str, region: &str, now: Timestamp) {
    for (end, ..) in STANDARDS.iter().filter(|(_, _, usual)| *usual) {
        put(world, account, region, arn(end, region), now);
    }
}

/// Enables a standard; one that is enabled stays as it is.
pub(super) fn put(world: &mut World, account: &str, region: &str, standard: String, now: Timestamp) {
    if let Some(hub) = world.security_hub.hub_mut(account, region) {
        hub.standards.entry(standard).or_insert_with(|| later(now, PREPARATION));
    }
}

fn subscription(standard: &str, account: &str, region: &str) -> String {
    let end = standard.split_once("::standards/").or_else(|| standard.split_once(":::ruleset/"));
    format!("arn:aws:securityhub:{region}:{account}:subscription/{}", end.map_or("", |(_, end)| end))
}

fn view(request: &Request, standard: &str, status: &str) -> Value {
    json!({
        "StandardsSubscriptionArn": subscription(standard, &request.caller.account, &request.region),
        "StandardsArn": standard,
        "StandardsInput": {},
        "StandardsStatus": status,
        "StandardsControlsUpdatable": if status == "READY" { "READY_FOR_UPDATES" } else { "NOT_READY_FOR_UPDATES" },
    })
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::hub(world, request)?;
    let all = STANDARDS.iter().collect();
    PAGING.page(request, "Standards", all, |(end, name, usual)| {
        json!({"StandardsArn": arn(end, &request.region), "Name": name, "Description": name, "EnabledByDefault": usual})
    })
}

pub(super) fn enabled(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let hub = gate::hub(world, request)?;
    let wanted: Vec<&str> =
        request.list("StandardsSubscriptionArns").iter().filter_map(Value::as_str).collect();
    let shown = |standard: &str| {
        wanted.is_empty()
            || wanted.contains(&subscription(standard, &request.caller.account, &request.region).as_str())
    };
    let found = hub.standards.iter().filter(|(standard, _)| shown(standard)).collect();
    PAGING.page(request, "StandardsSubscriptions", found, |(standard, ready)| {
        view(request, standard, if *ready <= request.now { "READY" } else { "PENDING" })
    })
}

pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::hub(world, request)?;
    let asked: Vec<String> = request
        .list("StandardsSubscriptionRequests")
        .iter()
        .filter_map(|asked| asked["StandardsArn"].as_str().map(str::to_owned))
        .collect();
    if let Some(unknown) = asked.iter().find(|standard| !exists(standard, &request.region)) {
        return Err(invalid(format!("The standard {unknown} does not exist.")));
    }
    for standard in &asked {
        put(world, &request.caller.account, &request.region, standard.clone(), request.now);
    }
    let views: Vec<Value> = asked.iter().map(|standard| view(request, standard, "PENDING")).collect();
    Ok(json!({ "StandardsSubscriptions": views }))
}

pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::hub(world, request)?;
    let (account, region) = (&request.caller.account, &request.region);
    let asked: Vec<&str> =
        request.list("StandardsSubscriptionArns").iter().filter_map(Value::as_str).collect();
    let Some(hub) = world.security_hub.hub_mut(account, region) else { return Ok(json!({})) };
    let gone: Vec<String> = hub
        .standards
        .keys()
        .filter(|standard| asked.contains(&subscription(standard, account, region).as_str()))
        .cloned()
        .collect();
    hub.standards.retain(|standard, _| !gone.contains(standard));
    let views: Vec<Value> = gone.iter().map(|standard| view(request, standard, "DELETING")).collect();
    Ok(json!({ "StandardsSubscriptions": views }))
}
