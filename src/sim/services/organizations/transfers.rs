//! Transfers of billing responsibility: nobody has any, so listings are empty and lookups fail.
//!
//! In: requests. Out: empty listings, or AWS's refusal. Absent: inviting to a transfer, which stays an unknown
//! operation.

use serde_json::Value;

use super::access;
use super::paging::page;
use super::refusal::refuse;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    access::management(&mut world.organizations, request)?;
    page(request, "ResponsibilityTransfers", Vec::new(), false)
}

pub(super) fn unknown(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    access::management(&mut world.organizations, request)?;
    Err(refuse("ResponsibilityTransferNotFoundException"))
}
