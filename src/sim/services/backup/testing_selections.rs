//! Restore testing selections: CreateRestoreTestingSelection, GetRestoreTestingSelection, ListRestoreTestingSelections,
//! UpdateRestoreTestingSelection, DeleteRestoreTestingSelection; and GetRestoreTestingInferredMetadata.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html> and the API reference: thirty
//! selections of a plan, thirty ARNs or conditions of a selection; single ARNs and conditions exclude each other. UNSOURCED:
//! the window for a validation if none is said (an hour), and the words.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::records::Spot;
use super::refusal::{exists, invalid_value, limit, not_found};
use super::testing_plans::{TestingPlan, check_name, none};
use super::{PAGING, gate, resource_types};

const MOST: usize = 30;
const USUAL_VALIDATION: i64 = 1;

/// A selection of a restore testing plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Selection {
    created: Timestamp,
    request_id: Option<String>,
    /// Type of the resources, e.g. `EBS`.
    pub(crate) kind: String,
    /// ARN of the role.
    pub(crate) role: String,
    /// ARNs of resources, or `*`.
    pub(crate) resources: Vec<String>,
    /// `ProtectedResourceConditions`.
    pub(crate) conditions: Value,
    /// `RestoreMetadataOverrides`.
    pub(crate) overrides: Value,
    /// How long the data stays for a validation, in hours.
    pub(crate) hours: i64,
}

impl Selection {
    fn view(&self, plan: &str, name: &str) -> Value {
        json!({
            "RestoreTestingPlanName": plan,
            "RestoreTestingSelectionName": name,
            "CreationTime": epoch(self.created),
            "IamRoleArn": self.role,
            "ProtectedResourceType": self.kind,
            "ValidationWindowHours": self.hours,
        })
    }

    /// Takes what a request says, if it is valid.
    fn take(&mut self, given: &Value) -> Result<(), AwsError> {
        if let Some(role) = given["IamRoleArn"].as_str() {
            role.clone_into(&mut self.role);
        }
        if let Some(resources) = given["ProtectedResourceArns"].as_array() {
            self.resources = resources.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        }
        if given["ProtectedResourceConditions"].is_object() {
            self.conditions = given["ProtectedResourceConditions"].clone();
        }
        if given["RestoreMetadataOverrides"].is_object() {
            self.overrides = given["RestoreMetadataOverrides"].clone();
        }
        self.hours = given["ValidationWindowHours"].as_i64().unwrap_or(self.hours);
        self.check()
    }

    fn conditioned(&self) -> usize {
        let listed = |member: &str| self.conditions[member].as_array().map_or(0, Vec::len);
        listed("StringEquals") + listed("StringNotEquals")
    }

    fn check(&self) -> Result<(), AwsError> {
        if !self.role.contains(":role/") {
            return Err(invalid_value(format!("IamRoleArn {} is invalid.", self.role)));
        }
        if !(0..=168).contains(&self.hours) {
            return Err(invalid_value("ValidationWindowHours must be between 0 and 168."));
        }
        let wildcard = self.resources.iter().any(|arn| arn == "*");
        if self.resources.len() > MOST || self.conditioned() > MOST {
            return Err(invalid_value(format!("A selection can have {MOST} ARNs or conditions at most.")));
        }
        if wildcard && self.resources.len() > 1 {
            return Err(invalid_value("ProtectedResourceArns must be a wildcard or ARNs, not both."));
        }
        if !wildcard && !self.resources.is_empty() && self.conditioned() > 0 {
            return Err(invalid_value("ProtectedResourceConditions must not be given with ARNs."));
        }
        if self.resources.is_empty() && self.conditioned() == 0 {
            return Err(invalid_value(
                "ProtectedResourceArns or ProtectedResourceConditions must be specified.",
            ));
        }
        Ok(())
    }
}

fn plan<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut TestingPlan, AwsError> {
    let name = request.required("RestoreTestingPlanName");
    world.backup.testing_plan_mut(&Spot::of(request), name).ok_or_else(|| none(name))
}

fn no_selection(name: &str) -> AwsError {
    not_found(format!("Cannot find restore testing selection {name}."))
}

/// A repeat with the same `CreatorRequestId` answers with the same selection.
pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let of = request.required("RestoreTestingPlanName");
    let given = &request.input["RestoreTestingSelection"];
    let name = given["RestoreTestingSelectionName"].as_str().unwrap_or_default();
    check_name(name)?;
    let kind = given["ProtectedResourceType"].as_str().unwrap_or_default();
    let kind = resource_types::named(kind)
        .filter(|kind| kind.restore_test)
        .ok_or_else(|| invalid_value(format!("ProtectedResourceType {kind} is not supported.")))?;
    let plan = plan(world, request)?;
    let request_id = request.text("CreatorRequestId");
    if let Some(known) = plan.selections.get(name) {
        if request_id.is_none() || known.request_id.as_deref() != request_id {
            let words = "Restore testing selection with the same name already exists.";
            return Err(exists(words, &plan.arn, known.request_id.as_deref()));
        }
        return Ok(made(of, name, plan, known.created));
    }
    if plan.selections.len() >= MOST {
        return Err(limit(format!("A restore testing plan can have {MOST} selections.")));
    }
    let mut selection = Selection {
        created: request.now,
        request_id: request_id.map(str::to_owned),
        kind: kind.name.clone(),
        role: String::new(),
        resources: Vec::new(),
        conditions: json!({}),
        overrides: json!({}),
        hours: USUAL_VALIDATION,
    };
    selection.take(given)?;
    plan.selections.insert(name.to_owned(), selection);
    Ok(made(of, name, plan, request.now))
}

fn made(of: &str, name: &str, plan: &TestingPlan, created: Timestamp) -> Value {
    json!({
        "CreationTime": epoch(created),
        "RestoreTestingPlanArn": plan.arn,
        "RestoreTestingPlanName": of,
        "RestoreTestingSelectionName": name,
    })
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (of, name) =
        (request.required("RestoreTestingPlanName"), request.required("RestoreTestingSelectionName"));
    let selection = plan(world, request)?.selections.get(name).ok_or_else(|| no_selection(name))?;
    let mut view = selection.view(of, name);
    view["CreatorRequestId"] = json!(selection.request_id);
    view["ProtectedResourceArns"] = json!(selection.resources);
    view["ProtectedResourceConditions"] = selection.conditions.clone();
    view["RestoreMetadataOverrides"] = selection.overrides.clone();
    Ok(json!({ "RestoreTestingSelection": view }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let of = request.required("RestoreTestingPlanName");
    let selections = plan(world, request)?.selections.iter().collect();
    PAGING.page(
        request,
        "RestoreTestingSelections",
        selections,
        |(name, selection): (&String, &Selection)| selection.view(of, name),
    )
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (of, name) =
        (request.required("RestoreTestingPlanName"), request.required("RestoreTestingSelectionName"));
    let plan = plan(world, request)?;
    let mut changed = plan.selections.get(name).cloned().ok_or_else(|| no_selection(name))?;
    changed.take(&request.input["RestoreTestingSelection"])?;
    let created = changed.created;
    plan.selections.insert(name.to_owned(), changed);
    let mut answer = made(of, name, plan, created);
    answer["UpdateTime"] = json!(epoch(request.now));
    Ok(answer)
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let name = request.required("RestoreTestingSelectionName");
    plan(world, request)?.selections.remove(name).ok_or_else(|| no_selection(name))?;
    Ok(json!({}))
}

/// What a restore test of a recovery point would use; the names depend on the type, only those of every type are shown.
pub(super) fn inferred(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let arn = request.required("RecoveryPointArn");
    let vault = gate::seen(world, request, Some(arn))?;
    if !vault.points.contains_key(arn) {
        return Err(not_found(format!("Cannot find recovery point {arn}")));
    }
    Ok(json!({ "InferredMetadata": { "encrypted": "true" } }))
}
