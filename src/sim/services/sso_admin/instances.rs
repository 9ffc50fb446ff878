//! ListInstances, DescribeInstance, CreateInstance, UpdateInstance, DeleteInstance.
//!
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_Operations.html>. An organization's instance
//! is made in the console or by Control Tower, never by CreateInstance: the management account is refused. Absent:
//! further Regions, keys of the customer, network configuration.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::identity_store::Store;
use crate::sim::world::World;

use super::refusal::{conflict, denied, invalid};
use super::state::Instance;
use super::{PAGING, gate, tags};

/// Makes an instance with its identity store, and says its ARN.
pub(super) fn open(
    world: &mut World,
    owner: &str,
    organization: bool,
    region: &str,
    now: Timestamp,
) -> String {
    let arn = format!("arn:aws:sso:::instance/ssoins-{}", world.ids.hex(16));
    let store = format!("d-{}", world.ids.hex(10));
    world.identity_store.stores.insert(store.clone(), Store::new(&store, owner, region));
    let instance = Instance {
        arn: arn.clone(),
        owner: owner.to_owned(),
        organization,
        region: region.to_owned(),
        store,
        name: None,
        created: now,
        tags: BTreeMap::new(),
        sets: BTreeMap::new(),
        assignments: BTreeSet::new(),
        operations: BTreeMap::new(),
    };
    world.sso_admin.instances.insert(arn.clone(), instance);
    arn
}

fn view(world: &World, instance: &Instance) -> Map<String, Value> {
    let mut view = Map::new();
    view.insert("InstanceArn".into(), json!(instance.arn));
    view.insert("IdentityStoreId".into(), json!(instance.store));
    let store = world.identity_store.stores.get(&instance.store);
    view.insert("IdentityStoreArn".into(), store.map_or(Value::Null, |store| json!(store.arn())));
    view.insert("OwnerAccountId".into(), json!(instance.owner));
    view.insert("CreatedDate".into(), json!(epoch(instance.created)));
    view.insert("Status".into(), json!("ACTIVE"));
    view.insert("PrimaryRegion".into(), json!(instance.region));
    let region = json!({
        "RegionName": instance.region,
        "Status": "ACTIVE",
        "AddedDate": epoch(instance.created),
        "IsPrimaryRegion": true,
    });
    view.insert("Regions".into(), json!([region]));
    if let Some(name) = &instance.name {
        view.insert("Name".into(), json!(name));
    }
    view
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let everywhere = request.text("RegionScope") == Some("ALL_REGIONS");
    let shown = |instance: &&Instance| {
        (everywhere || instance.region == request.region)
            && gate::sees(world, &request.caller.account, instance)
    };
    let instances: Vec<&Instance> = world.sso_admin.instances.values().filter(shown).collect();
    PAGING.page(request, "Instances", instances, |instance| Value::Object(view(world, instance)))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::visible(world, request)?;
    let mut view = view(world, instance);
    view.insert("PermissionSetsEnabled".into(), json!(instance.organization));
    let keys = json!({"KeyType": "AWS_OWNED_KMS_KEY", "EncryptionStatus": "ENABLED"});
    view.insert("EncryptionConfigurationDetails".into(), keys);
    Ok(Value::Object(view))
}

/// The two refusals are the model's; their words are UNSOURCED.
pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let caller = &request.caller.account;
    if world.organizations.of(caller).is_some_and(|organization| organization.management == *caller) {
        return Err(invalid(
            "You can't create an account instance of IAM Identity Center in the management account of an organization.",
        ));
    }
    if world.sso_admin.instances.values().any(|instance| instance.owner == *caller) {
        return Err(conflict("An instance of IAM Identity Center already exists in this account."));
    }
    let given = tags::given(request)?;
    let arn = open(world, caller, false, &request.region, request.now);
    if let Some(instance) = world.sso_admin.instances.get_mut(&arn) {
        instance.name = request.text("Name").map(str::to_owned);
        instance.tags = given;
    }
    Ok(json!({ "InstanceArn": arn }))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::visible(world, request)?;
    let settings = ["EncryptionConfiguration", "PermissionSetsEnabled", "NetworkConfiguration"];
    if settings.iter().filter(|member| request.input.get(**member).is_some()).count() > 1 {
        return Err(invalid(format!("Only one of {} can be specified.", settings.join(", "))));
    }
    let arn = instance.arn.clone();
    if instance.owner != request.caller.account {
        return Err(denied());
    }
    if let (Some(instance), Some(name)) = (world.sso_admin.instances.get_mut(&arn), request.text("Name")) {
        instance.name = Some(name.to_owned());
    }
    Ok(json!({}))
}

/// Only the owner deletes an instance; its roles and its identity store go with it.
pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::visible(world, request)?;
    if instance.owner != request.caller.account {
        return Err(denied());
    }
    let (arn, store) = (instance.arn.clone(), instance.store.clone());
    if let Some(gone) = world.sso_admin.instances.remove(&arn) {
        super::roles::remove_all(world, &gone);
    }
    world.identity_store.stores.remove(&store);
    Ok(json!({}))
}
