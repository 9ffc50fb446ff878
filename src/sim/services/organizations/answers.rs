//! Answers to handshakes: describe, cancel, decline, accept.
//!
//! In: requests of either side. Out: a handshake that is over, and for an accepted invitation a new member.
//! Absent: beginning and listing handshakes (`handshakes`).

use serde_json::{Value, json};

use super::handshakes::{email_of, view};
use super::refusal::{handshake, refuse};
use super::state::{Account, AccountState, FeatureSet, Handshake, Joined, State, Tags};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

/// A handshake the caller is a party of.
fn visible(state: &State, request: &Request) -> Result<Handshake, AwsError> {
    let found = state
        .handshakes
        .get(request.required("HandshakeId"))
        .ok_or_else(|| refuse("HandshakeNotFoundException"))?;
    let email = email_of(state, &request.caller.account);
    let own = state
        .of(&request.caller.account)
        .is_some_and(|organization| {
            organization.id == found.organization
                && organization.management == request.caller.account
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
    if handshake.is_open() {
        Ok(())
    } else {
        Err(refuse("InvalidHandshakeTransitionException"))
    }
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
    if !found.is_for(
        &request.caller,
        email_of(&world.organizations, &request.caller.account),
    ) {
        return Err(refuse("AccessDeniedException"));
    }
    answerable(&found, "DECLINED")?;
    Ok(answer(world, request, "DECLINED"))
}

pub(super) fn accept(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let found = visible(&world.organizations, request)?;
    let caller = &request.caller;
    let invited = found.is_for(caller, email_of(&world.organizations, &caller.account));
    let finalizes = found.action == "ENABLE_ALL_FEATURES" && found.management == caller.account;
    if !invited && !finalizes {
        return Err(refuse("AccessDeniedException"));
    }
    answerable(&found, "ACCEPTED")?;
    if found.action == "INVITE" {
        join(world, request, &found)?;
    }
    if finalizes {
        let id = request.required("HandshakeId");
        let waiting = world
            .organizations
            .handshakes
            .values()
            .any(|other| other.parent.as_deref() == Some(id) && other.state != "ACCEPTED");
        if waiting {
            return Err(refuse("InvalidHandshakeTransitionException"));
        }
        if let Some(organization) = world.organizations.of_mut(&caller.account) {
            organization.feature_set = FeatureSet::All;
        }
    }
    Ok(answer(world, request, "ACCEPTED"))
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
        if current
            .account(account)
            .is_some_and(|member| member.state != AccountState::Active)
        {
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
