//! Whether the principals that a resource policy names exist.
//!
//! IAM and KMS refuse a policy that names a principal they cannot find
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>).
//! In: the world and a parsed document. Out: the first principal that does not exist, and what becomes of policies when
//! one ceases to exist. An account this world holds nothing
//! for is taken to exist elsewhere in AWS, with whatever it is said to contain: vendors' accounts are trusted that way.

use std::collections::BTreeMap;

use crate::sim::world::World;

use super::document::{Document, Kind};

/// The first `(type, name)` that names nobody.
pub(crate) fn unknown<'a>(world: &World, document: &'a Document) -> Option<(&'a str, &'a str)> {
    document.principals().find(|(kind, name)| match *kind {
        "AWS" => !identity_exists(world, name),
        "Service" => !is_service(name),
        _ => name.is_empty(),
    })
}

/// What the deletion of a role does to the policies that name it: a principal is stored by its unique id, which from now
/// on shows in place of the ARN, so that a new role of the same name is not trusted in its stead
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>, "IAM roles").
pub(crate) fn orphan(world: &mut World, arn: &str, id: &str) {
    let roles = world
        .iam
        .accounts
        .values_mut()
        .flat_map(|account| account.roles.values_mut());
    let trusts = roles.map(|role| (&mut role.trust, Kind::Trust));
    let keys = world
        .kms
        .accounts
        .values_mut()
        .flat_map(BTreeMap::values_mut)
        .flat_map(|region| region.keys.values_mut());
    for (text, kind) in trusts.chain(keys.map(|key| (&mut key.policy, Kind::Key))) {
        let named = text.contains(arn)
            && Document::parse(text, kind)
                .is_ok_and(|document| document.principals().any(|(_, name)| name == arn));
        if named {
            *text = text.replace(&format!("\"{arn}\""), &format!("\"{id}\""));
        }
    }
}

fn is_service(name: &str) -> bool {
    name.ends_with(".amazonaws.com")
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte))
}

fn identity_exists(world: &World, name: &str) -> bool {
    if name == "*" || is_account(name) {
        return true;
    }
    // A policy whose role or user was deleted shows its unique id, and is accepted in that form.
    if ["AROA", "AIDA"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
    {
        return name.len() > 15 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    }
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", "aws", "iam", "", account, "root"] => is_account(account),
        ["arn", "aws", "iam", "", account, entity] if is_account(account) => {
            match entity.split_once('/') {
                Some(("role", path)) => role_exists(world, account, path, name),
                // Users are not simulated, except the administrator that stands behind an unknown access key.
                Some(("user", user)) => !known(world, account) || user == "administrator",
                _ => false,
            }
        }
        ["arn", "aws", "sts", "", account, entity] if is_account(account) => {
            entity.starts_with("assumed-role/") && entity.split('/').count() == 3
        }
        _ => false,
    }
}

fn role_exists(world: &World, account: &str, path: &str, arn: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    match world.iam.role(account, name) {
        Some(role) => role.arn == arn,
        None => !known(world, account) && !name.is_empty() && !name.contains('*'),
    }
}

fn known(world: &World, account: &str) -> bool {
    world.account == account || world.iam.accounts.contains_key(account)
}

/// Twelve digits.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
