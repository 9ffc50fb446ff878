//! With whom something is shared: accounts, units, organizations, roles, users and services.
//!
//! In: a principal as the request names it. Out: whether it may be one of a share, and whether it is outside the
//! organization; which accounts it reaches. Source:
//! <https://docs.aws.amazon.com/ram/latest/APIReference/API_AssociateResourceShare.html>. Absent: source constraints.

use crate::sim::error::AwsError;
use crate::sim::world::World;

use super::refusal::{invalid, malformed_principal, no_organization, no_unit, only_within};
use super::sharing::within;

/// Whether a principal is outside the owner's organization.
///
/// # Errors
/// If it has no form that RAM knows, is not there, or is outside and the share is not for such.
pub(super) fn is_external(
    world: &World,
    owner: &str,
    principal: &str,
    external: bool,
) -> Result<bool, AwsError> {
    let parts: Vec<&str> = principal.splitn(6, ':').collect();
    let outside = match parts.as_slice() {
        [account] if is_account(account) => return of_account(world, owner, account, external),
        [service] if service.ends_with(".amazonaws.com") => return Ok(false),
        ["arn", _, "organizations", "", _, rest] => match rest.split_once('/') {
            Some(("organization", id)) => {
                let ours = within(world, owner).filter(|organization| organization.id == id);
                ours.map(|_| false).ok_or_else(|| no_organization(id))?
            }
            Some(("ou", path)) => {
                let (organization, _) = path.split_once('/').ok_or_else(|| malformed_principal(principal))?;
                let ours = within(world, owner).ok_or_else(|| no_organization(organization))?;
                ours.unit_by_arn(principal).map(|_| false).ok_or_else(|| no_unit(principal))?
            }
            _ => return Err(malformed_principal(principal)),
        },
        ["arn", _, "iam", "", account, rest] if rest.starts_with("role/") || rest.starts_with("user/") => {
            return of_account(world, owner, account, external);
        }
        _ => return Err(malformed_principal(principal)),
    };
    Ok(outside)
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An account of the organization is inside only if sharing is on there; else it is as good as a stranger.
fn of_account(world: &World, owner: &str, account: &str, external: bool) -> Result<bool, AwsError> {
    if account == owner {
        return Err(invalid("You cannot share a resource with the account that owns the resource share."));
    }
    let outside = within(world, owner).is_none_or(|organization| organization.account(account).is_none());
    if outside && !external { Err(only_within()) } else { Ok(outside) }
}

/// Whether a principal of a share reaches an account.
pub(super) fn reaches(world: &World, owner: &str, principal: &str, account: &str) -> bool {
    if principal == account {
        return true;
    }
    let Some(organization) =
        within(world, owner).filter(|organization| organization.account(account).is_some())
    else {
        return false;
    };
    if principal == organization.arn() {
        return account != owner;
    }
    let unit = organization.unit_by_arn(principal).map(|(id, _)| id.to_owned());
    unit.is_some_and(|unit| organization.ancestors(account).contains(&unit.as_str()))
}
