//! AssociateMember, DisassociateMember, GetMember, ListMembers.
//!
//! Source: <https://docs.aws.amazon.com/inspector/v2/APIReference/API_AssociateMember.html> and its neighbours: an
//! answer says that the association was begun, not that it is there. How long it takes is UNSOURCED: half a minute here.
//! An account that is associated gets no scan by that (UNSOURCED): what is set for the organization is for those that
//! join it. The management account becomes a member only when Inspector is on in it, or stays
//! `CANNOT_CREATE_DETECTOR_IN_ORG_MASTER`, a word of the model.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::membership::{self, Member, Relation, Unfit};
use crate::sim::world::World;

use super::refusal::{denied, invalid};
use super::{PAGING, administrator as office, scans};

const ASSOCIATION: Duration = Duration::from_secs(30);

/// Members of an administrator in a Region
/// (<https://docs.aws.amazon.com/inspector/latest/user/managing-multiple-accounts.html>).
pub(super) const MOST: usize = 10_000;

/// The caller administers Inspector of its organization, and Inspector is on in it.
pub(super) fn must_administer(world: &World, request: &Request) -> Result<(), AwsError> {
    let (caller, region) = (request.caller.account.as_str(), &request.region);
    let holds = office::holder(world, caller, region).as_deref() == Some(caller);
    if holds && scans::is_on(world, caller, region) { Ok(()) } else { Err(denied()) }
}

fn relation(world: &World, holder: &str, account: &str, region: &str) -> Option<Relation> {
    let roster = world.inspector.places.get(holder, region).map(|place| &place.members);
    membership::relation(world, roster, holder, account)
}

/// The administrator of an account, if it is an associated member of one.
pub(super) fn administrator(world: &World, account: &str, region: &str) -> Option<String> {
    let holder = office::holder(world, account, region)?;
    (holder != account && relation(world, &holder, account, region)?.associated()).then_some(holder)
}

/// Whether an account has associated members.
pub(super) fn has_any(world: &World, holder: &str, region: &str) -> bool {
    let place = world.inspector.places.get(holder, region);
    place.is_some_and(|place| place.members.values().any(|member| member.relation.associated()))
}

/// Takes an account of the organization; it is a member at once, and `since` told as one.
pub(super) fn enrol(
    world: &mut World,
    holder: &str,
    account: &str,
    region: &str,
    since: Timestamp,
) -> Result<(), Unfit> {
    let on = scans::is_on(world, account, region);
    let candidate = membership::candidate(world, holder, account, on)?;
    let place = world.inspector.places.of(holder, region);
    if place.members.len() >= MOST {
        return Err(Unfit::Full);
    }
    let member = Member { email: candidate.email, relation: Relation::Enabled, updated: since };
    place.members.insert(account.to_owned(), member);
    Ok(())
}

/// A repeat is no error (UNSOURCED): the model declares none for it.
pub(super) fn associate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    must_administer(world, request)?;
    let account = request.required("accountId");
    let (caller, region) = (&request.caller.account, &request.region);
    if relation(world, caller, account, region).is_none_or(|standing| !standing.associated()) {
        let since = later(request.now, ASSOCIATION);
        match enrol(world, caller, account, region, since) {
            Ok(()) => {}
            Err(Unfit::Full) => {
                return Err(AwsError::new("ServiceQuotaExceededException", Unfit::Full.why())
                    .field("resourceId", account));
            }
            // The answer is the same, and the list tells.
            Err(Unfit::ManagementOff) => {
                let member =
                    Member { email: String::new(), relation: Relation::Created, updated: request.now };
                world.inspector.places.of(caller, region).members.insert(account.to_owned(), member);
            }
            Err(other) => return Err(invalid(other.why())),
        }
    }
    Ok(json!({ "accountId": account }))
}

pub(super) fn disassociate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    must_administer(world, request)?;
    let account = request.required("accountId");
    let place = world.inspector.places.of(&request.caller.account, &request.region);
    let member = place.members.get_mut(account).filter(|member| member.relation.associated());
    let member = member.ok_or_else(|| invalid("the account is not a member account"))?;
    (member.relation, member.updated) = (Relation::Removed, request.now);
    Ok(json!({ "accountId": account }))
}

fn word(standing: Relation, member: &Member, now: Timestamp) -> &'static str {
    match standing {
        Relation::Created => "CANNOT_CREATE_DETECTOR_IN_ORG_MASTER",
        Relation::Enabled if member.updated > now => "CREATED",
        Relation::Enabled => "ENABLED",
        Relation::Disabled => "DISABLED",
        Relation::Removed => "REMOVED",
    }
}

fn view(world: &World, request: &Request, id: &str, member: &Member) -> Value {
    let standing = relation(world, &request.caller.account, id, &request.region).unwrap_or(member.relation);
    json!({
        "accountId": id,
        "relationshipStatus": word(standing, member, request.now),
        "delegatedAdminAccountId": request.caller.account,
        "updatedAt": epoch(member.updated),
    })
}

/// UNSOURCED: without `onlyAssociated` only associated members are shown.
pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    must_administer(world, request)?;
    let all = request.boolean("onlyAssociated") == Some(false);
    let (caller, region) = (&request.caller.account, &request.region);
    let current = |id: &str| relation(world, caller, id, region).is_some_and(Relation::associated);
    let place = world.inspector.places.get(caller, region);
    let members = place.into_iter().flat_map(|place| &place.members);
    let shown = members.filter(|(id, _)| all || current(id)).collect();
    PAGING.page(request, "members", shown, |(id, member)| view(world, request, id, member))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    must_administer(world, request)?;
    let id = request.required("accountId");
    let place = world.inspector.places.get(&request.caller.account, &request.region);
    let member = place
        .and_then(|place| place.members.get(id))
        .ok_or_else(|| AwsError::new("ResourceNotFoundException", "The account is not a member account."))?;
    Ok(json!({ "member": view(world, request, id, member) }))
}
