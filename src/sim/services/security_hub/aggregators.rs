//! The finding aggregator of an account: its home Region and the Regions linked to it.
//!
//! Source: <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_CreateFindingAggregator.html> and its neighbours;
//! there is one per account (<https://docs.aws.amazon.com/securityhub/latest/userguide/finding-aggregation.html>), made,
//! changed and deleted in the home Region. The words of the refusals, and the code of a second one, are UNSOURCED.

use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::account::regions as known;
use crate::sim::world::World;

use super::refusal::{invalid, limit, missing, no_access};
use super::state::Aggregator;
use super::{PAGING, gate};

impl Aggregator {
    /// The Regions that are linked, as far as an account can use them.
    pub(super) fn linked(&self, world: &World, owner: &str) -> Vec<String> {
        let named = |region: &str| self.regions.iter().any(|name| name == region);
        let fits = |region: &str| match self.mode.as_str() {
            "ALL_REGIONS" => true,
            "ALL_REGIONS_EXCEPT_SPECIFIED" => !named(region),
            "SPECIFIED_REGIONS" => named(region),
            _ => false,
        };
        let all = known::region_names().filter(|region| *region != self.home && fits(region));
        all.filter(|region| known::is_usable(world, owner, region)).map(str::to_owned).collect()
    }
}

fn view(aggregator: &Aggregator) -> Value {
    let mut view = Map::new();
    view.insert("FindingAggregatorArn".into(), json!(aggregator.arn));
    view.insert("FindingAggregationRegion".into(), json!(aggregator.home));
    view.insert("RegionLinkingMode".into(), json!(aggregator.mode));
    if !aggregator.regions.is_empty() {
        view.insert("Regions".into(), json!(aggregator.regions));
    }
    Value::Object(view)
}

/// The mode and Regions of a request.
fn linking(request: &Request) -> Result<(String, Vec<String>), AwsError> {
    let mode = request.required("RegionLinkingMode");
    let regions: Vec<String> =
        request.list("Regions").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let fits = match mode {
        "ALL_REGIONS" | "NO_REGIONS" => regions.is_empty(),
        "ALL_REGIONS_EXCEPT_SPECIFIED" | "SPECIFIED_REGIONS" => !regions.is_empty(),
        _ => return Err(invalid(format!("{mode} is not a Region linking mode."))),
    };
    if !fits {
        return Err(invalid(format!("The Regions do not fit the Region linking mode {mode}.")));
    }
    if let Some(unknown) = regions.iter().find(|region| !known::region_names().any(|name| name == *region)) {
        return Err(invalid(format!("{unknown} is not a Region.")));
    }
    Ok((mode.to_owned(), regions))
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::hub(world, request)?;
    let (mode, regions) = linking(request)?;
    let (account, home) = (&request.caller.account, &request.region);
    if world.security_hub.accounts.get(account).is_some_and(|kept| kept.aggregator.is_some()) {
        return Err(limit("An account can have one finding aggregator."));
    }
    let arn = format!("arn:aws:securityhub:{home}:{account}:finding-aggregator/{}", world.ids.uuid());
    let aggregator = Aggregator { arn, home: home.clone(), mode, regions };
    let view = view(&aggregator);
    world.security_hub.account_mut(account).aggregator = Some(aggregator);
    Ok(view)
}

/// Listed from any Region, as the model says.
pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::hub(world, request)?;
    let account = world.security_hub.accounts.get(&request.caller.account);
    let found = account.and_then(|account| account.aggregator.as_ref()).into_iter().collect();
    PAGING.page(
        request,
        "FindingAggregators",
        found,
        |aggregator: &Aggregator| json!({ "FindingAggregatorArn": aggregator.arn }),
    )
}

fn named<'w>(world: &'w World, request: &Request) -> Result<&'w Aggregator, AwsError> {
    gate::hub(world, request)?;
    let account = world.security_hub.accounts.get(&request.caller.account);
    let found = account.and_then(|account| account.aggregator.as_ref());
    let arn = request.required("FindingAggregatorArn");
    found
        .filter(|aggregator| aggregator.arn == arn)
        .ok_or_else(|| missing(format!("The finding aggregator {arn} does not exist.")))
}

fn at_home<'w>(world: &'w World, request: &Request) -> Result<&'w Aggregator, AwsError> {
    let aggregator = named(world, request)?;
    if aggregator.home == request.region {
        return Ok(aggregator);
    }
    Err(no_access(format!("The operation is available in the home Region, {}, only.", aggregator.home)))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    named(world, request).map(view)
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (mode, regions) = linking(request)?;
    let aggregator = Aggregator { mode, regions, ..at_home(world, request)?.clone() };
    let view = view(&aggregator);
    world.security_hub.account_mut(&request.caller.account).aggregator = Some(aggregator);
    Ok(view)
}

/// UNSOURCED: that central configuration keeps the aggregator it is built on.
pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    at_home(world, request)?;
    let account = world.security_hub.account_mut(&request.caller.account);
    if account.central.is_some() {
        return Err(invalid("The finding aggregator is in use by central configuration."));
    }
    account.aggregator = None;
    Ok(json!({}))
}
