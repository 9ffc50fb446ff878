//! Conformance packs of an organization.
//!
//! In: PutOrganizationConformancePack and its neighbours. Out: deployments. Source: the API model; a template holds rules and
//! their remediation and nothing else
//! (<https://docs.aws.amazon.com/config/latest/developerguide/custom-conformance-pack.html>). UNSOURCED: the limit, and how
//! closely AWS reads a template at once; here a template must have a `Resources` section of Config's types. Absent: YAML in
//! full, templates in S3 or Systems Manager, of which only the address is looked at.

use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::deployments::{self, Family};
use super::refusal::refuse;

const FAMILY: Family = Family {
    of: |place| &place.packs,
    of_mut: |place| &mut place.packs,
    name: "OrganizationConformancePackName",
    names: "OrganizationConformancePackNames",
    kind: "organization-conformance-pack",
    unknown: "NoSuchOrganizationConformancePack",
    limit: ("MaxNumberOfOrganizationConformancePacksExceeded", 50),
    listing: "OrganizationConformancePacks",
    statuses: "OrganizationConformancePackStatuses",
    details: "OrganizationConformancePackDetailedStatuses",
    status: "Status",
    detail: ("ConformancePackName", "Status"),
};

/// The types that a template may hold.
const TYPES: [&str; 2] = ["AWS::Config::ConfigRule", "AWS::Config::RemediationConfiguration"];

/// Every type that the text gives a resource, in JSON or YAML: what stands behind a key `Type` and looks like a type.
fn types(template: &str) -> Vec<&str> {
    let cleaned = template.lines().flat_map(|line| line.split(','));
    let values = cleaned.filter_map(|part| {
        let (key, value) = part.split_once(':')?;
        let key = key.trim().trim_start_matches('{').trim().trim_matches(['"', '\'']);
        (key == "Type").then(|| value.trim().trim_end_matches('}').trim().trim_matches(['"', '\'']))
    });
    values.filter(|value| value.contains("::")).collect()
}

fn check(template: &str) -> Result<(), AwsError> {
    let refusal = |words: &str| refuse("OrganizationConformancePackTemplateValidation", words);
    let section = |line: &str| line.trim_start().trim_start_matches(['"', '{']).starts_with("Resources");
    if !template.lines().any(section) && !template.contains("\"Resources\"") {
        return Err(refusal("Template format error: At least one Resources member must be defined."));
    }
    let found = types(template);
    match found.iter().find(|kind| !TYPES.contains(kind)) {
        Some(kind) => Err(refusal(&format!("Unsupported resource type: {kind}"))),
        None if found.is_empty() => {
            Err(refusal("Template format error: At least one Resources member must be defined."))
        }
        None => Ok(()),
    }
}

/// With both a body and an address the address counts, as the model says.
pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    match (request.text("TemplateS3Uri"), request.text("TemplateBody")) {
        (Some(_), _) => {}
        (None, Some(body)) => check(body)?,
        (None, None) => {
            return Err(refuse("Validation", "Either TemplateS3Uri or TemplateBody must be specified."));
        }
    }
    let mut body = Map::new();
    for member in ["DeliveryS3Bucket", "DeliveryS3KeyPrefix", "ConformancePackInputParameters"] {
        if let Some(value) = request.input.get(member) {
            body.insert(member.to_owned(), value.clone());
        }
    }
    let arn = deployments::put(world, request, &FAMILY, body)?;
    Ok(json!({ "OrganizationConformancePackArn": arn }))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    deployments::describe(world, request, &FAMILY)
}

pub(super) fn statuses(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    deployments::statuses(world, request, &FAMILY)
}

pub(super) fn details(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    deployments::details(world, request, &FAMILY)
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    deployments::delete(world, request, &FAMILY)
}
