//! ListControls and GetControl.
//!
//! In: requests. Out: controls as the catalogue describes them. Absent: which of them are enabled.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::paging;
use super::table::{self, Control};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::account::regions;
use crate::sim::world::World;

/// ListControls, 100 to a page
/// (<https://docs.aws.amazon.com/controlcatalog/latest/APIReference/API_ListControls.html>).
pub(super) fn list(_: &mut World, request: &Request) -> Result<Value, AwsError> {
    let filter = request.input.get("Filter");
    let one = |path: [&str; 2]| -> Option<String> {
        filter?.get(path[0])?.get(path[1])?.get(0)?.as_str().map(str::to_owned)
    };
    let kind = one(["Implementations", "Types"]);
    let identifier = one(["Implementations", "Identifiers"]);
    let provider = filter.and_then(|filter| filter.get("GovernedProviders")?.get(0)?.as_str());
    let items = table::all()
        .iter()
        .filter(|row| kind.as_ref().is_none_or(|kind| row.implementation.words()[0] == kind))
        .filter(|row| identifier.is_none() || row.identifier == identifier)
        .filter(|_| provider.is_none_or(|provider| provider == "AWS"))
        .map(|row| Value::Object(summary(row)))
        .collect();
    paging::answer(request, "Controls", items, 100)
}

/// GetControl: the only call that tells parameters, and that turns a Regional ARN into the global one
/// (<https://docs.aws.amazon.com/controlcatalog/latest/APIReference/API_GetControl.html>).
pub(super) fn get(_: &mut World, request: &Request) -> Result<Value, AwsError> {
    let arn = request.required("ControlArn");
    let row = table::by_arn(arn).ok_or_else(|| {
        // UNSOURCED words.
        AwsError::new("ResourceNotFoundException", format!("The control {arn} could not be found."))
    })?;
    let mut out = summary(row);
    let parameters: Vec<Value> = row
        .parameters()
        .map(|(name, required)| json!({ "Name": name, "Requirement": requirement(required) }))
        .collect();
    if !parameters.is_empty() {
        out.insert("Parameters".to_owned(), Value::Array(parameters));
    }
    let regional = row.implementation.is_regional();
    let mut regions = json!({ "Scope": if regional { "REGIONAL" } else { "GLOBAL" } });
    if regional {
        // Where a control can be deployed is not told by any source at hand: everywhere, here.
        let all: Vec<&str> = regions::names().collect();
        regions["DeployableRegions"] = json!(all);
    }
    out.insert("RegionConfiguration".to_owned(), regions);
    Ok(Value::Object(out))
}

const fn requirement(required: bool) -> &'static str {
    if required { "REQUIRED" } else { "OPTIONAL" }
}

fn summary(row: &Control) -> Map<String, Value> {
    let [kind, behavior] = row.implementation.words();
    let mut implementation = json!({ "Type": kind });
    if let Some(identifier) = &row.identifier {
        implementation["Identifier"] = json!(identifier);
    }
    let needs = match row.parameters().map(|(_, required)| required).max() {
        None => "NONE",
        Some(required) => requirement(required),
    };
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| out.insert(name.to_owned(), value);
    put("Arn", json!(row.arn()));
    put("Aliases", json!([row.alias]));
    put("Name", json!(row.name));
    put("Description", json!(row.name));
    put("Behavior", json!(behavior));
    put("Implementation", implementation);
    put("ParameterRequirementSummary", json!(needs));
    put("GovernedProviders", json!(["AWS"]));
    if let Some(severity) = &row.severity {
        put("Severity", json!(severity));
    }
    let created = row.created.as_ref().and_then(|day| format!("{day}T00:00:00Z").parse::<Timestamp>().ok());
    if let Some(created) = created {
        put("CreateTime", json!(created.as_second()));
    }
    if !row.resources.is_empty() {
        put("GovernedResources", json!(row.resources));
    }
    out
}
