//! ListTags, TagResource, UntagResource, and the tags of creating requests.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_TagResource.html>; fifty tags at most, no key of
//! AWS's own. UNSOURCED words.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::refusal::{invalid_value, not_found};
use super::state::{State, Tags};

const MOST: usize = 50;

/// The tags of a member of a request.
pub(super) fn given(request: &Request, member: &str) -> Result<Tags, AwsError> {
    let given = request.input.get(member).and_then(Value::as_object).into_iter().flatten();
    let tags: Tags =
        given.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect();
    if tags.len() > MOST {
        return Err(invalid_value(format!("A resource can have {MOST} tags at most.")));
    }
    if tags.keys().any(|key| key.is_empty() || key.to_ascii_lowercase().starts_with("aws:")) {
        return Err(invalid_value("A tag key must not be empty and must not begin with aws:."));
    }
    Ok(tags)
}

/// The tags of whatever an ARN names.
fn of<'s>(state: &'s mut State, account: &str, region: &str, arn: &str) -> Option<&'s mut Tags> {
    let testing = state.testing.get_mut(region).and_then(|accounts| accounts.get_mut(account));
    let mut plans = testing.into_iter().flat_map(BTreeMap::values_mut);
    if let Some(plan) = plans.find(|plan| plan.arn == arn) {
        return Some(&mut plan.tags);
    }
    let place = state.regions.get_mut(region)?.get_mut(account)?;
    let id = arn.rsplit(':').next().unwrap_or_default();
    if arn.contains(":backup-plan:") {
        return place.plans.get_mut(id).map(|plan| &mut plan.tags);
    }
    let audits = place.reports.values_mut().chain(place.frameworks.values_mut());
    let audits = audits.map(|audit| (&audit.arn, &mut audit.tags));
    let holds = place.holds.values_mut().map(|hold| (&hold.arn, &mut hold.tags));
    let vaults = place.vaults.values_mut().flat_map(|vault| {
        let points = vault.points.iter_mut().map(|(arn, point)| (arn, &mut point.tags));
        points.chain([(&vault.arn, &mut vault.tags)])
    });
    audits.chain(holds).chain(vaults).find(|(known, _)| *known == arn).map(|(_, tags)| tags)
}

fn named<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut Tags, AwsError> {
    let arn = request.required("ResourceArn");
    let found = of(&mut world.backup, &request.caller.account, &request.region, arn);
    found.ok_or_else(|| not_found(format!("Cannot find the resource {arn}.")))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    Ok(json!({ "Tags": named(world, request)? }))
}

pub(super) fn tag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let given = given(request, "Tags")?;
    let tags = named(world, request)?;
    let mut all = tags.clone();
    all.extend(given);
    if all.len() > MOST {
        return Err(invalid_value(format!("A resource can have {MOST} tags at most.")));
    }
    *tags = all;
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let keys: Vec<&str> = request.list("TagKeyList").iter().filter_map(Value::as_str).collect();
    named(world, request)?.retain(|key, _| !keys.contains(&key.as_str()));
    Ok(json!({}))
}
