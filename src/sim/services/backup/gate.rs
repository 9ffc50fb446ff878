//! The vault that a request is about, if its access policy leaves it to the caller.
//!
//! In: a request with `BackupVaultName`. Out: the vault, or AWS's refusal. A vault's policy holds for everybody, the
//! administrators of its own account included, so that a denial in it is one; within the account it need not allow
//! (<https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html>). Absent: the policies of
//! identities and of the organization (`authorization`), and who may copy into a vault from elsewhere.
//!
//! A logically air-gapped vault that is shared with an account by RAM is seen there, and restored from
//! (<https://docs.aws.amazon.com/aws-backup/latest/devguide/logicallyairgappedvault.html>); who asks names its owner.

use crate::sim::authorization;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::evaluate::Verdict;
use crate::sim::services::ram;
use crate::sim::world::World;

use super::refusal::denied;
use super::state::{Vault, VaultKind};

/// The vault; what is done is done to the vault itself.
pub(super) fn vault<'w>(world: &'w World, request: &Request) -> Result<&'w Vault, AwsError> {
    about(world, request, None)
}

/// The same, to change it.
pub(super) fn vault_mut<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut Vault, AwsError> {
    vault(world, request)?;
    let (account, region) = (&request.caller.account, &request.region);
    world.backup.vault_mut(account, region, request.required("BackupVaultName")).ok_or_else(denied)
}

/// The vault; what is done is done to `resource`, or to the vault itself.
pub(super) fn about<'w>(
    world: &'w World,
    request: &Request,
    resource: Option<&str>,
) -> Result<&'w Vault, AwsError> {
    let (account, region) = (&request.caller.account, &request.region);
    let vault =
        world.backup.vault(account, region, request.required("BackupVaultName")).ok_or_else(denied)?;
    let action = format!("backup:{}", request.operation);
    let says = |policy: &String| {
        authorization::resource_policy(world, request, &action, resource.unwrap_or(&vault.arn), policy)
    };
    match vault.policy.as_ref().map(says) {
        Some(Verdict::Denied) => Err(denied()),
        _ => Ok(vault),
    }
}

/// The vault that a request only looks at: one of the caller's own, or one of `BackupVaultAccountId` that is shared with
/// the caller.
pub(super) fn seen<'w>(
    world: &'w World,
    request: &Request,
    resource: Option<&str>,
) -> Result<&'w Vault, AwsError> {
    let caller = &request.caller.account;
    let owner = request.text("BackupVaultAccountId").filter(|owner| owner != caller);
    let Some(owner) = owner else { return about(world, request, resource) };
    let mut shared = shared(world, request);
    let found = shared.find(|(of, name, _)| *of == owner && *name == request.required("BackupVaultName"));
    found.map(|(_, _, vault)| vault).ok_or_else(denied)
}

/// The vaults of others that are shared with the caller, each with its owner and its name.
pub(super) fn shared<'w>(
    world: &'w World,
    request: &Request,
) -> impl Iterator<Item = (&'w str, &'w str, &'w Vault)> {
    let (caller, now) = (request.caller.account.clone(), request.now);
    let here = world.backup.regions.get(&request.region).into_iter().flatten();
    let vaults = here.flat_map(|(owner, place)| {
        place.vaults.iter().map(move |(name, vault)| (owner.as_str(), name.as_str(), vault))
    });
    vaults.filter(move |(owner, _, vault)| {
        *owner != caller
            && vault.kind == VaultKind::AirGapped
            && ram::shared_with(world, &vault.arn, &caller, now)
    })
}
