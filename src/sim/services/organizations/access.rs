//! Who may call what: the management account writes, a delegated administrator reads, members see little.
//!
//! In: the caller. Out: its organization, or AWS's refusal. Absent: IAM policies (`authorization`).
//!
//! Source: the sentence "You can only call this operation from ..." of each page under
//! <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html>.

use super::refusal::refuse;
use super::state::{Organization, State};
use crate::sim::error::AwsError;
use crate::sim::request::Request;

/// For operations that any member may call.
pub(super) fn member<'a>(state: &'a mut State, request: &Request) -> Result<&'a mut Organization, AwsError> {
    state.of_mut(&request.caller.account).ok_or_else(|| refuse("AWSOrganizationsNotInUseException"))
}

/// For operations that only the management account may call.
pub(super) fn management<'a>(
    state: &'a mut State,
    request: &Request,
) -> Result<&'a mut Organization, AwsError> {
    let organization = member(state, request)?;
    if organization.management == request.caller.account || organization.delegates(request) {
        Ok(organization)
    } else {
        Err(refuse("AccessDeniedException"))
    }
}

/// For operations that the management account and delegated administrators may call.
pub(super) fn reader<'a>(state: &'a mut State, request: &Request) -> Result<&'a mut Organization, AwsError> {
    let organization = member(state, request)?;
    let caller = &request.caller.account;
    let trusted = organization.management == *caller
        || organization.delegated.contains_key(caller)
        || organization.delegates(request);
    if trusted { Ok(organization) } else { Err(refuse("AccessDeniedException")) }
}
