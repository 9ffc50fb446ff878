//! Tags of recorders, aggregators, authorizations, organization rules and packs.
//!
//! In: TagResource, UntagResource, ListTagsForResource. Out: tags in their places. A request that creates gives tags that a
//! repeat does not change (API model). Absent: fifty tags as a limit over several requests.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::PAGES;
use super::refusal::refuse;
use super::state::{Deployed, Place, Tags};

/// The tags that a creating request carries.
pub(super) fn given(request: &Request) -> Tags {
    of(request.list("Tags"))
}

fn of(tags: &[Value]) -> Tags {
    tags.iter()
        .filter_map(|tag| Some((tag["Key"].as_str()?.to_owned(), tag["Value"].as_str()?.to_owned())))
        .collect()
}

/// Where the tags of an ARN are, beside those of what is deployed.
fn place<'p>(place: &'p mut Place, arn: &str) -> Option<&'p mut Tags> {
    if let Some(recorder) = place.recorder.as_mut().filter(|recorder| recorder.arn == arn) {
        return Some(&mut recorder.tags);
    }
    if let Some(linked) = place.linked.values_mut().find(|linked| linked.arn == arn) {
        return Some(&mut linked.tags);
    }
    if let Some(aggregator) = place.aggregators.values_mut().find(|aggregator| aggregator.arn == arn) {
        return Some(&mut aggregator.tags);
    }
    let (_, end) = arn.split_once(":aggregation-authorization/")?;
    let all = &mut place.authorizations;
    all.iter_mut().find(|known| end == format!("{}/{}", known.account, known.region)).map(|one| &mut one.tags)
}

fn deployment<'d>(deployed: &'d mut Deployed, arn: &str) -> Option<&'d mut Tags> {
    let mut all = deployed.rules.values_mut().chain(deployed.packs.values_mut());
    all.find(|deployment| deployment.arn == arn).map(|deployment| &mut deployment.tags)
}

fn tags<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut Tags, AwsError> {
    let arn = request.required("ResourceArn");
    let (account, region) = (&request.caller.account, &request.region);
    let state = &mut *world.config;
    let deployed = state.deployed.get_mut(region).and_then(|all| all.get_mut(account));
    let of_deployment = deployed.and_then(|deployed| deployment(deployed, arn));
    let here = state.regions.get_mut(region).and_then(|all| all.get_mut(account));
    of_deployment
        .or_else(|| here.and_then(|here| place(here, arn)))
        .ok_or_else(|| refuse("ResourceNotFound", format!("The resource {arn} does not exist.")))
}

pub(super) fn tag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let further = of(request.list("Tags"));
    tags(world, request)?.extend(further);
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let tags = tags(world, request)?;
    for key in request.list("TagKeys").iter().filter_map(Value::as_str) {
        tags.remove(key);
    }
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let tags: Vec<(String, String)> = tags(world, request)?.clone().into_iter().collect();
    PAGES.page(request, "Tags", tags, |(key, value)| json!({ "Key": key, "Value": value }))
}
