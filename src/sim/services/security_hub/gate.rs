//! Who may do what: an account with a hub, the administrator, and the administrator in its home Region.
//!
//! In: the world and a request. Out: the hub or the account's set-up, or the refusal. Absent: IAM policies.

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::administrator;
use super::refusal::{no_access, not_administrator, not_subscribed};
use super::state::{Account, Hub};

/// The caller's hub in this Region.
pub(super) fn hub<'w>(world: &'w World, request: &Request) -> Result<&'w Hub, AwsError> {
    let hub = world.security_hub.hub(&request.caller.account, &request.region);
    hub.ok_or_else(|| not_subscribed(&request.caller.account))
}

/// The caller administers Security Hub CSPM of its organization in this Region.
pub(super) fn administrator(world: &World, request: &Request) -> Result<(), AwsError> {
    hub(world, request)?;
    let caller = request.caller.account.as_str();
    match administrator::holder(world, caller, &request.region).as_deref() == Some(caller) {
        true => Ok(()),
        false => Err(not_administrator(caller)),
    }
}

/// The set-up of an administrator whose organization is configured centrally, in the home Region
/// (<https://docs.aws.amazon.com/securityhub/latest/userguide/central-configuration-intro.html>).
pub(super) fn central<'w>(world: &'w World, request: &Request) -> Result<&'w Account, AwsError> {
    administrator(world, request)?;
    let account = world.security_hub.accounts.get(&request.caller.account);
    let central = account.and_then(|account| account.central.as_ref());
    match (account, central.filter(|central| central.ends.is_none())) {
        (Some(account), Some(central)) if central.home == request.region => Ok(account),
        (_, Some(central)) => {
            Err(no_access(format!("The operation is available in the home Region, {}, only.", central.home)))
        }
        _ => Err(no_access("The organization does not use central configuration.")),
    }
}
