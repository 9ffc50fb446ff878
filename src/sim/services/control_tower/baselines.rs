//! ListBaselines and GetBaseline: the baselines AWS offers.
//!
//! In: requests. Out: arn, name and description; the API gives no versions. Absent: what is enabled where.
//! UNSOURCED: whether they answer without a landing zone; here they do.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::catalogue::{self, Baseline};
use super::refusal::not_found;
use super::{gate, paging};

/// ListBaselines.
pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::management(world, request)?;
    let items = catalogue::baselines().iter().collect();
    paging::answer(request, "baselines", items, 100, |baseline| summary(baseline, &request.region))
}

/// GetBaseline.
pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::management(world, request)?;
    let arn = request.required("baselineIdentifier");
    catalogue::by_arn(arn, &request.region)
        .map(|baseline| summary(baseline, &request.region))
        .ok_or_else(|| not_found(format!("AWS Control Tower could not find the baseline {arn}.")))
}

fn summary(baseline: &Baseline, region: &str) -> Value {
    json!({ "arn": baseline.arn(region), "name": baseline.name, "description": baseline.description })
}
