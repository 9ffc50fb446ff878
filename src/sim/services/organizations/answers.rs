//! Answers to handshakes: describe, cancel, decline, accept.
//!
//! In: requests of either side. Out: a handshake that is over, and for an accepted invitation a new member.
//! Absent: beginning and listing handshakes (`handshakes`).

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::handshakes::{email_of, open_approval, view};
use super::refusal::{constraint, handshake, refuse};
use super::state::{Account, AccountState, FeatureSet, Handshake, Joined, State, Tags};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

/// An account moves directly at least seven days after the organization was created; the page
/// does not say which of the two, so both count here
/// (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_account_migration.html>).
const SETTLED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A handshake the caller is a party of.
fn visible(state: &State, request: &Request) -> Result<Handshake, AwsError> {
    let found = state
        .handshakes
        .get(request.required("HandshakeId"))
        .ok_or_else(|| refuse("HandshakeNotFoundException"))?;
    let email = email_of(state, &request.caller.account);
    let own = state.of(&request.caller.account).is_some_and(|organization| {
        organization.id == found.organization && organization.management == request.caller.account
    });
    if own || found.is_for(&request.caller, email) {
        Ok(found.clone())
    } else {
        Err(refuse("AccessDeniedException"))
    }
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    visible(&world.organizations, request)?;
    Ok(json!({"Handshake": view(world, request.required("HandshakeId"))}))
}

fn answerable(handshake: &Handshake, wanted: &str) -> Result<(), AwsError> {
    if handshake.state == wanted {
        return Err(refuse("HandshakeAlreadyInStateException"));
    }
    if handshake.is_open() { Ok(()) } else { Err(refuse("InvalidHandshakeTransitionException")) }
}

fn answer(world: &mut World, request: &Request, state: &str) -> Value {
    let id = request.required("HandshakeId");
    if let Some(handshake) = world.organizations.handshakes.get_mut(id) {
        state.clone_into(&mut handshake.state);
    }
    json!({"Handshake": view(world, id)})
}

pub(super) fn cancel(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let found = visible(&world.organizations, request)?;
    if found.management != request.caller.account {
        return Err(refuse("AccessDeniedException"));
    }
    answerable(&found, "CANCELED")?;
    Ok(answer(world, request, "CANCELED"))
}

pub(super) fn decline(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let found = visible(&world.organizations, request)?;
    if !found.is_for(&request.caller, email_of(&world.organizations, &request.caller.account)) {
        return Err(refuse("AccessDeniedException"));
    }
    answerable(&found, "DECLINED")?;
    Ok(answer(world, request, "DECLINED"))
}

pub(super) fn accept(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let found = visible(&world.organizations, request)?;
    let caller = &request.caller;
    let asked = found.is_for(caller, email_of(&world.organizations, &caller.account));
    let whole = found.target.0 == "ORGANIZATION" && found.management == caller.account;
    if !asked && !whole {
        return Err(refuse("AccessDeniedException"));
    }
    answerable(&found, "ACCEPTED")?;
    if whole && found.state != "OPEN" {
        return Err(refuse("InvalidHandshakeTransitionException"));
    }
    let id = request.required("HandshakeId");
    match found.action.as_str() {
        "INVITE" => join(world, request, &found)?,
        "ENABLE_ALL_FEATURES" if !whole => {
            let answer = answer(world, request, "ACCEPTED");
            if let Some(parent) = &found.parent {
                open_approval(world, parent, request.now);
            }
            return Ok(answer);
        }
        _ => finalize(world, found.parent.as_deref().unwrap_or(id)),
    }
    Ok(answer(world, request, "ACCEPTED"))
}

/// All features are on; the handshakes that led there are over.
fn finalize(world: &mut World, whole: &str) {
    let state = &mut world.organizations;
    let over = |(id, handshake): &(&String, &mut Handshake)| {
        *id == whole || handshake.parent.as_deref() == Some(whole)
    };
    let mut organization = String::new();
    for (_, handshake) in state.handshakes.iter_mut().filter(over) {
        "ACCEPTED".clone_into(&mut handshake.state);
        organization.clone_from(&handshake.organization);
    }
    if let Some(organization) = state.organizations.get_mut(&organization) {
        organization.feature_set = FeatureSet::All;
    }
}

/// An account that is a member elsewhere moves directly, under the conditions for leaving
/// (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_account_migration.html>).
fn join(world: &mut World, request: &Request, invitation: &Handshake) -> Result<(), AwsError> {
    let state = &mut world.organizations;
    let account = &request.caller.account;
    if let Some(current) = state.of(account) {
        if current.id == invitation.organization {
            return Err(handshake("ALREADY_IN_AN_ORGANIZATION"));
        }
        current.may_leave(account, request.now)?;
        let inviting = state.organizations.get(&invitation.organization);
        let youngest = inviting.map_or(current.created, |inviting| inviting.created.max(current.created));
        // AWS's code for an organization that is too young is UNSOURCED.
        if request.now.duration_since(youngest) < SETTLED {
            return Err(constraint("WAIT_PERIOD_ACTIVE"));
        }
        if current.account(account).is_some_and(|member| member.state != AccountState::Active) {
            return Err(refuse("AccessDeniedException"));
        }
        state.leave(account, request.now);
    }
    let (mut email, name) = state.owner(account);
    if invitation.target.0 == "EMAIL" {
        email.clone_from(&invitation.target.1);
    }
    let organization = state
        .organizations
        .get_mut(&invitation.organization)
        .ok_or_else(|| refuse("HandshakeNotFoundException"))?;
    let member = Account {
        email,
        name,
        parent: organization.root.id.clone(),
        state: AccountState::Active,
        joined: Joined::Invited,
        joined_at: request.now,
        tags: Tags::clone(&invitation.tags),
    };
    organization.accounts.insert(account.clone(), member);
    organization.attach_defaults(account);
    let management = organization.management.clone();
    state.standalone.remove(account);
    world.open_account(account, &management, None, request.now);
    Ok(())
}
