//! Members: made, listed and let go by their administrator.
//!
//! Source: <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_CreateMembers.html> and its neighbours: an account
//! of the organization gets its hub with the membership, except for the management account, which must have one. Accounts
//! of an organization are disassociated, not deleted. Absent: invitations.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::membership::{self, Member, Relation, Unfit};
use crate::sim::world::World;

use super::{MEMBERS, gate, hubs, standards};

/// Makes an account of the organization a member. The reasons' words are UNSOURCED.
pub(super) fn enrol(
    world: &mut World,
    holder: &str,
    account: &str,
    region: &str,
    now: Timestamp,
) -> Result<(), Unfit> {
    let subscribed = world.security_hub.hub(account, region).is_some();
    let candidate = membership::candidate(world, holder, account, subscribed)?;
    let known = world.security_hub.accounts.get(holder);
    let usual = known.and_then(|known| known.local.get(region)).is_some_and(|local| local.standards);
    if !subscribed {
        hubs::open(world, account, region, now);
        if usual {
            standards::enable_default(world, account, region, now);
        }
    }
    let members = world.security_hub.account_mut(holder).members.entry(region.to_owned()).or_default();
    let member = Member { email: candidate.email, relation: Relation::Enabled, updated: now };
    members.insert(account.to_owned(), member);
    Ok(())
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::administrator(world, request)?;
    let mut unprocessed = Vec::new();
    for detail in request.list("AccountDetails") {
        let account = detail["AccountId"].as_str().unwrap_or_default();
        let enrolled = enrol(world, &request.caller.account, account, &request.region, request.now);
        if let Err(why) = enrolled {
            unprocessed.push(json!({"AccountId": account, "ProcessingResult": words(why)}));
        }
    }
    Ok(json!({ "UnprocessedAccounts": unprocessed }))
}

fn words(why: Unfit) -> String {
    format!("The request was not processed because {}.", why.why())
}

fn view(request: &Request, id: &str, member: &Member) -> Value {
    let mut view = Map::new();
    view.insert("AccountId".into(), json!(id));
    view.insert("MasterId".into(), json!(request.caller.account));
    view.insert("AdministratorId".into(), json!(request.caller.account));
    view.insert("MemberStatus".into(), json!(member.relation.text()));
    view.insert("UpdatedAt".into(), json!(epoch(member.updated)));
    view.insert("Email".into(), json!(member.email));
    Value::Object(view)
}

fn of<'w>(world: &'w World, request: &Request) -> impl Iterator<Item = (&'w String, &'w Member)> {
    let account = world.security_hub.accounts.get(&request.caller.account);
    account.and_then(|account| account.members.get(&request.region)).into_iter().flatten()
}

/// Only associated members unless the request says otherwise, as the model has it.
pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::hub(world, request)?;
    let all = request.boolean("OnlyAssociated") == Some(false);
    let found = of(world, request).filter(|(_, member)| all || member.relation.associated()).collect();
    MEMBERS.page(request, "Members", found, |(id, member)| view(request, id, member))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::hub(world, request)?;
    let (mut found, mut unprocessed) = (Vec::new(), Vec::new());
    for wanted in request.list("AccountIds").iter().filter_map(Value::as_str) {
        match of(world, request).find(|(id, _)| *id == wanted) {
            Some((id, member)) => found.push(view(request, id, member)),
            None => unprocessed
                .push(json!({"AccountId": wanted, "ProcessingResult": "The account is not a member."})),
        }
    }
    Ok(json!({"Members": found, "UnprocessedAccounts": unprocessed}))
}

pub(super) fn disassociate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::administrator(world, request)?;
    let members =
        world.security_hub.account_mut(&request.caller.account).members.entry(request.region.clone());
    let members = members.or_default();
    for id in request.list("AccountIds").iter().filter_map(Value::as_str) {
        if let Some(member) = members.get_mut(id) {
            member.relation = Relation::Removed;
            member.updated = request.now;
        }
    }
    Ok(json!({}))
}

/// Accounts of the organization are told as unprocessed: the model says that they cannot be deleted here.
pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::hub(world, request)?;
    let unprocessed: Vec<Value> = request
        .list("AccountIds")
        .iter()
        .filter_map(Value::as_str)
        .map(|id| json!({"AccountId": id, "ProcessingResult": "An account of an organization cannot be deleted."}))
        .collect();
    Ok(json!({ "UnprocessedAccounts": unprocessed }))
}
