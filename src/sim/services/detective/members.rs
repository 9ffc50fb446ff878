//! Members of a graph: taken, listed, started and let go of by its administrator; the organization's settings.
//!
//! Source: <https://docs.aws.amazon.com/detective/latest/APIReference/API_CreateMembers.html> and its neighbours. An
//! account of the organization is enabled when Detective can tell how much data it has, which it learns from GuardDuty:
//! else it stays ACCEPTED_BUT_DISABLED for VOLUME_UNKNOWN, as the model says of accounts that are not enrolled in
//! GuardDuty, until StartMonitoringMember finds otherwise. GuardDuty must have run for 48 hours in the administrator's
//! account (AWS's Security Reference Architecture). UNSOURCED: that both together are the whole rule, and the words.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::membership::{self, Unfit};
use crate::sim::world::World;

use super::refusal::{denied, invalid};
use super::state::Member;
use super::{PAGING, administrator, graphs};

/// Members of a graph (<https://docs.aws.amazon.com/detective/latest/userguide/regions-limitations.html>).
const MOST: usize = 1_200;
/// How long GuardDuty must have run.
const RUNNING: Duration = Duration::from_secs(48 * 3600);

/// Whether Detective can tell how much data an account has.
fn volume_known(world: &World, holder: &str, account: &str, region: &str, now: Timestamp) -> bool {
    let ripe = world.guardduty.detector(holder, region).is_some_and(|one| later(one.created, RUNNING) <= now);
    ripe && world.guardduty.detector(account, region).is_some_and(|one| one.enabled)
}

/// Takes an account of the organization.
fn enrol(world: &mut World, holder: &str, account: &str, region: &str, now: Timestamp) -> Result<(), Unfit> {
    let candidate = membership::candidate(world, holder, account, true)?;
    let enabled = volume_known(world, holder, account, region, now);
    let Some(graph) = world.detective.graphs.get_mut(holder, region) else { return Err(Unfit::Stranger) };
    if graph.members.len() >= MOST {
        return Err(Unfit::Full);
    }
    graph.members.insert(account.to_owned(), Member { email: candidate.email, enabled, updated: now });
    Ok(())
}

/// Whether the caller's graph is that of its organization.
fn is_organizations(world: &World, request: &Request) -> bool {
    let caller = request.caller.account.as_str();
    administrator::holder(world, caller, &request.region).as_deref() == Some(caller)
}

/// Only accounts of the organization are simulated, which are not invited.
pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    graphs::named(world, request)?;
    if !is_organizations(world, request) {
        return Err(denied());
    }
    let (caller, region) = (request.caller.account.clone(), request.region.clone());
    let (mut taken, mut left) = (Vec::new(), Vec::new());
    for account in request.list("Accounts").iter().filter_map(|one| one["AccountId"].as_str()) {
        let known = graphs::named(world, request)?.members.contains_key(account);
        let result = match known {
            true => Err("the account is already a member".to_owned()),
            false => {
                enrol(world, &caller, account, &region, request.now).map_err(|unfit| unfit.why().to_owned())
            }
        };
        match result {
            Ok(()) => taken.push(account.to_owned()),
            Err(why) => left.push(
                json!({ "AccountId": account, "Reason": format!("The request failed because {why}.") }),
            ),
        }
    }
    let graph = graphs::named(world, request)?;
    let views: Vec<Value> =
        taken.iter().filter_map(|id| Some(view(request, id, graph.members.get(id)?))).collect();
    Ok(json!({ "Members": views, "UnprocessedAccounts": left }))
}

fn view(request: &Request, id: &str, member: &Member) -> Value {
    let mut view = Map::new();
    view.insert("AccountId".into(), json!(id));
    view.insert("EmailAddress".into(), json!(member.email));
    view.insert("GraphArn".into(), json!(request.required("GraphArn")));
    view.insert("MasterId".into(), json!(request.caller.account));
    view.insert("AdministratorId".into(), json!(request.caller.account));
    view.insert("Status".into(), json!(if member.enabled { "ENABLED" } else { "ACCEPTED_BUT_DISABLED" }));
    view.insert("InvitationType".into(), json!("ORGANIZATION"));
    view.insert("UpdatedTime".into(), json!(epoch(member.updated)));
    if !member.enabled {
        view.insert("DisabledReason".into(), json!("VOLUME_UNKNOWN"));
    }
    Value::Object(view)
}

/// Who has left the organization is no member any more.
fn current(world: &World, request: &Request, id: &str) -> bool {
    let organization = world.organizations.of(&request.caller.account);
    organization.is_some_and(|organization| organization.account(id).is_some())
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let graph = graphs::named(world, request)?;
    let shown = graph.members.iter().filter(|(id, _)| current(world, request, id)).collect();
    PAGING.page(request, "MemberDetails", shown, |(id, member)| view(request, id, member))
}

/// Those named that are members; the others are told.
fn split(world: &World, request: &Request) -> Result<(Vec<String>, Vec<Value>), AwsError> {
    let graph = graphs::named(world, request)?;
    let named = request.list("AccountIds").iter().filter_map(Value::as_str);
    let (found, left): (Vec<&str>, Vec<&str>) = named.partition(|id| graph.members.contains_key(*id));
    let untold = |id: &str| json!({ "AccountId": id, "Reason": "The account is not a member." });
    Ok((found.into_iter().map(str::to_owned).collect(), left.into_iter().map(untold).collect()))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (found, left) = split(world, request)?;
    let graph = graphs::named(world, request)?;
    let views: Vec<Value> =
        found.iter().filter_map(|id| Some(view(request, id, graph.members.get(id)?))).collect();
    Ok(json!({ "MemberDetails": views, "UnprocessedAccounts": left }))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (found, left) = split(world, request)?;
    let graph = graphs::named_mut(world, request)?;
    for id in &found {
        graph.members.remove(id);
    }
    Ok(json!({ "AccountIds": found, "UnprocessedAccounts": left }))
}

/// Nothing changes for an account that Detective still cannot tell the volume of, and no error says so.
pub(super) fn start(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let id = request.required("AccountId").to_owned();
    let graph = graphs::named(world, request)?;
    let member = graph.members.get(&id).ok_or_else(|| invalid("the account is not a member"))?;
    if member.enabled {
        return Err(AwsError::new("ConflictException", "The member account is enabled already."));
    }
    let known = volume_known(world, &request.caller.account, &id, &request.region, request.now);
    let now = request.now;
    if let Some(member) = graphs::named_mut(world, request)?.members.get_mut(&id).filter(|_| known) {
        (member.enabled, member.updated) = (true, now);
    }
    Ok(json!({}))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let graph = graphs::named(world, request).map_err(|_| denied())?;
    if !is_organizations(world, request) {
        return Err(denied());
    }
    Ok(json!({ "AutoEnable": graph.auto_enable }))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    if !is_organizations(world, request) {
        return Err(denied());
    }
    let graph = graphs::named_mut(world, request).map_err(|_| denied())?;
    graph.auto_enable = request.boolean("AutoEnable").unwrap_or(graph.auto_enable);
    Ok(json!({}))
}

/// An account of an organization does not leave by itself, as the model says.
pub(super) fn leave(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (account, arn) = (&request.caller.account, request.required("GraphArn"));
    let is_member = world.detective.graphs.iter().any(|(region, owner, graph)| {
        graphs::arn(owner, region, graph) == arn && graph.members.contains_key(account)
    });
    match is_member {
        true => Err(invalid("an organization account cannot be removed from the behavior graph by itself")),
        false => Err(super::refusal::missing()),
    }
}

/// An account has joined an organization: in each Region whose administrator wants it, it becomes a member.
pub(crate) fn account_joined(world: &mut World, account: &str, now: Timestamp) {
    for region in world.detective.graphs.regions() {
        let Some(holder) = administrator::holder(world, account, &region) else { continue };
        if world.detective.graphs.get(&holder, &region).is_some_and(|graph| graph.auto_enable) {
            // Nobody asked, so nobody is told of an account that cannot be a member.
            let _ = enrol(world, &holder, account, &region, now);
        }
    }
}
