//! AssociateResourceShare, DisassociateResourceShare.
//!
//! In: requests of the owner. Out: what a share shares, and with whom. Both take effect after a moment, during which they
//! are ASSOCIATING and DISASSOCIATING; how long it is, is UNSOURCED. What is associated already stays as it is, and what is
//! not there to be taken away is refused (UNSOURCED, too). Absent: source constraints.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::principals::is_external;
use super::refusal::{invalid, only_within, unknown};
use super::resources::shareable;
use super::shares::{answer, own};
use super::state::{Association, Share};

/// How long an association is under way.
const UNDER_WAY: Duration = Duration::from_secs(5);

/// What a request wants to share and with whom, found good.
pub(super) struct Asked {
    resources: Vec<String>,
    /// With whether it is outside the organization.
    principals: Vec<(String, bool)>,
}

fn texts<'r>(request: &'r Request, member: &str) -> impl Iterator<Item = &'r str> {
    request.list(member).iter().filter_map(Value::as_str)
}

impl Asked {
    /// Reads a request for a share that is open to outsiders, or not.
    ///
    /// # Errors
    /// If something cannot be shared, or not with somebody.
    pub(super) fn of(world: &World, request: &Request, external: bool) -> Result<Self, AwsError> {
        let owner = &request.caller.account;
        let mut resources = Vec::new();
        let mut within = false;
        for arn in texts(request, "resourceArns") {
            within |= shareable(request, arn)?.within_only;
            resources.push(arn.to_owned());
        }
        let mut principals = Vec::new();
        for principal in texts(request, "principals") {
            let outside = is_external(world, owner, principal, external)?;
            if outside && within {
                return Err(only_within());
            }
            principals.push((principal.to_owned(), outside));
        }
        Ok(Self { resources, principals })
    }
}

/// Adds what was asked to a share.
pub(super) fn join(world: &mut World, share: &mut Share, asked: &Asked, now: Timestamp) {
    let ready = world.end_of(now, UNDER_WAY);
    let new = |external: bool| Association {
        since: now,
        // Nobody accepts an invitation here.
        ready: if external { Timestamp::MAX } else { ready },
        ended: None,
        external,
    };
    for arn in &asked.resources {
        let known = share.resources.get(arn).is_some_and(Association::holds);
        if !known {
            share.resources.insert(arn.clone(), new(false));
        }
    }
    for (principal, outside) in &asked.principals {
        let known = share.principals.get(principal).is_some_and(Association::holds);
        if !known {
            share.principals.insert(principal.clone(), new(*outside));
        }
    }
}

/// An association as answers show it.
pub(super) fn view(arn: &str, share: &Share, kind: &str, entity: &str, now: Timestamp) -> Option<Value> {
    let among = if kind == "RESOURCE" { &share.resources } else { &share.principals };
    let association = among.get(entity)?;
    Some(json!({
        "resourceShareArn": arn,
        "resourceShareName": share.name,
        "associatedEntity": entity,
        "associationType": kind,
        "status": association.status(now),
        "creationTime": epoch(association.since),
        "lastUpdatedTime": epoch(association.updated(now)),
        "external": association.external,
    }))
}

/// The associations that a request names.
fn named(request: &Request, share: &Share) -> Value {
    let arn = request.required("resourceShareArn");
    let resources =
        texts(request, "resourceArns").filter_map(|entity| view(arn, share, "RESOURCE", entity, request.now));
    let principals =
        texts(request, "principals").filter_map(|entity| view(arn, share, "PRINCIPAL", entity, request.now));
    resources.chain(principals).collect()
}

fn says_something(request: &Request) -> Result<(), AwsError> {
    if texts(request, "resourceArns").chain(texts(request, "principals")).next().is_none() {
        return Err(invalid("You must specify at least one resource or principal."));
    }
    Ok(())
}

pub(super) fn associate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    says_something(request)?;
    let mut share = own(world, request)?.clone();
    let asked = Asked::of(world, request, share.external)?;
    join(world, &mut share, &asked, request.now);
    share.updated = request.now;
    let answer = answer(request, "resourceShareAssociations", named(request, &share));
    *own(world, request)? = share;
    Ok(answer)
}

pub(super) fn disassociate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    says_something(request)?;
    let gone = world.end_of(request.now, UNDER_WAY);
    let share = own(world, request)?;
    for (member, among) in [("resourceArns", &share.resources), ("principals", &share.principals)] {
        for entity in texts(request, member) {
            if !among.get(entity).is_some_and(Association::holds) {
                return Err(unknown(format!("{entity} is not associated with the resource share.")));
            }
        }
    }
    for (member, among) in [("resourceArns", &mut share.resources), ("principals", &mut share.principals)] {
        for entity in texts(request, member) {
            if let Some(association) = among.get_mut(entity) {
                association.ended = Some((request.now, gone));
            }
        }
    }
    share.updated = request.now;
    let named = named(request, share);
    Ok(answer(request, "resourceShareAssociations", named))
}
