//! What IAM Identity Center does asynchronously: giving access, taking it back, provisioning permission sets.
//!
//! In: work that was checked. Out: an operation in progress, and later its effect or the reason why it failed. Absent: the
//! checks (`assignments`, `provisioning`) and what accounts get (`roles`).
//!
//! One permission-set role of an account is worked on at a time, fifteen assignments may be outstanding, and three
//! provisionings (<https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html>). How long each takes is
//! published nowhere (UNSOURCED): a quarter of a minute per account here.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::refusal::{conflict, too_many};
use super::roles;
use super::state::{Assignment, Instance, Operation, Outcome, Work};

const PER_ACCOUNT: Duration = Duration::from_secs(15);
const MOST_ASSIGNMENTS: usize = 15;
const MOST_PROVISIONINGS: usize = 3;

fn alike(one: &Work, other: &Work) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// Refuses work that has to wait: as much as AWS takes is outstanding, or the same assignment is being worked on.
/// UNSOURCED words of the second; that it conflicts is reported in
/// <https://github.com/aws-samples/iam-identity-center-team/pull/515>.
pub(super) fn room_for(instance: &Instance, work: &Work) -> Result<(), AwsError> {
    let open = || instance.operations.values().filter(|operation| operation.outcome == Outcome::InProgress);
    let outstanding = open().filter(|operation| alike(&operation.work, work)).count();
    let most = match work {
        Work::Assign(_) => Some(MOST_ASSIGNMENTS),
        Work::Provision { .. } => Some(MOST_PROVISIONINGS),
        Work::Unassign(_) => None,
    };
    if most.is_some_and(|most| outstanding >= most) {
        return Err(too_many());
    }
    if open().any(|operation| assignment(&operation.work).is_some_and(|busy| Some(busy) == assignment(work)))
    {
        return Err(conflict("There is a conflicting operation in process for the account assignment."));
    }
    Ok(())
}

fn assignment(work: &Work) -> Option<&Assignment> {
    match work {
        Work::Assign(assignment) | Work::Unassign(assignment) => Some(assignment),
        Work::Provision { .. } => None,
    }
}

/// Begins work and gives its operation.
pub(super) fn begin(world: &mut World, instance: &str, work: Work, now: Timestamp) -> Option<Operation> {
    let known = world.sso_admin.instances.get(instance)?;
    let accounts = match &work {
        Work::Provision { set, account: None } => known.sets.get(set)?.provisioned.len().max(1),
        _ => 1,
    };
    let queue = known.operations.values().filter(|operation| {
        operation.outcome == Outcome::InProgress
            && operation.ends != Timestamp::MAX
            && work.account().is_some_and(|account| operation.work.account() == Some(account))
    });
    let free = queue.map(|operation| operation.ends).max().unwrap_or(now).max(now);
    let ends = world.end_of(free, PER_ACCOUNT.saturating_mul(u32::try_from(accounts).unwrap_or(u32::MAX)));
    let id = world.ids.uuid();
    world.sso_admin.serial += 1;
    let serial = world.sso_admin.serial;
    let operation = Operation {
        id: id.clone(),
        serial,
        work,
        begun: now,
        ends,
        outcome: Outcome::InProgress,
        doomed: None,
    };
    let instance = world.sso_admin.instances.get_mut(instance)?;
    instance.operations.insert(id, operation.clone());
    Some(operation)
}

/// The status of an operation; `dated` adds the time of its beginning, which only the describing operations show.
pub(super) fn view(operation: &Operation, dated: bool) -> Value {
    let mut view = json!({"Status": operation.outcome.text(), "RequestId": operation.id});
    match &operation.work {
        Work::Assign(assignment) | Work::Unassign(assignment) => {
            view["TargetId"] = json!(assignment.account);
            view["TargetType"] = json!("AWS_ACCOUNT");
            view["PermissionSetArn"] = json!(assignment.set);
            view["PrincipalType"] = json!(assignment.kind);
            view["PrincipalId"] = json!(assignment.principal);
        }
        Work::Provision { set, account } => {
            view["PermissionSetArn"] = json!(set);
            if let Some(account) = account {
                view["AccountId"] = json!(account);
            }
        }
    }
    if let Outcome::Failed(reason) = &operation.outcome {
        view["FailureReason"] = json!(reason);
    }
    if dated {
        view["CreatedDate"] = json!(epoch(operation.begun));
    }
    view
}

/// The operations of a kind, in the order of their beginning, as far as the request's filter shows them.
pub(super) fn listed<'i>(
    instance: &'i Instance,
    request: &Request,
    of_kind: fn(&Work) -> bool,
) -> Vec<&'i Operation> {
    let wanted = request.input["Filter"]["Status"].as_str();
    let shown = |operation: &&Operation| {
        of_kind(&operation.work) && wanted.is_none_or(|status| operation.outcome.text() == status)
    };
    let mut found: Vec<&Operation> = instance.operations.values().filter(shown).collect();
    found.sort_by_key(|operation| operation.serial);
    found
}

/// An operation in a listing.
pub(super) fn brief(operation: &Operation) -> Value {
    json!({
        "Status": operation.outcome.text(),
        "RequestId": operation.id,
        "CreatedDate": epoch(operation.begun),
    })
}

/// When the next operation ends.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    world.sso_admin.under_way().map(|(_, operation)| operation.ends).min()
}

/// Ends every operation that is due, in order of time and beginning.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    let due = world.sso_admin.under_way().filter(|(_, operation)| operation.ends <= now);
    let mut due: Vec<(String, Operation)> =
        due.map(|(instance, operation)| (instance.to_owned(), operation.clone())).collect();
    due.sort_by_key(|(_, operation)| (operation.ends, operation.serial));
    for (instance, operation) in due {
        let outcome = match operation.doomed.clone() {
            Some(reason) => Err(reason),
            None => carry_out(world, &instance, &operation.work, operation.ends),
        };
        let known = world.sso_admin.instances.get_mut(&instance);
        if let Some(kept) = known.and_then(|known| known.operations.get_mut(&operation.id)) {
            kept.outcome = match outcome {
                Ok(()) => Outcome::Succeeded,
                Err(reason) => Outcome::Failed(reason),
            };
        }
    }
}

/// Carries work out.
pub(super) fn carry_out(
    world: &mut World,
    instance: &str,
    work: &Work,
    now: Timestamp,
) -> Result<(), String> {
    match work {
        Work::Assign(assignment) => {
            must_have_principal(world, instance, assignment)?;
            roles::provision(world, instance, &assignment.set, &assignment.account, now)?;
            let known = world.sso_admin.instances.get_mut(instance).ok_or("The instance is gone.")?;
            known.assignments.insert(assignment.clone());
            Ok(())
        }
        Work::Unassign(assignment) => unassign(world, instance, assignment),
        Work::Provision { set, account: Some(account) } => {
            roles::provision(world, instance, set, account, now)
        }
        Work::Provision { set, account: None } => {
            let known = world.sso_admin.instances.get(instance).and_then(|known| known.sets.get(set));
            let accounts: Vec<String> =
                known.map(|set| set.provisioned.keys().cloned().collect()).unwrap_or_default();
            let results: Vec<_> =
                accounts.iter().map(|account| roles::provision(world, instance, set, account, now)).collect();
            results.into_iter().collect()
        }
    }
}

/// Groups and users are looked for only now. The sentence is quoted in public reports of both kinds.
fn must_have_principal(world: &World, instance: &str, assignment: &Assignment) -> Result<(), String> {
    let known = world.sso_admin.instances.get(instance).ok_or("The instance is gone.")?;
    let store = world.identity_store.stores.get(&known.store);
    let found = store.is_some_and(|store| match assignment.kind.as_str() {
        "GROUP" => store.groups.contains_key(&assignment.principal),
        _ => store.users.contains_key(&assignment.principal),
    });
    if found {
        return Ok(());
    }
    Err(format!(
        "Received a 404 status error: the {} assignee {} was not found in directory {}",
        assignment.kind, assignment.principal, known.store
    ))
}

/// The sentence of a missing assignment is quoted in a comment of the Terraform provider's account assignment.
fn unassign(world: &mut World, instance: &str, assignment: &Assignment) -> Result<(), String> {
    let known = world.sso_admin.instances.get_mut(instance).ok_or("The instance is gone.")?;
    if !known.assignments.remove(assignment) {
        return Err(format!(
            "Received a 404 status error: EntitlementItem doesn't exist with the given entitlement key EntitlementKey{{accessorId=AccessorId{{value={}}}, resourceId=ResourceId{{value={}}}, auxiliaryResourceId=AuxiliaryResourceId{{value={}}}, containerId=ContainerId{{value={}}}}}",
            assignment.principal, assignment.account, assignment.set, known.store
        ));
    }
    if !known.assigned(&assignment.set, &assignment.account) {
        roles::withdraw(world, instance, &assignment.set, &assignment.account);
    }
    Ok(())
}
