//! GetResourceShares, GetResourceShareAssociations, ListResources, ListPrincipals.
//!
//! In: requests of owners (`SELF`) and of those with whom something is shared (`OTHER-ACCOUNTS`). Out: pages. Sources:
//! <https://docs.aws.amazon.com/ram/latest/APIReference/API_GetResourceShares.html> and its neighbours. Absent: filters by
//! permission.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::associations;
use super::principals::reaches;
use super::refusal::{invalid, no_share};
use super::state::{Association, Share};
use super::{PAGING, resources, shares};

/// Whether a list of the request is absent or holds a value.
fn among(request: &Request, member: &str, value: &str) -> bool {
    let wanted = request.list(member);
    wanted.is_empty() || wanted.iter().any(|wanted| wanted == value)
}

/// Whether a text of the request is absent or is a value.
fn is(request: &Request, member: &str, value: &str) -> bool {
    request.text(member).is_none_or(|wanted| wanted == value)
}

/// Whether a principal of a share that holds and has taken effect reaches an account.
pub(super) fn reached(world: &World, share: &Share, account: &str, now: Timestamp) -> bool {
    let effective = |association: &Association| association.status(now) == "ASSOCIATED";
    let mut principals = share.principals.iter().filter(|(_, association)| effective(association));
    share.deleted.is_none()
        && principals.any(|(principal, _)| reaches(world, &share.owner, principal, account))
}

/// The shares that a request is about, each of which must be there.
fn concerned<'w>(
    world: &'w World,
    request: &'w Request,
    others: bool,
) -> Result<Vec<(&'w String, &'w Share)>, AwsError> {
    let account = &request.caller.account;
    let seen = |share: &Share| {
        if others { reached(world, share, account, request.now) } else { share.owner == *account }
    };
    let shown: Vec<(&String, &Share)> =
        world.ram.shown(&request.region, request.now).filter(|(_, share)| seen(share)).collect();
    for wanted in request.list("resourceShareArns").iter().filter_map(Value::as_str) {
        if !shown.iter().any(|(arn, _)| *arn == wanted) {
            return Err(no_share(wanted));
        }
    }
    Ok(shown.into_iter().filter(|(arn, _)| among(request, "resourceShareArns", arn)).collect())
}

fn others(request: &Request) -> bool {
    request.required("resourceOwner") == "OTHER-ACCOUNTS"
}

pub(super) fn shares(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let tagged = |share: &Share| {
        request.list("tagFilters").iter().all(|filter| {
            let value = filter["tagKey"].as_str().and_then(|key| share.tags.get(key));
            let wanted = filter["tagValues"].as_array();
            value.is_some_and(|value| {
                wanted.is_none_or(|all| all.is_empty() || all.iter().any(|one| one == value))
            })
        })
    };
    let mut found = concerned(world, request, others(request))?;
    found.retain(|(_, share)| {
        is(request, "name", &share.name)
            && is(request, "resourceShareStatus", share.status())
            && tagged(share)
    });
    PAGING.page(request, "resourceShares", found, |(arn, share)| shares::view(arn, share))
}

pub(super) fn associations(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let kind = request.required("associationType");
    let (asked, other) =
        if kind == "RESOURCE" { ("resourceArn", "principal") } else { ("principal", "resourceArn") };
    if request.text(other).is_some() {
        return Err(invalid(format!("You cannot specify {other} with the association type {kind}.")));
    }
    let mut found = Vec::new();
    for (arn, share) in concerned(world, request, false)? {
        let among = if kind == "RESOURCE" { &share.resources } else { &share.principals };
        let wanted = among.keys().filter(|entity| is(request, asked, entity));
        found.extend(wanted.filter_map(|entity| associations::view(arn, share, kind, entity, request.now)));
    }
    found.retain(|view| is(request, "associationStatus", view["status"].as_str().unwrap_or_default()));
    PAGING.page(request, "resourceShareAssociations", found, |view| view)
}

pub(super) fn resources(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let mut found = Vec::new();
    for (share_arn, share) in concerned(world, request, others(request))? {
        if request.text("principal").is_some_and(|principal| !share.principals.contains_key(principal)) {
            continue;
        }
        for (arn, association) in share.resources.iter().filter(|(_, association)| association.holds()) {
            let Some(kind) = resources::of(arn) else { continue };
            let wanted =
                request.text("resourceType").is_none_or(|wanted| wanted.eq_ignore_ascii_case(&kind.name));
            if wanted && among(request, "resourceArns", arn) {
                found.push(json!({
                    "arn": arn,
                    "type": kind.name,
                    "resourceShareArn": share_arn,
                    "status": if association.status(request.now) == "ASSOCIATED" { "AVAILABLE" } else { "PENDING" },
                    "creationTime": epoch(association.since),
                    "lastUpdatedTime": epoch(association.updated(request.now)),
                    "resourceRegionScope": "REGIONAL",
                }));
            }
        }
    }
    PAGING.page(request, "resources", found, |view| view)
}

/// Of shares of others, the principals are their owners.
pub(super) fn principals(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let mut found = Vec::new();
    for (arn, share) in concerned(world, request, others(request))? {
        if request.text("resourceArn").is_some_and(|resource| !share.resources.contains_key(resource)) {
            continue;
        }
        let view = |id: &str, since, updated, external: bool| {
            json!({
                "id": id,
                "resourceShareArn": arn,
                "creationTime": epoch(since),
                "lastUpdatedTime": epoch(updated),
                "external": external,
            })
        };
        if others(request) {
            found.push(view(&share.owner, share.created, share.updated, false));
            continue;
        }
        let held = share.principals.iter().filter(|(_, association)| association.holds());
        for (id, association) in held.filter(|(id, _)| among(request, "principals", id)) {
            found.push(view(id, association.since, association.updated(request.now), association.external));
        }
    }
    PAGING.page(request, "principals", found, |view| view)
}
