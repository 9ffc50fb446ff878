//! Members: taken, listed, paused and let go of by their administrator.
//!
//! Source: <https://docs.aws.amazon.com/macie/latest/APIReference/members.html>; accounts of an organization get Macie
//! with the membership (<https://docs.aws.amazon.com/macie/latest/user/accounts-mgmt-ao-members-add.html>). Who was let
//! go of stays on the list as Removed until the association is deleted, and cannot be taken again before (as the public
//! landing-zone programs treat it). Absent: invitations.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::membership::{self, Member, Relation, Unfit};
use crate::sim::world::World;

use super::refusal::{conflict, invalid, not_administrator, unknown};
use super::{PAGING, administrator as office, session};

/// Members of an administrator in a Region
/// (<https://docs.aws.amazon.com/macie/latest/user/macie-quotas.html>).
pub(super) const MOST: usize = 10_000;

/// The caller administers Macie of its organization, and Macie is on in it.
pub(super) fn must_administer(world: &World, request: &Request) -> Result<(), AwsError> {
    session::of(world, request)?;
    let caller = request.caller.account.as_str();
    match office::holder(world, caller, &request.region).as_deref() == Some(caller) {
        true => Ok(()),
        false => Err(not_administrator()),
    }
}

/// The administrator of an account, if it is an associated member of one.
pub(super) fn administrator(world: &World, account: &str, region: &str) -> Option<String> {
    let holder = office::holder(world, account, region)?;
    (holder != account && relation(world, &holder, account, region)?.associated()).then_some(holder)
}

fn relation(world: &World, holder: &str, account: &str, region: &str) -> Option<Relation> {
    let roster = world.macie.places.get(holder, region).map(|place| &place.members);
    membership::relation(world, roster, holder, account)
}

/// Takes an account of the organization: Macie is switched on in it.
pub(super) fn enrol(
    world: &mut World,
    holder: &str,
    account: &str,
    region: &str,
    now: Timestamp,
) -> Result<(), Unfit> {
    let place = |account: &str| world.macie.places.get(account, region);
    let on = place(account).is_some_and(|place| place.session.is_some());
    let candidate = membership::candidate(world, holder, account, on)?;
    if place(holder).is_some_and(|place| place.members.len() >= MOST) {
        return Err(Unfit::Full);
    }
    session::open(world, account, region, now);
    let member = Member { email: candidate.email, relation: Relation::Enabled, updated: now };
    world.macie.places.of(holder, region).members.insert(account.to_owned(), member);
    Ok(())
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    must_administer(world, request)?;
    let account = request.input["account"]["accountId"].as_str().unwrap_or_default();
    let (caller, region) = (&request.caller.account, &request.region);
    if relation(world, caller, account, region).is_some() {
        return Err(conflict("The account is already associated with the administrator account."));
    }
    enrol(world, caller, account, region, request.now).map_err(|unfit| match unfit {
        Unfit::Full => AwsError::new("ServiceQuotaExceededException", unfit.why()),
        other => invalid(other.why()),
    })?;
    Ok(json!({ "arn": arn(request, account) }))
}

fn arn(request: &Request, account: &str) -> String {
    format!("arn:aws:macie2:{}:{}:member/{account}", request.region, request.caller.account)
}

fn view(world: &World, request: &Request, id: &str, member: &Member) -> Value {
    let caller = &request.caller.account;
    let standing = relation(world, caller, id, &request.region).unwrap_or(member.relation);
    json!({
        "accountId": id,
        "administratorAccountId": caller,
        "masterAccountId": caller,
        "arn": arn(request, id),
        "relationshipStatus": if standing == Relation::Disabled { "Paused" } else { standing.text() },
        "tags": {},
        "updatedAt": epoch(member.updated),
    })
}

/// Only current members unless the request says otherwise, as the model has it.
pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    session::of(world, request)?;
    let all = request.text("onlyAssociated").is_some_and(|text| text.eq_ignore_ascii_case("false"));
    let (caller, region) = (&request.caller.account, &request.region);
    let current = |id: &str| relation(world, caller, id, region).is_some_and(Relation::associated);
    let place = world.macie.places.get(caller, region);
    let members = place.into_iter().flat_map(|place| &place.members);
    let shown = members.filter(|(id, _)| all || current(id)).collect();
    PAGING.page(request, "members", shown, |(id, member)| view(world, request, id, member))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    session::of(world, request)?;
    let id = request.required("id");
    let place = world.macie.places.get(&request.caller.account, &request.region);
    let member = place.and_then(|place| place.members.get(id)).ok_or_else(|| unknown(id))?;
    Ok(view(world, request, id, member))
}

/// Changes one member.
fn change(world: &mut World, request: &Request, change: impl FnOnce(&mut Member)) -> Result<Value, AwsError> {
    must_administer(world, request)?;
    let id = request.required("id");
    let place = world.macie.places.of(&request.caller.account, &request.region);
    let member = place.members.get_mut(id).ok_or_else(|| unknown(id))?;
    change(member);
    member.updated = request.now;
    Ok(json!({}))
}

pub(super) fn disassociate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    change(world, request, |member| member.relation = Relation::Removed)
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let paused = request.text("status") == Some("PAUSED");
    change(world, request, |member| {
        member.relation = if paused { Relation::Disabled } else { Relation::Enabled };
    })?;
    let place = world.macie.places.of(request.required("id"), &request.region);
    if let Some(session) = &mut place.session {
        (session.paused, session.updated) = (paused, request.now);
    }
    Ok(json!({}))
}

/// Only who is no longer associated.
pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    must_administer(world, request)?;
    let id = request.required("id");
    let (caller, region) = (&request.caller.account, &request.region);
    match relation(world, caller, id, region) {
        None => Err(unknown(id)),
        Some(standing) if standing.associated() => {
            Err(conflict("The account must be disassociated before it can be deleted."))
        }
        Some(_) => {
            world.macie.places.of(caller, region).members.remove(id);
            Ok(json!({}))
        }
    }
}

/// A member of an organization cannot leave by itself
/// (<https://docs.aws.amazon.com/macie/latest/user/accounts-mgmt-relationships.html>). UNSOURCED words.
pub(super) fn leave(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    session::of(world, request)?;
    match administrator(world, &request.caller.account, &request.region) {
        Some(_) => Err(invalid("a member of an organization cannot be disassociated from its administrator")),
        None => Err(invalid("the account is not a member account")),
    }
}

/// Whoever is no member gets an answer without content.
pub(super) fn get_administrator(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    session::of(world, request)?;
    let holder = administrator(world, &request.caller.account, &request.region);
    let told =
        |account: String| json!({"administrator": {"accountId": account, "relationshipStatus": "Enabled"}});
    Ok(holder.map_or_else(|| json!({}), told))
}
