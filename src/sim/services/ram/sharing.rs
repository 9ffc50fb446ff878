//! Sharing within the organization: what switches it on, and whether it is on.
//!
//! In: the world. Out: the switch. RAM needs both trusted access and its service-linked role in the management account:
//! trust that Organizations gave without RAM's own call makes no role, and nothing can be shared then
//! (<https://docs.aws.amazon.com/ram/latest/userguide/getting-started-sharing.html>). Absent: switching it off, which goes
//! by Organizations alone.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::queries;
use crate::sim::services::organizations::Organization;
use crate::sim::world::World;

use super::refusal::not_permitted;

pub(super) const PRINCIPAL: &str = "ram.amazonaws.com";
const ROLE: &str = "AWSServiceRoleForResourceAccessManager";

/// A second call changes nothing.
pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = &request.caller.account;
    let managed =
        world.organizations.of_mut(account).filter(|organization| organization.management == *account);
    // RAM's words are UNSOURCED.
    let organization = managed.ok_or_else(|| {
        not_permitted("This operation can be called by the management account of an organization only.")
    })?;
    if !organization.all_features() {
        return Err(not_permitted("The organization does not have all features enabled."));
    }
    organization.enable_service_access(PRINCIPAL, request.now);
    queries::ensure_service_linked_role(world, account, PRINCIPAL, request.now);
    Ok(json!({ "returnValue": true }))
}

/// The organization within which an account can share, if sharing is on there.
pub(super) fn within<'w>(world: &'w World, account: &str) -> Option<&'w Organization> {
    let organization = world.organizations.of(account)?;
    let role = world.iam.role(&organization.management, ROLE).is_some();
    (role && organization.has_service_access(PRINCIPAL)).then_some(organization)
}
