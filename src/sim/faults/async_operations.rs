//! Asynchronous operations that fail or never end.
//!
//! In: the answer that named the operation. Out: the world, in which it will not succeed. Absent: statuses that are
//! not found, which is a fault of the status's own operation.

use jiff::Timestamp;
use serde_json::Value;

use super::{Encounter, Fault};
use crate::sim::services::organizations::{Creation, CreationOutcome};
use crate::sim::world::World;

/// Operations of Control Tower that answer with an operation identifier begin with these words
/// (<https://docs.aws.amazon.com/controltower/latest/APIReference/API_Operations.html>).
const VERBS: &[&str] = &["Create", "Update", "Reset", "Delete", "Enable", "Disable"];

/// Operations of Identity Center that answer with a request id, and the member of the answer that has it
/// (<https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_Operations.html>).
const ASSIGNING: &[(&str, &str)] = &[
    ("CreateAccountAssignment", "AccountAssignmentCreationStatus"),
    ("DeleteAccountAssignment", "AccountAssignmentDeletionStatus"),
    ("ProvisionPermissionSet", "PermissionSetProvisioningStatus"),
];

/// Whether an operation begins an asynchronous one.
pub(super) fn begins(service: &str, operation: &str) -> bool {
    match service {
        "organizations" => operation == "CreateAccount",
        "sso-admin" => ASSIGNING.iter().any(|(name, _)| *name == operation),
        "servicecatalog" => operation.ends_with("Product") && !operation.starts_with("Describe"),
        "controltower" => VERBS.iter().any(|verb| operation.starts_with(verb)),
        _ => false,
    }
}

/// Makes what has just begun fail or hang. False: there was nothing under way.
pub(super) fn spoil(fault: &Fault, world: &mut World, met: &Encounter<'_>, answer: &Value) -> bool {
    if met.table().service == "organizations" {
        let id = answer["CreateAccountStatus"]["Id"].as_str().unwrap_or_default();
        let mut organizations = world.organizations.organizations.values_mut();
        let creation = organizations.find_map(|organization| organization.creations.get_mut(id));
        return creation.is_some_and(|creation| spoil_creation(fault, creation));
    }
    if met.table().service == "sso-admin" {
        let member =
            ASSIGNING.iter().find(|(name, _)| *name == met.call.name).map_or("", |(_, member)| member);
        let id = answer[member]["RequestId"].as_str().unwrap_or_default();
        return match fault {
            Fault::OperationFails { reason } => world.sso_admin.doom(id, reason),
            Fault::OperationHangs => world.sso_admin.hang(id),
            _ => false,
        };
    }
    if met.table().service == "servicecatalog" {
        let id = answer["RecordDetail"]["RecordId"].as_str().unwrap_or_default();
        return match fault {
            Fault::OperationFails { reason } => world.service_catalog.doom(id, reason),
            Fault::OperationHangs => world.service_catalog.hang(id),
            _ => false,
        };
    }
    let id = answer["operationIdentifier"].as_str().unwrap_or_default();
    match fault {
        Fault::OperationFails { reason } => world.control_tower.doom(id, reason),
        Fault::OperationHangs => world.control_tower.hang(id),
        _ => false,
    }
}

fn spoil_creation(fault: &Fault, creation: &mut Creation) -> bool {
    match fault {
        _ if creation.outcome != CreationOutcome::InProgress => return false,
        Fault::OperationFails { reason } => creation.doomed = Some(reason.clone()),
        Fault::OperationHangs => creation.ends = Timestamp::MAX,
        _ => return false,
    }
    true
}
