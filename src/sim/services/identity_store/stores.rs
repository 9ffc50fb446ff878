//! DescribeIdentityStore and ListIdentityStores.
//!
//! In: requests. Out: the store of the caller's Identity Center instance, or of its organization's. Absent:
//! UpdateIdentityStore, whose network configuration has nothing to act on here.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::PAGING;
use super::gate::reader;
use super::state::Store;

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let store = reader(world, request)?;
    Ok(json!({"IdentityStoreId": store.id, "IdentityStoreArn": store.arn()}))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let caller = &request.caller.account;
    let management = world.organizations.of(caller).map(|organization| organization.management.as_str());
    let visible = |store: &&Store| {
        store.region == request.region && (store.owner == *caller || management == Some(store.owner.as_str()))
    };
    let stores: Vec<&Store> = world.identity_store.stores.values().filter(visible).collect();
    PAGING.page(
        request,
        "IdentityStores",
        stores,
        |store| json!({"IdentityStoreId": store.id, "IdentityStoreArn": store.arn()}),
    )
}
