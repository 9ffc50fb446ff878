//! Recorders that services make for themselves: always recording, beside the account's own.
//!
//! In: PutServiceLinkedConfigurationRecorder and DeleteServiceLinkedConfigurationRecorder. Out: one recorder per service
//! principal. Source: the API model. UNSOURCED: which principals there are beside those below, and the words. Absent:
//! recorders of other clouds.

use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::queries;
use crate::sim::world::World;

use super::recorders::{self, RESERVED};
use super::refusal::{no_recorder, refuse};
use super::state::{Linked, Place};
use super::tags;

/// The services that have recorders, and what their recorder's name ends in. The last is told by
/// <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-setup-prereqs.html>.
const SERVICES: [(&str, &str); 2] = [
    ("observabilityadmin.amazonaws.com", "ObservabilityAdmin"),
    ("securityhub.amazonaws.com", "SecurityHubCSPM"),
];

/// Views and standings, as the readers of recorders give them.
pub(super) fn views(place: Option<&Place>) -> Vec<(Value, Value)> {
    let all = place.into_iter().flat_map(|place| &place.linked);
    all.map(|(principal, linked)| {
        let view = json!({
            "arn": linked.arn,
            "name": linked.name,
            "servicePrincipal": principal,
            "recordingScope": "INTERNAL",
        });
        let standing = json!({
            "arn": linked.arn,
            "name": linked.name,
            "servicePrincipal": principal,
            "recording": true,
            "lastStartTime": epoch(linked.created),
            "lastStatus": "NotApplicable",
        });
        (view, standing)
    })
    .collect()
}

pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let principal = request.required("ServicePrincipal");
    let (account, region) = (&request.caller.account, &request.region);
    let Some((_, end)) = SERVICES.iter().find(|(known, _)| *known == principal) else {
        return Err(refuse("Validation", format!("The service principal {principal} is not valid.")));
    };
    let known = world.config.place(account, region).is_some_and(|place| place.linked.contains_key(principal));
    if known {
        let words = "A service-linked recorder already exists for the specified service.";
        return Err(refuse("Conflict", words));
    }
    queries::ensure_service_linked_role(world, account, "config.amazonaws.com", request.now);
    let name = format!("{RESERVED}{end}");
    let arn = recorders::arn(account, region, &name);
    let linked =
        Linked { name: name.clone(), arn: arn.clone(), created: request.now, tags: tags::given(request) };
    world.config.place_mut(account, region).linked.insert(principal.to_owned(), linked);
    Ok(json!({ "Arn": arn, "Name": name }))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = world.config.place_mut(&request.caller.account, &request.region);
    let (principal, arn) = (request.text("ServicePrincipal"), request.text("Arn"));
    let found = place.linked.iter().find(|(known, linked)| {
        principal == Some(known.as_str()) || (principal.is_none() && arn == Some(linked.arn.as_str()))
    });
    let Some(principal) = found.map(|(principal, _)| principal.clone()) else {
        return Err(no_recorder(principal.or(arn).unwrap_or_default()));
    };
    let gone = place.linked.remove(&principal).ok_or_else(|| no_recorder(&principal))?;
    Ok(json!({ "Arn": gone.arn, "Name": gone.name }))
}
