//! Members: made, listed, stopped and let go by their administrator; what a member may do about it itself.
//!
//! Source: <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateMembers.html> and its neighbours. Up to
//! fifty accounts in a request; what is wrong with one of them is told in `UnprocessedAccounts`. Absent: invitations
//! beyond their first step, which accounts of an organization do not need.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::membership::{self, Member, Relation, Unfit};
use crate::sim::world::World;

use super::administrator;
use super::refusal::because;
use super::state::Auto;
use super::{PAGING, detectors, features, policy};

/// The administrator of an account in a Region, if it is an associated member of one.
pub(super) fn administrator(world: &World, account: &str, region: &str) -> Option<String> {
    let holder = administrator::holder(world, account, region)?;
    (holder != account && relation(world, &holder, account, region)?.associated()).then_some(holder)
}

/// How a member stands to its administrator.
fn relation(world: &World, holder: &str, account: &str, region: &str) -> Option<Relation> {
    let roster = world.guardduty.place(holder, region).map(|place| &place.members);
    membership::relation(world, roster, holder, account)
}

/// Whether an account has members that were invited or are associated.
pub(super) fn has_any(world: &World, holder: &str, region: &str) -> bool {
    let place = world.guardduty.place(holder, region);
    place.is_some_and(|place| {
        let mut ids = place.members.keys();
        ids.any(|id| relation(world, holder, id, region).is_some_and(Relation::associated))
    })
}

/// Whether the caller administers GuardDuty of its organization in this Region.
pub(super) fn administers(world: &World, request: &Request) -> bool {
    let caller = request.caller.account.as_str();
    administrator::holder(world, caller, &request.region).as_deref() == Some(caller)
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    detectors::named(world, request)?;
    let mut unprocessed = Vec::new();
    for detail in request.list("AccountDetails") {
        let text = |member: &str| detail[member].as_str().unwrap_or_default();
        let (account, email) = (text("AccountId"), text("Email"));
        let result = if administers(world, request) {
            enrol(world, &request.caller.account, account, &request.region, request.now)
        } else {
            let member =
                Member { email: email.to_owned(), relation: Relation::Created, updated: request.now };
            let place = world.guardduty.place_mut(&request.caller.account, &request.region);
            place.members.entry(account.to_owned()).or_insert(member);
            Ok(())
        };
        if let Err(why) = result {
            unprocessed.push(json!({"AccountId": account, "Result": words(why.why())}));
        }
    }
    Ok(json!({ "UnprocessedAccounts": unprocessed }))
}

fn words(why: &str) -> String {
    format!("The request is rejected because {why}.")
}

/// Makes an account of the organization a member: its detector is made if it has none, and gets what the settings of the
/// organization give. The management account must have its detector already
/// (<https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_organizations.html>). The reasons' words are UNSOURCED.
pub(super) fn enrol(
    world: &mut World,
    holder: &str,
    account: &str,
    region: &str,
    now: Timestamp,
) -> Result<(), Unfit> {
    let known = world.guardduty.detector(account, region).is_some();
    let candidate = membership::candidate(world, holder, account, known)?;
    if !known {
        let none = features::fresh(now, |_, _| false);
        detectors::open(world, account, region, none, now);
    }
    give(world, holder, account, region, Auto::joins, now);
    let member = Member { email: candidate.email, relation: Relation::Enabled, updated: now };
    world.guardduty.place_mut(holder, region).members.insert(account.to_owned(), member);
    Ok(())
}

/// Gives a member's detector what the settings give; nothing while GUARDDUTY_POLICY is on, which replaces them.
pub(super) fn give(
    world: &mut World,
    holder: &str,
    account: &str,
    region: &str,
    gives: fn(Auto) -> bool,
    now: Timestamp,
) {
    policy::look(world, account, region, now);
    if policy::is_on(world, holder) {
        return;
    }
    let settings = world.guardduty.place(holder, region).map(|place| place.settings.features.clone());
    if let (Some(settings), Some(detector)) = (settings, world.guardduty.detector_mut(account, region)) {
        features::apply(detector, &settings, gives, now);
    }
}

fn view(world: &World, request: &Request, id: &str, member: &Member, relation: Relation) -> Value {
    let caller = &request.caller.account;
    let mut view = Map::new();
    view.insert("AccountId".into(), json!(id));
    view.insert("MasterId".into(), json!(caller));
    view.insert("AdministratorId".into(), json!(caller));
    view.insert("Email".into(), json!(member.email));
    view.insert("RelationshipStatus".into(), json!(relation.text()));
    view.insert("UpdatedAt".into(), json!(member.updated.to_string()));
    if let Some(detector) = world.guardduty.detector(id, &request.region).filter(|_| relation.associated()) {
        view.insert("DetectorId".into(), json!(detector.id));
    }
    Value::Object(view)
}

/// Without `OnlyAssociated` only associated members are shown, as the model has it.
pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    detectors::named(world, request)?;
    let all = request.text("OnlyAssociated").is_some_and(|text| text.eq_ignore_ascii_case("false"));
    let (caller, region) = (&request.caller.account, &request.region);
    let place = world.guardduty.place(caller, region);
    let members = place.into_iter().flat_map(|place| &place.members);
    let shown = members
        .filter_map(|(id, member)| Some((id, member, relation(world, caller, id, region)?)))
        .filter(|(_, _, relation)| all || relation.associated())
        .collect();
    PAGING
        .page(request, "Members", shown, |(id, member, relation)| view(world, request, id, member, relation))
}

/// The accounts that a request names.
fn ids(request: &Request) -> Vec<&str> {
    request.list("AccountIds").iter().filter_map(Value::as_str).collect()
}

/// The words are reported in
/// <https://github.com/aws-samples/aws-security-reference-architecture-examples/issues/151>.
const NOT_A_MEMBER: &str = "the given account ID is not an associated member of account the current account";

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    detectors::named(world, request)?;
    let (caller, region) = (&request.caller.account, &request.region);
    let (mut found, mut unprocessed) = (Vec::new(), Vec::new());
    for id in ids(request) {
        let member = world.guardduty.place(caller, region).and_then(|place| place.members.get(id));
        match member.and_then(|member| Some((member, relation(world, caller, id, region)?))) {
            Some((member, relation)) => found.push(view(world, request, id, member, relation)),
            None => unprocessed.push(json!({"AccountId": id, "Result": words(NOT_A_MEMBER)})),
        }
    }
    Ok(json!({"Members": found, "UnprocessedAccounts": unprocessed}))
}

/// With ALL, members are not let go of, as the model says; that the request as a whole is refused, and its words, are
/// UNSOURCED.
fn not_for_all(world: &World, request: &Request, what: &str) -> Result<(), AwsError> {
    let place = world.guardduty.place(&request.caller.account, &request.region);
    if administers(world, request) && place.is_some_and(|place| place.settings.members == Auto::All) {
        return Err(because(format!("members cannot be {what} while autoEnableOrganizationMembers is ALL")));
    }
    Ok(())
}

/// Changes the members that a request names and that are as `fits` says; the others are told.
fn change(
    world: &mut World,
    request: &Request,
    fits: fn(Relation) -> bool,
    otherwise: &str,
    mut change: impl FnMut(&mut World, &str),
) -> Value {
    let (caller, region) = (request.caller.account.clone(), request.region.clone());
    let mut unprocessed = Vec::new();
    for id in ids(request) {
        match relation(world, &caller, id, &region) {
            Some(relation) if fits(relation) => change(world, id),
            Some(_) => unprocessed.push(json!({"AccountId": id, "Result": words(otherwise)})),
            None => unprocessed.push(json!({"AccountId": id, "Result": words(NOT_A_MEMBER)})),
        }
    }
    json!({ "UnprocessedAccounts": unprocessed })
}

fn set(world: &mut World, request: &Request, id: &str, relation: Relation) {
    let place = world.guardduty.place_mut(&request.caller.account, &request.region);
    if let Some(member) = place.members.get_mut(id) {
        member.relation = relation;
        member.updated = request.now;
    }
}

fn switch(world: &mut World, request: &Request, id: &str, on: bool) {
    if let Some(detector) = world.guardduty.detector_mut(id, &request.region) {
        detector.enabled = on;
        detector.updated = request.now;
    }
}

pub(super) fn disassociate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    detectors::named(world, request)?;
    not_for_all(world, request, "disassociated")?;
    Ok(change(world, request, Relation::associated, NOT_A_MEMBER, |world, id| {
        set(world, request, id, Relation::Removed);
    }))
}

/// UNSOURCED: that an associated member is not deleted, and the words.
pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    detectors::named(world, request)?;
    not_for_all(world, request, "deleted")?;
    let fits = |relation: Relation| !relation.associated();
    let otherwise = "the given account ID is associated and must be disassociated first";
    Ok(change(world, request, fits, otherwise, |world, id| {
        world.guardduty.place_mut(&request.caller.account, &request.region).members.remove(id);
    }))
}

pub(super) fn stop(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    detectors::named(world, request)?;
    not_for_all(world, request, "stopped")?;
    Ok(change(world, request, Relation::associated, NOT_A_MEMBER, |world, id| {
        set(world, request, id, Relation::Disabled);
        switch(world, request, id, false);
    }))
}

pub(super) fn start(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    detectors::named(world, request)?;
    Ok(change(world, request, Relation::associated, NOT_A_MEMBER, |world, id| {
        set(world, request, id, Relation::Enabled);
        switch(world, request, id, true);
    }))
}

/// The member's detectors, as the administrator sees them.
pub(super) fn get_detectors(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    detectors::named(world, request)?;
    let (caller, region) = (&request.caller.account, &request.region);
    let (mut found, mut unprocessed) = (Vec::new(), Vec::new());
    for id in ids(request) {
        policy::look(world, id, region, request.now);
        let associated = relation(world, caller, id, region).is_some_and(Relation::associated);
        match world.guardduty.detector(id, region).filter(|_| associated) {
            Some(detector) => found.push(json!({
                "AccountId": id,
                "DataSources": features::old_view(detector),
                "Features": features::member_view(detector),
            })),
            None => unprocessed.push(json!({"AccountId": id, "Result": words(NOT_A_MEMBER)})),
        }
    }
    Ok(json!({"MemberDataSourceConfigurations": found, "UnprocessedAccounts": unprocessed}))
}

pub(super) fn update_detectors(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    detectors::named(world, request)?;
    let region = &request.region;
    let given = features::given(request, "Status")?;
    let old = features::given_by_old_names(request, "Enable");
    for id in ids(request) {
        policy::look(world, id, region, request.now);
        if let Some(detector) = world.guardduty.detector(id, region) {
            let touched = given.iter().map(|given| given.name).chain(old.iter().map(|(name, _)| *name));
            policy::leaves_alone(detector, touched)?;
        }
    }
    Ok(change(world, request, Relation::associated, NOT_A_MEMBER, |world, id| {
        if let Some(detector) = world.guardduty.detector_mut(id, region) {
            features::switch(detector, &given, &old, request.now);
        }
    }))
}

/// A member of an organization cannot leave its administrator by itself
/// (<https://docs.aws.amazon.com/guardduty/latest/ug/administrator_member_relationships.html>). UNSOURCED words.
pub(super) fn leave(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    detectors::named(world, request)?;
    match administrator(world, &request.caller.account, &request.region) {
        Some(_) => Err(because(
            "the current account is managed by its organization's administrator and cannot be disassociated from it",
        )),
        None => Err(because("the current account is not a member account")),
    }
}

/// Whoever is no member gets an answer without content.
pub(super) fn get_administrator(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    detectors::named(world, request)?;
    Ok(match administrator(world, &request.caller.account, &request.region) {
        Some(holder) => json!({"Administrator": {"AccountId": holder, "RelationshipStatus": "Enabled"}}),
        None => json!({}),
    })
}
