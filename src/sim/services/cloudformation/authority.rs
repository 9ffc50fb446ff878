//! Who works with service-managed stack sets: the management account, or an account registered for their principal that says
//! so with `CallAs`.
//!
//! In: a request. Out: the management account, in which the stack sets stand
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html>). Absent: deeds.

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::organizations_access::{self, PRINCIPAL};

/// A refusal of the request as such.
pub(super) fn invalid(words: impl Into<String>) -> AwsError {
    AwsError::new("ValidationError", words).status(400)
}

pub(super) fn not_found(name: &str) -> AwsError {
    AwsError::new("StackSetNotFoundException", format!("StackSet {name} not found"))
}

/// The management account of the caller's organization. UNSOURCED words of the third refusal; the others are reported
/// publicly, e.g. <https://github.com/hashicorp/terraform-provider-aws/issues/23378>.
pub(super) fn owner(world: &World, request: &Request) -> Result<String, AwsError> {
    let account = &request.caller.account;
    let outside = || {
        invalid(
            "You must be the management account or delegated admin account of an organization before operating a SERVICE_MANAGED stack set",
        )
    };
    let organization = world.organizations.of(account).ok_or_else(outside)?;
    let delegated = organization.delegated.get(account).is_some_and(|all| all.contains_key(PRINCIPAL));
    match (organization.management == *account, request.text("CallAs")) {
        (true, None | Some("SELF")) => {}
        (true, Some(_)) => return Err(invalid("Account used is not a delegated administrator")),
        (false, Some("DELEGATED_ADMIN")) if delegated => {}
        (false, _) => return Err(outside()),
    }
    if !organizations_access::is_active(world, organization) {
        return Err(invalid("You must enable organizations access to operate a service managed stack set"));
    }
    Ok(organization.management.clone())
}
