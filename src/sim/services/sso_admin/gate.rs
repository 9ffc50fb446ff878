//! Which instance and which permission set a request means, and who may work on them.
//!
//! In: the world and a request. Out: the instance, or the refusal. Absent: IAM policies (`authorization`).
//!
//! An organization's instance is its management account's; the delegated administrator does what it does, except for
//! permission sets provisioned in the management account and access to that account
//! (<https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html>, and
//! <https://github.com/fivexl/terraform-aws-sso-elevator/issues/101> for what it meets). Words are UNSOURCED.

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::refusal::{denied, missing};
use super::state::{Instance, PermissionSet};

/// The service principal under which an account is a delegated administrator.
pub(super) const PRINCIPAL: &str = "sso.amazonaws.com";

/// Whether an account is the delegated administrator of Identity Center in its organization.
pub(crate) fn administers(world: &World, account: &str) -> bool {
    let organization = world.organizations.of(account);
    let services = organization.and_then(|organization| organization.delegated.get(account));
    services.is_some_and(|services| services.contains_key(PRINCIPAL))
}

/// Whether an account owns an instance or is in the organization it serves.
pub(super) fn sees(world: &World, account: &str, instance: &Instance) -> bool {
    let management = world.organizations.of(account).map(|organization| organization.management.as_str());
    instance.owner == account || (instance.organization && management == Some(instance.owner.as_str()))
}

/// The instance of a request, for whoever may see it. In another Region than its own it is not there (UNSOURCED).
pub(super) fn visible<'w>(world: &'w World, request: &Request) -> Result<&'w Instance, AwsError> {
    let instance = world.sso_admin.instances.get(request.required("InstanceArn"));
    let instance = instance.filter(|instance| instance.region == request.region);
    instance.filter(|instance| sees(world, &request.caller.account, instance)).ok_or_else(denied)
}

/// The instance of a request, for its owner and the delegated administrator.
pub(super) fn instance<'w>(world: &'w World, request: &Request) -> Result<&'w Instance, AwsError> {
    let instance = visible(world, request)?;
    let caller = &request.caller.account;
    if instance.owner == *caller || (instance.organization && administers(world, caller)) {
        Ok(instance)
    } else {
        Err(denied())
    }
}

/// The same, for what only an organization's instance has: permission sets and access to accounts.
pub(super) fn organization<'w>(world: &'w World, request: &Request) -> Result<&'w Instance, AwsError> {
    let instance = instance(world, request)?;
    if instance.organization {
        return Ok(instance);
    }
    // "This action is not valid for account instances" stands in the model at one operation; the rest is taken alike.
    Err(super::refusal::invalid(
        "The operation is not supported for account instances of IAM Identity Center.",
    ))
}

/// The permission set of a request. The words are those that AWS's users quote.
pub(super) fn set<'w>(instance: &'w Instance, arn: &str) -> Result<&'w PermissionSet, AwsError> {
    instance.sets.get(arn).ok_or_else(|| {
        let id = arn.rsplit('/').next().unwrap_or(arn);
        missing(format!("Could not find PermissionSet with id {id}"))
    })
}

/// Refuses what only the management account may do: to touch what concerns itself.
pub(super) fn may_touch(request: &Request, instance: &Instance, account: &str) -> Result<(), AwsError> {
    if account == instance.owner && request.caller.account != instance.owner { Err(denied()) } else { Ok(()) }
}

/// The permission set of a request, to change or to give to accounts.
pub(super) fn changeable<'w>(
    world: &'w World,
    request: &Request,
) -> Result<(&'w Instance, &'w PermissionSet), AwsError> {
    let instance = organization(world, request)?;
    let set = set(instance, request.required("PermissionSetArn"))?;
    for account in set.provisioned.keys() {
        may_touch(request, instance, account)?;
    }
    Ok((instance, set))
}

/// Changes the permission set of a request; every account that has it has an older revision from then on.
pub(super) fn edit(
    world: &mut World,
    request: &Request,
    change: impl FnOnce(&mut PermissionSet),
) -> Result<(), AwsError> {
    let (instance, set) = changeable(world, request)?;
    let (instance, set) = (instance.arn.clone(), set.arn.clone());
    let found = world.sso_admin.instances.get_mut(&instance).and_then(|instance| instance.sets.get_mut(&set));
    let set = found.ok_or_else(denied)?;
    change(set);
    set.revision += 1;
    Ok(())
}
