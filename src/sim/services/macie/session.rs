//! EnableMacie, GetMacieSession, UpdateMacieSession, DisableMacie.
//!
//! Source: <https://docs.aws.amazon.com/macie/latest/APIReference/macie.html>. A member of an organization neither
//! pauses nor disables Macie: its administrator does
//! (<https://docs.aws.amazon.com/macie/latest/user/accounts-mgmt-relationships.html>).

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::queries;
use crate::sim::world::World;

use super::members;
use super::refusal::{conflict, invalid, not_enabled};
use super::state::Session;

/// Where Macie may pause the caller's own, and the answer when it is a member.
const MANAGED: &str = "Macie is managed by the administrator of the organization.";

/// Switches Macie on in an account, unless it is.
pub(super) fn open(world: &mut World, account: &str, region: &str, now: Timestamp) {
    if world.macie.places.get(account, region).is_some_and(|place| place.session.is_some()) {
        return;
    }
    queries::ensure_service_linked_role(world, account, "macie.amazonaws.com", now);
    let session =
        Session { paused: false, frequency: "FIFTEEN_MINUTES".to_owned(), created: now, updated: now };
    world.macie.places.of(account, region).session = Some(session);
}

/// The caller's session in this Region.
pub(super) fn of<'w>(world: &'w World, request: &Request) -> Result<&'w Session, AwsError> {
    let place = world.macie.places.get(&request.caller.account, &request.region);
    place.and_then(|place| place.session.as_ref()).ok_or_else(not_enabled)
}

pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    if of(world, request).is_ok() {
        return Err(conflict("Macie has already been enabled."));
    }
    let (account, region) = (&request.caller.account, &request.region);
    open(world, account, region, request.now);
    set(world, request);
    Ok(json!({}))
}

fn set(world: &mut World, request: &Request) {
    let place = world.macie.places.of(&request.caller.account, &request.region);
    let Some(session) = &mut place.session else { return };
    if let Some(frequency) = request.text("findingPublishingFrequency") {
        frequency.clone_into(&mut session.frequency);
    }
    if let Some(status) = request.text("status") {
        session.paused = status == "PAUSED";
    }
    session.updated = request.now;
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let session = of(world, request)?;
    let account = &request.caller.account;
    Ok(json!({
        "createdAt": epoch(session.created),
        "updatedAt": epoch(session.updated),
        "findingPublishingFrequency": session.frequency,
        "serviceRole": format!(
            "arn:aws:iam::{account}:role/aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie"
        ),
        "status": if session.paused { "PAUSED" } else { "ENABLED" },
    }))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    of(world, request)?;
    let pauses = request.text("status") == Some("PAUSED");
    if pauses && members::administrator(world, &request.caller.account, &request.region).is_some() {
        return Err(invalid(MANAGED.trim_end_matches('.')));
    }
    set(world, request);
    Ok(json!({}))
}

/// Neither a member nor who has members, as the model says of ConflictException in general; UNSOURCED in detail.
pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    of(world, request)?;
    let (account, region) = (&request.caller.account, &request.region);
    if members::administrator(world, account, region).is_some() {
        return Err(conflict(
            "Macie cannot be disabled while the account is associated with an administrator.",
        ));
    }
    let place = world.macie.places.of(account, region);
    if place.members.values().any(|member| member.relation.associated()) {
        return Err(conflict("Macie cannot be disabled while the account has member accounts."));
    }
    place.session = None;
    Ok(json!({}))
}
