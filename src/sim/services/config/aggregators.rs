//! Aggregators: PutConfigurationAggregator, its readers and its deletion.
//!
//! Source: the API model. An aggregator collects from accounts that authorised it or from a whole organization; one of an
//! organization belongs to its management account or its delegated administrator. Control Tower makes one of its own from
//! landing zone 4.0 on (<https://docs.aws.amazon.com/controltower/latest/userguide/config-updates-v4.html>). Absent: what is
//! collected.

use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::organizations::AccountState;
use crate::sim::world::World;

use super::authority::{self, AGGREGATION};
use super::refusal::refuse;
use super::state::Aggregator;
use super::{PAGES, mark, tags};

/// Aggregators per account and Region (<https://docs.aws.amazon.com/config/latest/developerguide/configlimits.html>).
const MOST: usize = 50;
const MEMBERS: [&str; 3] =
    ["AccountAggregationSources", "OrganizationAggregationSource", "AggregatorFilters"];

pub(super) fn invalid(words: &str) -> AwsError {
    refuse("InvalidParameterValue", words)
}

fn unknown() -> AwsError {
    refuse("NoSuchConfigurationAggregator", "The configuration aggregator does not exist.")
}

/// An aggregator's ARN.
pub(super) fn arn(account: &str, region: &str, name: &str) -> String {
    let id = mark(&[account, region, name], 8);
    format!("arn:aws:config:{region}:{account}:config-aggregator/config-aggregator-{id}")
}

/// What the request collects from, which is one kind of source with Regions that are said one way.
fn sources(request: &Request) -> Result<Map<String, Value>, AwsError> {
    let mut sources = request.input.as_object().cloned().unwrap_or_default();
    sources.retain(|member, _| MEMBERS.contains(&member.as_str()));
    let accounts = request.list("AccountAggregationSources").first();
    let organization = request.input.get("OrganizationAggregationSource");
    let source = match (accounts, organization) {
        (Some(source), None) | (None, Some(source)) => source,
        _ => return Err(invalid("You must choose one source type: accounts or an organization.")),
    };
    let all = source["AllAwsRegions"].as_bool().unwrap_or(false);
    let listed = source["AwsRegions"].as_array().is_some_and(|regions| !regions.is_empty());
    if all == listed {
        return Err(invalid("You must choose either all Regions or a list of Regions."));
    }
    Ok(sources)
}

pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let name = request.required("ConfigurationAggregatorName");
    let (account, region) = (&request.caller.account, &request.region);
    let sources = sources(request)?;
    let mut collects_from = None;
    if let Some(source) = sources.get("OrganizationAggregationSource") {
        if !source["RoleArn"].as_str().is_some_and(|role| role.contains(":role/")) {
            return Err(refuse("InvalidRole", "The ARN of the IAM role is null, empty or not valid."));
        }
        collects_from = Some(authority::organization(world, request, AGGREGATION)?.id.clone());
    }
    let place = world.config.place(account, region);
    let known = place.and_then(|place| place.aggregators.get(name)).cloned();
    if known.as_ref().is_some_and(|known| known.made_by.is_some()) {
        return Err(invalid("A service-linked configuration aggregator cannot be updated."));
    }
    let stranger = |known: &Aggregator| known.organization.is_some() && known.organization != collects_from;
    if collects_from.is_some() && known.as_ref().is_some_and(stranger) {
        let words = "The configuration aggregator is associated with a previous AWS Organization. Delete this aggregator and create a new one with the current AWS Organization.";
        return Err(refuse("OrganizationAccessDenied", words));
    }
    if known.is_none() && place.is_some_and(|place| place.aggregators.len() >= MOST) {
        return Err(refuse("LimitExceeded", "The limit of configuration aggregators is reached."));
    }
    if collects_from.is_some() {
        authority::trust(world, account, AGGREGATION, request.now);
    }
    let aggregator = match known {
        Some(known) => Aggregator { sources, updated: request.now, organization: collects_from, ..known },
        None => Aggregator {
            arn: arn(account, region, name),
            sources,
            created: request.now,
            updated: request.now,
            made_by: None,
            organization: collects_from,
            tags: tags::given(request),
            keeper: None,
        },
    };
    let view = view(name, &aggregator);
    world.config.place_mut(account, region).aggregators.insert(name.to_owned(), aggregator);
    Ok(json!({ "ConfigurationAggregator": view }))
}

fn view(name: &str, aggregator: &Aggregator) -> Value {
    let mut view = aggregator.sources.clone();
    view.insert("ConfigurationAggregatorName".into(), json!(name));
    view.insert("ConfigurationAggregatorArn".into(), json!(aggregator.arn));
    view.insert("CreationTime".into(), json!(epoch(aggregator.created)));
    view.insert("LastUpdatedTime".into(), json!(epoch(aggregator.updated)));
    if let Some(service) = &aggregator.made_by {
        view.insert("CreatedBy".into(), json!(service));
    }
    Value::Object(view)
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = world.config.place(&request.caller.account, &request.region);
    let known = place.map(|place| &place.aggregators);
    let names: Vec<&str> =
        request.list("ConfigurationAggregatorNames").iter().filter_map(Value::as_str).collect();
    if names.iter().any(|name| known.is_none_or(|known| !known.contains_key(*name))) {
        return Err(unknown());
    }
    let all = known.into_iter().flatten();
    let found = all.filter(|(name, _)| names.is_empty() || names.contains(&name.as_str())).collect();
    PAGES.page(request, "ConfigurationAggregators", found, |(name, aggregator)| view(name, aggregator))
}

/// One row for the organization and one per account, each in each Region; accounts that record nothing there are FAILED.
/// UNSOURCED: the code of the failure.
pub(super) fn statuses(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (account, region) = (&request.caller.account, &request.region);
    let name = request.required("ConfigurationAggregatorName");
    let place = world.config.place(account, region);
    let aggregator = place.and_then(|place| place.aggregators.get(name)).ok_or_else(unknown)?;
    let regions = regions(aggregator, region);
    let accounts = accounts(world, aggregator);
    let mut rows = Vec::new();
    for region in &regions {
        if aggregator.organization.is_some() {
            let id = aggregator.organization.clone().unwrap_or_default();
            rows.push(row(&id, "ORGANIZATION", region, None, aggregator));
        }
        for source in &accounts {
            let records = world.config.records(source, region);
            let error = (!records).then_some("NoAvailableConfigurationRecorder");
            rows.push(row(source, "ACCOUNT", region, error, aggregator));
        }
    }
    let wanted = request.list("UpdateStatus");
    rows.retain(|row| wanted.is_empty() || wanted.contains(&row["LastUpdateStatus"]));
    PAGES.page(request, "AggregatedSourceStatusList", rows, |row| row)
}

fn row(source: &str, kind: &str, region: &str, error: Option<&str>, aggregator: &Aggregator) -> Value {
    let mut row = json!({
        "SourceId": source,
        "SourceType": kind,
        "AwsRegion": region,
        "LastUpdateStatus": if error.is_some() { "FAILED" } else { "SUCCEEDED" },
        "LastUpdateTime": epoch(aggregator.updated),
    });
    if let Some(error) = error {
        row["LastErrorCode"] = json!(error);
        row["LastErrorMessage"] = json!("AWS Config is not recording in this account and Region.");
    }
    row
}

/// The Regions it collects from; of all Regions this simulator knows no more than its own.
fn regions(aggregator: &Aggregator, own: &str) -> Vec<String> {
    let sources = aggregator.sources.values().flat_map(|source| match source {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    });
    let listed: Vec<String> = sources
        .flat_map(|source| source["AwsRegions"].as_array().cloned().unwrap_or_default())
        .filter_map(|region| region.as_str().map(str::to_owned))
        .collect();
    if listed.is_empty() { vec![own.to_owned()] } else { listed }
}

fn accounts(world: &World, aggregator: &Aggregator) -> Vec<String> {
    if let Some(id) = &aggregator.organization {
        let organization = world.organizations.organizations.get(id);
        let members = organization.into_iter().flat_map(|organization| &organization.accounts);
        let active = members.filter(|(_, member)| member.state == AccountState::Active);
        return active.map(|(account, _)| account.clone()).collect();
    }
    let sources = aggregator.sources["AccountAggregationSources"].as_array().into_iter().flatten();
    let listed = sources.flat_map(|source| source["AccountIds"].as_array().cloned().unwrap_or_default());
    listed.filter_map(|account| account.as_str().map(str::to_owned)).collect()
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let name = request.required("ConfigurationAggregatorName");
    let place = world.config.place_mut(&request.caller.account, &request.region);
    place.aggregators.remove(name).map(|_| json!({})).ok_or_else(unknown)
}
