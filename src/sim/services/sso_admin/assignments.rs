//! CreateAccountAssignment, DeleteAccountAssignment, their statuses, and who has what where.
//!
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreateAccountAssignment.html> and its
//! neighbours. Creating what exists, and deleting what does not, is seen when the operation ends: the first succeeds
//! (UNSOURCED), the second fails.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::refusal::{denied, missing};
use super::state::{Assignment, Instance, Operation, Work};
use super::{PAGING, gate, operations};

fn asked(request: &Request) -> Assignment {
    let text = |member: &str| request.required(member).to_owned();
    Assignment {
        account: text("TargetId"),
        set: text("PermissionSetArn"),
        kind: text("PrincipalType"),
        principal: text("PrincipalId"),
    }
}

fn begin(world: &mut World, request: &Request, work: fn(Assignment) -> Work) -> Result<Operation, AwsError> {
    let assignment = asked(request);
    let (instance, _) = gate::changeable(world, request)?;
    gate::may_touch(request, instance, &assignment.account)?;
    let work = work(assignment);
    operations::room_for(instance, &work)?;
    let arn = instance.arn.clone();
    operations::begin(world, &arn, work, request.now).ok_or_else(denied)
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let operation = begin(world, request, Work::Assign)?;
    Ok(json!({ "AccountAssignmentCreationStatus": operations::view(&operation, false) }))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let operation = begin(world, request, Work::Unassign)?;
    Ok(json!({ "AccountAssignmentDeletionStatus": operations::view(&operation, false) }))
}

fn is_creation(work: &Work) -> bool {
    matches!(work, Work::Assign(_))
}

fn is_deletion(work: &Work) -> bool {
    matches!(work, Work::Unassign(_))
}

/// The operation of a kind that a request names. UNSOURCED words.
pub(super) fn operation<'i>(
    instance: &'i Instance,
    id: &str,
    of_kind: fn(&Work) -> bool,
) -> Result<&'i Operation, AwsError> {
    let found = instance.operations.get(id).filter(|operation| of_kind(&operation.work));
    found.ok_or_else(|| missing(format!("Could not find the request with id {id}")))
}

pub(super) fn creation_status(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::organization(world, request)?;
    let id = request.required("AccountAssignmentCreationRequestId");
    let status = operations::view(operation(instance, id, is_creation)?, true);
    Ok(json!({ "AccountAssignmentCreationStatus": status }))
}

pub(super) fn deletion_status(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::organization(world, request)?;
    let id = request.required("AccountAssignmentDeletionRequestId");
    let status = operations::view(operation(instance, id, is_deletion)?, true);
    Ok(json!({ "AccountAssignmentDeletionStatus": status }))
}

pub(super) fn creation_statuses(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::organization(world, request)?;
    let found = operations::listed(instance, request, is_creation);
    PAGING.page(request, "AccountAssignmentsCreationStatus", found, operations::brief)
}

pub(super) fn deletion_statuses(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::organization(world, request)?;
    let found = operations::listed(instance, request, is_deletion);
    PAGING.page(request, "AccountAssignmentsDeletionStatus", found, operations::brief)
}

fn view(assignment: &Assignment) -> Value {
    json!({
        "AccountId": assignment.account,
        "PermissionSetArn": assignment.set,
        "PrincipalType": assignment.kind,
        "PrincipalId": assignment.principal,
    })
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::organization(world, request)?;
    let set = gate::set(instance, request.required("PermissionSetArn"))?;
    let account = request.required("AccountId");
    let shown = |assignment: &&Assignment| assignment.account == account && assignment.set == set.arn;
    let found = instance.assignments.iter().filter(shown).collect();
    PAGING.page(request, "AccountAssignments", found, view)
}

/// A user has what its groups have
/// (<https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountAssignmentsForPrincipal.html>). The
/// model says that the management account calls this; that the delegated administrator does too is UNSOURCED.
pub(super) fn list_for_principal(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let instance = gate::organization(world, request)?;
    let (principal, kind) = (request.required("PrincipalId"), request.required("PrincipalType"));
    let account = request.input["Filter"]["AccountId"].as_str();
    let store = world.identity_store.stores.get(&instance.store);
    let memberships = store.into_iter().flat_map(|store| store.memberships.values());
    let own = memberships.filter(|membership| kind == "USER" && membership.user == principal);
    let groups: Vec<&str> = own.map(|membership| membership.group.as_str()).collect();
    let shown = |assignment: &&Assignment| {
        let direct = assignment.kind == kind && assignment.principal == principal;
        let by_group = assignment.kind == "GROUP" && groups.contains(&assignment.principal.as_str());
        (direct || by_group) && account.is_none_or(|account| assignment.account == account)
    };
    let found = instance.assignments.iter().filter(shown).collect();
    PAGING.page(request, "AccountAssignments", found, view)
}
