//! What other services ask of IAM and do in it on their own behalf: look a role up, test whom it trusts, create it.
//!
//! In: the world, an account id, names. Out: roles and yes or no. Nothing here checks the rights of a caller: these are
//! the acts of AWS's services, e.g. Control Tower creating `AWSControlTowerExecution` in a member account.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use crate::sim::request::Caller;
use crate::sim::world::World;

use super::document::{Document, Kind};
use super::evaluate::{Context, Principal, Question, Verdict, decide};
use super::state::Role;
use super::{principals, service_linked};

/// ARN of the policy that allows everything.
pub const ADMINISTRATOR_ACCESS: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// A role that a service wants to exist.
#[derive(Debug, Clone, Copy)]
pub struct WantedRole<'a> {
    /// Path with both slashes, e.g. `/` or `/service-role/`.
    pub path: &'a str,
    /// Role name.
    pub name: &'a str,
    /// Trust policy document.
    pub trust: &'a str,
    /// Free text.
    pub description: Option<&'a str>,
    /// ARNs of managed policies to attach.
    pub managed: &'a [&'a str],
    /// Inline policies: name and document.
    pub inline: &'a [(&'a str, &'a str)],
}

/// A role by account and name, whatever its path: path, trust policy, policies and creation time are its fields.
#[must_use]
pub fn role<'w>(world: &'w World, account: &str, name: &str) -> Option<&'w Role> {
    world.iam.role(account, name)
}

/// Every role of an account in order of names.
pub fn roles<'w>(world: &'w World, account: &str) -> impl Iterator<Item = &'w Role> {
    world
        .iam
        .accounts
        .get(account)
        .into_iter()
        .flat_map(|account| account.roles.values())
}

/// Whether a role's trust policy lets an AWS service assume it, e.g. `controltower.amazonaws.com`. Conditions on
/// `aws:SourceAccount` are judged with the role's own account; other conditions do not let the service in.
#[must_use]
pub fn trusts_service(role: &Role, service: &str) -> bool {
    let account = role.arn.split(':').nth(4).unwrap_or_default().to_owned();
    let context = Context::from([("aws:sourceaccount".to_owned(), Some(account))]);
    trusts(role, &Principal::Service(service.to_owned()), &context)
}

/// Whether a role's trust policy lets another account assume it, e.g. the management account's root.
#[must_use]
pub fn trusts_account(role: &Role, account: &str) -> bool {
    let root = format!("arn:aws:iam::{account}:root");
    let principal = Principal::Identity {
        account: account.to_owned(),
        arns: vec![root],
    };
    trusts(role, &principal, &Context::new())
}

/// The names a caller goes by in policies: its own ARN and, for a role session, last the ARN of its role.
pub(crate) fn principal_of(world: &World, caller: &Caller) -> Principal {
    let mut arns = vec![caller.arn.clone()];
    arns.extend(session_role(world, caller).map(|role| role.arn.clone()));
    Principal::Identity {
        account: caller.account.clone(),
        arns,
    }
}

/// The role behind a role session, `None` for a user and for a session whose role is gone.
pub(crate) fn session_role<'w>(world: &'w World, caller: &Caller) -> Option<&'w Role> {
    let (_, session) = caller.arn.split_once(":assumed-role/")?;
    let role = role(world, &caller.account, session.split('/').next()?)?;
    // A role made again under the same name has another id; the sessions of the old one are not its sessions.
    caller.user_id.starts_with(&role.id).then_some(role)
}

fn trusts(role: &Role, principal: &Principal, context: &Context) -> bool {
    Document::parse(&role.trust, Kind::Trust).is_ok_and(|document| {
        decide(
            &document,
            &Question {
                action: "sts:AssumeRole",
                principal,
                context,
            },
        ) == Verdict::Allowed
    })
}

/// A trust policy that lets an account's identities assume a role.
#[must_use]
pub fn trust_of_account(account: &str) -> String {
    statement(&json!({ "AWS": format!("arn:aws:iam::{account}:root") }))
}

/// A trust policy that lets a service assume a role.
#[must_use]
pub fn trust_of_service(service: &str) -> String {
    statement(&json!({ "Service": service }))
}

fn statement(principal: &serde_json::Value) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" }],
    })
    .to_string()
}

/// Creates a role unless one of its name exists; an existing role is left exactly as it is. True: it was created.
pub fn ensure_role(
    world: &mut World,
    account: &str,
    wanted: &WantedRole<'_>,
    now: Timestamp,
) -> bool {
    if world.iam.role(account, wanted.name).is_some() {
        return false;
    }
    put_role(world, account, wanted, now);
    true
}

/// Creates a role, or puts an existing one back to what is wanted: trust, attached and inline policies. Its id,
/// creation time and tags stay. The act of a service that repairs its own roles.
pub fn put_role(world: &mut World, account: &str, wanted: &WantedRole<'_>, now: Timestamp) {
    let id = format!("AROA{}", world.ids.upper(17));
    let fresh = Role {
        path: wanted.path.to_owned(),
        name: wanted.name.to_owned(),
        id,
        arn: format!("arn:aws:iam::{account}:role{}{}", wanted.path, wanted.name),
        created: now,
        trust: wanted.trust.to_owned(),
        description: wanted.description.map(str::to_owned),
        max_session: 3600,
        boundary: None,
        tags: BTreeMap::new(),
        attached: wanted.managed.iter().map(|&arn| arn.to_owned()).collect(),
        inline: wanted
            .inline
            .iter()
            .map(|&(name, text)| (name.to_owned(), text.to_owned()))
            .collect(),
        last_used: None,
        linked_service: None,
    };
    let roles = &mut world.iam.account_mut(account).roles;
    match roles.get_mut(wanted.name) {
        Some(role) => {
            role.trust = fresh.trust;
            role.attached = fresh.attached;
            role.inline = fresh.inline;
        }
        None => {
            roles.insert(wanted.name.to_owned(), fresh);
        }
    }
}

/// Removes a role with its policies; policies that name it no longer mean anybody. True: it existed.
pub fn remove_role(world: &mut World, account: &str, name: &str) -> bool {
    let Some(role) = world.iam.account_mut(account).roles.remove(name) else {
        return false;
    };
    principals::orphan(world, &role.arn, &role.id);
    true
}

/// The ARN of the service-linked role of a service, created if it is missing. `None`: no such role is known.
pub fn ensure_service_linked_role(
    world: &mut World,
    account: &str,
    service: &str,
    now: Timestamp,
) -> Option<String> {
    service_linked::ensure(world, account, service, now)
}

/// What IAM of a new member account contains: the service-linked role of Organizations, and the access role that trusts
/// the management account with AdministratorAccess
/// (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html>); an invited
/// account (`role` is `None`) has no access role.
pub fn open_account(
    world: &mut World,
    account: &str,
    management: &str,
    role: Option<&str>,
    now: Timestamp,
) {
    service_linked::ensure(world, account, "organizations.amazonaws.com", now);
    if let Some(name) = role {
        let trust = trust_of_account(management);
        let wanted = WantedRole {
            path: "/",
            name,
            trust: &trust,
            description: None,
            managed: &[ADMINISTRATOR_ACCESS],
            inline: &[],
        };
        ensure_role(world, account, &wanted, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Settings;

    #[test]
    fn the_access_role_of_a_new_account_trusts_the_management_account_and_nobody_else() {
        let mut world = World::new(&Settings::default());
        let now = world.time;
        open_account(
            &mut world,
            "222233334444",
            "111122223333",
            Some("OrganizationAccountAccessRole"),
            now,
        );
        let role = role(&world, "222233334444", "OrganizationAccountAccessRole").expect("the role");
        assert!(trusts_account(role, "111122223333"));
        assert!(!trusts_account(role, "999900001111"));
        assert!(!trusts_service(role, "controltower.amazonaws.com"));
        assert!(role.attached.contains(ADMINISTRATOR_ACCESS));
        assert!(super::role(&world, "222233334444", "AWSServiceRoleForOrganizations").is_some());
    }

    #[test]
    fn ensuring_a_role_leaves_an_existing_one_alone_and_putting_repairs_it() {
        let mut world = World::new(&Settings::default());
        let now = world.time;
        let trust = trust_of_service("controltower.amazonaws.com");
        let wanted = WantedRole {
            path: "/",
            name: "R",
            trust: &trust,
            description: None,
            managed: &[ADMINISTRATOR_ACCESS],
            inline: &[],
        };
        assert!(ensure_role(&mut world, "222233334444", &wanted, now));
        let id = role(&world, "222233334444", "R")
            .expect("the role")
            .id
            .clone();
        world
            .iam
            .account_mut("222233334444")
            .roles
            .get_mut("R")
            .expect("the role")
            .attached
            .clear();
        assert!(!ensure_role(&mut world, "222233334444", &wanted, now));
        assert!(
            role(&world, "222233334444", "R")
                .expect("the role")
                .attached
                .is_empty()
        );
        put_role(&mut world, "222233334444", &wanted, now);
        let repaired = role(&world, "222233334444", "R").expect("the role");
        assert_eq!((repaired.attached.len(), &repaired.id), (1, &id));
        assert!(trusts_service(repaired, "controltower.amazonaws.com"));
    }
}
