//! Leave for aggregators elsewhere: PutAggregationAuthorization, DescribeAggregationAuthorizations,
//! DeleteAggregationAuthorization.
//!
//! Source: the API model. Within an organization nobody needs one. Absent: requests that wait for leave.

use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::state::Authorization;
use super::{PAGES, tags};

fn view(request: &Request, authorization: &Authorization) -> Value {
    let (account, region) = (&authorization.account, &authorization.region);
    json!({
        "AggregationAuthorizationArn": format!(
            "arn:aws:config:{}:{}:aggregation-authorization/{account}/{region}",
            request.region, request.caller.account
        ),
        "AuthorizedAccountId": account,
        "AuthorizedAwsRegion": region,
        "CreationTime": epoch(authorization.created),
    })
}

pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (account, region) =
        (request.required("AuthorizedAccountId"), request.required("AuthorizedAwsRegion"));
    let all = &mut world.config.place_mut(&request.caller.account, &request.region).authorizations;
    if let Some(known) = all.iter().find(|known| known.account == account && known.region == region) {
        return Ok(json!({ "AggregationAuthorization": view(request, known) }));
    }
    let fresh = Authorization {
        account: account.to_owned(),
        region: region.to_owned(),
        created: request.now,
        tags: tags::given(request),
    };
    let view = view(request, &fresh);
    all.push(fresh);
    Ok(json!({ "AggregationAuthorization": view }))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = world.config.place(&request.caller.account, &request.region);
    let all = place.into_iter().flat_map(|place| &place.authorizations).collect();
    PAGES.page(request, "AggregationAuthorizations", all, |one| view(request, one))
}

/// One that is not there is no error: the model declares none.
pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (account, region) =
        (request.required("AuthorizedAccountId"), request.required("AuthorizedAwsRegion"));
    let all = &mut world.config.place_mut(&request.caller.account, &request.region).authorizations;
    all.retain(|known| known.account != account || known.region != region);
    Ok(json!({}))
}
