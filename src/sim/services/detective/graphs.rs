//! CreateGraph, ListGraphs, DeleteGraph, and the sources of data of a graph.
//!
//! Source: <https://docs.aws.amazon.com/detective/latest/APIReference/API_CreateGraph.html> and its neighbours: an account
//! has at most one graph in a Region, and a repeat answers with it. What the graph is built on, DETECTIVE_CORE, is always
//! on.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::queries;
use crate::sim::world::World;

use super::PAGING;
use super::refusal::missing;
use super::state::Graph;

const CORE: &str = "DETECTIVE_CORE";

/// Makes the graph of an account, unless it has one.
pub(super) fn open(world: &mut World, account: &str, region: &str, now: Timestamp) {
    if world.detective.graphs.get(account, region).is_some() {
        return;
    }
    queries::ensure_service_linked_role(world, account, "detective.amazonaws.com", now);
    let id = world.ids.hex(32);
    let graph =
        Graph { id, created: now, auto_enable: false, sources: BTreeMap::new(), members: BTreeMap::new() };
    world.detective.graphs.put(account, region, graph);
}

pub(super) fn arn(account: &str, region: &str, graph: &Graph) -> String {
    format!("arn:aws:detective:{region}:{account}:graph:{}", graph.id)
}

/// The graph that a request names, which must be the caller's in this Region.
pub(super) fn named<'w>(world: &'w World, request: &Request) -> Result<&'w Graph, AwsError> {
    let (account, region) = (&request.caller.account, &request.region);
    let graph = world.detective.graphs.get(account, region);
    graph.filter(|graph| arn(account, region, graph) == request.required("GraphArn")).ok_or_else(missing)
}

pub(super) fn named_mut<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut Graph, AwsError> {
    named(world, request)?;
    let (account, region) = (&request.caller.account, &request.region);
    world.detective.graphs.get_mut(account, region).ok_or_else(missing)
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (account, region) = (&request.caller.account, &request.region);
    open(world, account, region, request.now);
    let graph = world.detective.graphs.get(account, region).ok_or_else(missing)?;
    Ok(json!({ "GraphArn": arn(account, region, graph) }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (account, region) = (&request.caller.account, &request.region);
    let graph = world.detective.graphs.get(account, region);
    PAGING.page(
        request,
        "GraphList",
        graph.into_iter().collect(),
        |graph| json!({ "Arn": arn(account, region, graph), "CreatedTime": epoch(graph.created) }),
    )
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    named(world, request)?;
    world.detective.graphs.remove(&request.caller.account, &request.region);
    Ok(json!({}))
}

pub(super) fn start_sources(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let now = request.now;
    let graph = named_mut(world, request)?;
    for source in request.list("DatasourcePackages").iter().filter_map(Value::as_str) {
        if source != CORE {
            graph.sources.entry(source.to_owned()).or_insert(now);
        }
    }
    Ok(json!({}))
}

pub(super) fn list_sources(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let graph = named(world, request)?;
    let view = |since: Timestamp| {
        json!({
            "DatasourcePackageIngestState": "STARTED",
            "LastIngestStateChange": { "STARTED": { "Timestamp": epoch(since) } },
        })
    };
    let mut sources = Map::from_iter([(CORE.to_owned(), view(graph.created))]);
    sources.extend(graph.sources.iter().map(|(name, since)| (name.clone(), view(*since))));
    Ok(json!({ "DatasourcePackages": sources }))
}
