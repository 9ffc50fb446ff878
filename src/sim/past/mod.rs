//! An organization that has lived before anybody here looked at it.
//!
//! In: the member `past` of a world's file: units, accounts with what their former owners left in them, policies, a landing
//! zone, people, accounts of other organizations. Out: the world as AWS would have it, made by AWS's own operations
//! wherever there is one, so that nothing comes about that AWS would refuse. Absent: what the sentence of each field says
//! that AWS has no operation for (a suspension, a lost role), which is put there directly.

mod accounts;
mod form;
mod people;
mod tower;

use serde_json::{Value, json};

use super::request::{Caller, Request};
use super::services::{self, organizations};
use super::world::World;

pub use form::Past;

/// The name of the management account.
const MANAGEMENT: &str = "management";

/// Accounts of a new organization (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>).
const USUAL_QUOTA: u32 = 10;

/// Lets everything of a world's past happen, at the world's present time.
///
/// # Errors
/// In words: what AWS refused, or a name that means nothing.
pub(super) fn happen(world: &mut World, past: &Past) -> Result<(), String> {
    let management = world.account.clone();
    let state = &mut *world.organizations;
    // A file that somebody wrote does not tell what a new world is given.
    state.account_quota = past.account_quota.unwrap_or(state.account_quota).max(USUAL_QUOTA);
    if state.management_email.is_empty() {
        "management@example.com".clone_into(&mut state.management_email);
    }
    let email = state.management_email.clone();
    organizations::stand_alone(world, &management, (&email, MANAGEMENT), world.time);
    act(world, &management, "organizations", "CreateOrganization", json!({ "FeatureSet": "ALL" }))?;
    let made = world.time - std::time::Duration::from_secs(u64::from(past.days) * accounts::DAY);
    if let Some(organization) = world.organizations.of_mut(&management) {
        organization.created = made;
    }
    for unit in &past.units {
        accounts::unit(world, unit)?;
    }
    for account in &past.accounts {
        accounts::member(world, account)?;
    }
    for stranger in &past.elsewhere {
        accounts::elsewhere(world, stranger)?;
    }
    if let Some(zone) = &past.landing_zone {
        tower::set_up(world, zone)?;
    }
    for account in past.accounts.iter().filter(|account| account.late) {
        accounts::arrive_late(world, account)?;
    }
    for policy in &past.policies {
        tower::policy(world, policy)?;
    }
    if let Some(centre) = &past.identity_center {
        people::arrive(world, centre)?;
    }
    // What made them what they are happened last: nothing can be done in them any more.
    for account in &past.accounts {
        accounts::left_behind(world, account)?;
    }
    Ok(())
}

/// One operation, carried out by the administrator of an account.
///
/// # Errors
/// AWS's refusal, in words.
fn act(
    world: &mut World,
    account: &str,
    service: &str,
    operation: &str,
    input: Value,
) -> Result<Value, String> {
    let region = world.region.clone();
    act_in(world, (account, &region), service, operation, input)
}

/// The same in a Region.
fn act_in(
    world: &mut World,
    (account, region): (&str, &str),
    service: &str,
    operation: &str,
    input: Value,
) -> Result<Value, String> {
    let known = services::named(service).ok_or_else(|| format!("{service} is not simulated"))?;
    let handler =
        known.handler(operation).ok_or_else(|| format!("{service}:{operation} is not simulated"))?;
    let caller = Caller {
        account: account.to_owned(),
        arn: format!("arn:aws:iam::{account}:user/administrator"),
        user_id: "AIDASIMULATEDADMIN000".to_owned(),
        access_key: "AKIASIMULATEDADMIN000".to_owned(),
    };
    let request = Request {
        service: known.name,
        operation: operation.to_owned(),
        input,
        caller,
        region: region.to_owned(),
        now: world.time,
    };
    handler(world, &request).map_err(|error| format!("{service}:{operation}: {error}"))
}

/// The id of an account of the organization by its name.
fn account_named(world: &World, name: &str) -> Result<String, String> {
    let organization = world.organizations.of(&world.account).ok_or("there is no organization")?;
    if name == MANAGEMENT {
        return Ok(organization.management.clone());
    }
    let mut all = organization.accounts.iter();
    let found = all.find(|(_, account)| account.name == name).map(|(id, _)| id.clone());
    found.ok_or_else(|| format!("there is no account {name}"))
}

/// The id of a unit by its path, or of the root.
fn unit_at(world: &World, path: &str) -> Result<String, String> {
    let organization = world.organizations.of(&world.account).ok_or("there is no organization")?;
    let mut at = organization.root.id.clone();
    for name in path.split('/').filter(|_| path != "root") {
        let inside = organization.units_in(&at);
        let found = inside.into_iter().find(|id| organization.unit(id).is_some_and(|unit| unit.name == name));
        at = found.map(str::to_owned).ok_or_else(|| format!("there is no unit {path}"))?;
    }
    Ok(at)
}
