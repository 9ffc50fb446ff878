//! ProvisionPermissionSet, its statuses, and which accounts have which permission set in which state.
//!
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ProvisionPermissionSet.html>. An edited set
//! is `LATEST_PERMISSION_SET_NOT_PROVISIONED` in each account until the account is given it again.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::refusal::{denied, invalid};
use super::state::{PermissionSet, Work};
use super::{PAGING, assignments, gate, operations};

pub(super) fn provision(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (instance, set) = gate::changeable(world, request)?;
    let account = request.text("TargetId");
    let one = request.required("TargetType") == "AWS_ACCOUNT";
    // UNSOURCED words.
    if one != account.is_some() {
        return Err(invalid("TargetId must be specified if and only if TargetType is AWS_ACCOUNT."));
    }
    if let Some(account) = account {
        gate::may_touch(request, instance, account)?;
    }
    let work = Work::Provision { set: set.arn.clone(), account: account.map(str::to_owned) };
    operations::room_for(instance, &work)?;
    let arn = instance.arn.clone();
    let operation = operations::begin(world, &arn, work, request.now).ok_or_else(denied)?;
    Ok(json!({ "PermissionSetProvisioningStatus": operations::view(&operation, false) }))
}

fn is_provisioning(work: &Work) -> bool {
    matches!(work, Work::Provision { .. })
}

pub(super) fn status(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::organization(world, request)?;
    let id = request.required("ProvisionPermissionSetRequestId");
    let status = operations::view(assignments::operation(instance, id, is_provisioning)?, true);
    Ok(json!({ "PermissionSetProvisioningStatus": status }))
}

pub(super) fn statuses(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::organization(world, request)?;
    let found = operations::listed(instance, request, is_provisioning);
    PAGING.page(request, "PermissionSetsProvisioningStatus", found, operations::brief)
}

/// Whether an account has the set in the state that the request's filter asks for.
fn fits(request: &Request, set: &PermissionSet, account: &str) -> bool {
    let Some(provisioned) = set.provisioned.get(account) else { return false };
    let latest = provisioned.revision == set.revision;
    match request.text("ProvisioningStatus") {
        Some("LATEST_PERMISSION_SET_PROVISIONED") => latest,
        Some("LATEST_PERMISSION_SET_NOT_PROVISIONED") => !latest,
        _ => true,
    }
}

pub(super) fn accounts(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::organization(world, request)?;
    let set = gate::set(instance, request.required("PermissionSetArn"))?;
    let found = set.provisioned.keys().filter(|account| fits(request, set, account)).collect();
    PAGING.page(request, "AccountIds", found, |account| json!(account))
}

pub(super) fn sets(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::organization(world, request)?;
    let account = request.required("AccountId");
    let found = instance.sets.values().filter(|set| fits(request, set, account)).collect();
    PAGING.page(request, "PermissionSets", found, |set: &PermissionSet| json!(set.arn))
}
