//! Which store a request means, and who may read and change it.
//!
//! In: the world and a request. Out: the store, or the refusal. Absent: IAM policies (`authorization`).
//!
//! Any member account of the owner's organization reads; the owner and the delegated administrator of Identity Center
//! change (<https://docs.aws.amazon.com/singlesignon/latest/userguide/manage-identity-store-resource-policies.html>, and
//! the sentence on member accounts at each reading operation of the API reference).

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::sso_admin;
use crate::sim::world::World;

use super::refusal::{denied, missing};
use super::state::Store;

/// The id behind an id or an ARN.
pub(super) fn bare(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

fn id(request: &Request) -> &str {
    bare(request.required("IdentityStoreId"))
}

/// The store of a request, to read. Stores are Regional: in another Region there is no such store (UNSOURCED).
pub(super) fn reader<'w>(world: &'w World, request: &Request) -> Result<&'w Store, AwsError> {
    let id = id(request);
    let store = world.identity_store.stores.get(id).filter(|store| store.region == request.region);
    let store = store.ok_or_else(|| missing("IDENTITY_STORE", id))?;
    let caller = &request.caller.account;
    let together =
        world.organizations.of(caller).is_some_and(|organization| organization.management == store.owner);
    if *caller == store.owner || together { Ok(store) } else { Err(denied()) }
}

/// The store of a request, to change.
pub(super) fn writer<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut Store, AwsError> {
    let owner = reader(world, request)?.owner.clone();
    let caller = &request.caller.account;
    if *caller != owner && !sso_admin::administers(world, caller) {
        return Err(denied());
    }
    world.identity_store.stores.get_mut(id(request)).ok_or_else(denied)
}
