//! Units and accounts, and what was left in accounts.

use jiff::Timestamp;
use serde_json::json;

use super::form::{Member, Role, State, Stranger};
use super::{account_named, act, act_in, unit_at};
use crate::sim::services::control_tower;
use crate::sim::services::iam::queries::{self, ADMINISTRATOR_ACCESS, WantedRole};
use crate::sim::services::organizations::{self, AccountState};
use crate::sim::services::s3::{self, Bucket};
use crate::sim::world::World;

pub(super) const DAY: u64 = 86_400;

pub(super) fn unit(world: &mut World, path: &str) -> Result<(), String> {
    let (above, name) = path.rsplit_once('/').unwrap_or(("root", path));
    let parent = unit_at(world, above)?;
    let management = world.account.clone();
    let input = json!({ "ParentId": parent, "Name": name });
    act(world, &management, "organizations", "CreateOrganizationalUnit", input).map(|_| ())
}

/// An account is there, in its unit, with the roles by which it is entered.
pub(super) fn member(world: &mut World, wanted: &Member) -> Result<(), String> {
    let management = world.account.clone();
    let email = match &wanted.email {
        Some(email) => email.clone(),
        None => format!("{}@example.com", wanted.name),
    };
    let (id, now) = (wanted.id.as_deref(), world.time);
    let who = (email.as_str(), wanted.name.as_str());
    let account = organizations::seat(world, &management, id, who, now)?;
    for role in &wanted.access {
        administrator(world, &account, role, &management);
    }
    match &wanted.unit {
        Some(unit) if !wanted.late => put_into(world, &account, unit),
        _ => Ok(()),
    }
}

/// An account comes into its unit, which Control Tower does not follow up.
pub(super) fn arrive_late(world: &mut World, wanted: &Member) -> Result<(), String> {
    let account = account_named(world, &wanted.name)?;
    if let Some(unit) = &wanted.unit {
        put_into(world, &account, unit)?;
    }
    control_tower::overlook(world);
    Ok(())
}

fn put_into(world: &mut World, account: &str, unit: &str) -> Result<(), String> {
    let (parent, management, now) = (unit_at(world, unit)?, world.account.clone(), world.time);
    let organization = world.organizations.of_mut(&management).ok_or("there is no organization")?;
    organization.move_account(account, &parent, now).map_err(|error| error.to_string())
}

fn administrator(world: &mut World, account: &str, name: &str, trusted: &str) {
    let (trust, now) = (queries::trust_of_account(trusted), world.time);
    let managed = [ADMINISTRATOR_ACCESS];
    let wanted =
        WantedRole { path: "/", name, trust: &trust, description: None, managed: &managed, inline: &[] };
    queries::ensure_role(world, account, &wanted, now);
}

/// What its former owners left in an account, and what became of it.
pub(super) fn left_behind(world: &mut World, wanted: &Member) -> Result<(), String> {
    let account = account_named(world, &wanted.name)?;
    let (management, now) = (world.account.clone(), world.time);
    roles(world, &account, &wanted.roles, now);
    for region in &wanted.recorders {
        recorder(world, &account, region)?;
    }
    let off = world.sts.off.entry(account.clone()).or_default();
    off.extend(wanted.sts_off.iter().cloned());
    if wanted.enrolment_fails {
        world.control_tower.fail_enrolment(&account, true);
    }
    let organization = world.organizations.of_mut(&management).ok_or("there is no organization")?;
    if let Some(member) = organization.accounts.get_mut(&account) {
        member.state = match wanted.state {
            State::Active => AccountState::Active,
            State::Suspended => AccountState::Suspended,
            State::Closed => AccountState::Closed(now),
        };
    }
    Ok(())
}

/// Further roles in an account, made at a moment.
fn roles(world: &mut World, account: &str, wanted: &[Role], made: Timestamp) {
    let management = world.account.clone();
    for role in wanted {
        let trust = queries::trust_of_account(role.trusts.as_deref().unwrap_or(&management));
        let managed: Vec<&str> = role.managed.iter().map(String::as_str).collect();
        let name = role.name.as_str();
        let wanted =
            WantedRole { path: "/", name, trust: &trust, description: None, managed: &managed, inline: &[] };
        queries::put_role(world, account, &wanted, made);
    }
}

/// AWS Config of the account's own, as somebody once switched it on in the console.
fn recorder(world: &mut World, account: &str, region: &str) -> Result<(), String> {
    let bucket = format!("config-bucket-{account}");
    let writers = ["config.amazonaws.com"].map(str::to_owned).into();
    let owned = Bucket { owner: account.to_owned(), region: region.to_owned(), writers, organization: false };
    s3::ensure(world, &bucket, owned);
    let now = world.time;
    let role = queries::ensure_service_linked_role(world, account, "config.amazonaws.com", now);
    let recorder = json!({ "ConfigurationRecorder": { "name": "default", "roleARN": role } });
    let channel = json!({ "DeliveryChannel": { "name": "default", "s3BucketName": bucket } });
    let here = (account, region);
    act_in(world, here, "config", "PutConfigurationRecorder", recorder)?;
    act_in(world, here, "config", "PutDeliveryChannel", channel)?;
    let start = json!({ "ConfigurationRecorderName": "default" });
    act_in(world, here, "config", "StartConfigurationRecorder", start).map(|_| ())
}

/// An account outside: on its own, or a member of an organization of its own.
pub(super) fn elsewhere(world: &mut World, wanted: &Stranger) -> Result<(), String> {
    let now = world.time;
    let since = now - std::time::Duration::from_secs(u64::from(wanted.days) * DAY);
    let who = (wanted.email.as_str(), wanted.name.as_str());
    match &wanted.organization_of {
        None => organizations::stand_alone(world, &wanted.id, who, since),
        Some(management) => {
            if world.organizations.of(management).is_none() {
                act(
                    world,
                    management,
                    "organizations",
                    "CreateOrganization",
                    json!({ "FeatureSet": "ALL" }),
                )?;
            }
            organizations::seat(world, management, Some(&wanted.id), who, since)?;
            let other = world.organizations.of_mut(management).ok_or("there is no other organization")?;
            other.created = other.created.min(since);
        }
    }
    roles(world, &wanted.id, &wanted.roles, since);
    Ok(())
}
