//! Restore testing plans: CreateRestoreTestingPlan, GetRestoreTestingPlan, ListRestoreTestingPlans,
//! UpdateRestoreTestingPlan, DeleteRestoreTestingPlan.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html> and the API reference: a hundred
//! plans, names of letters, digits and underscores, windows within bounds; a plan goes when its selections are gone. A
//! plan that does not exist can be deleted, for the model declares no other answer. UNSOURCED words. Absent: the runs
//! (`testing_runs`) and the selections (`testing_selections`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::records::Spot;
use super::refusal::{exists, invalid_request, invalid_value, limit, not_found};
use super::schedule::Schedule;
use super::state::{State, Tags};
use super::testing_selections::Selection;
use super::{PAGING, tags};

const MOST: usize = 100;
const USUAL_START_WINDOW: i64 = 24;
const USUAL_SELECTION_WINDOW: i64 = 30;

/// By Region, then by account, then by name.
pub(crate) type Everything = BTreeMap<String, BTreeMap<String, BTreeMap<String, TestingPlan>>>;

/// A restore testing plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TestingPlan {
    pub(crate) arn: String,
    created: Timestamp,
    updated: Option<Timestamp>,
    /// When it last ran.
    pub(crate) run: Option<Timestamp>,
    request_id: Option<String>,
    cron: String,
    zone: Option<String>,
    start_window: i64,
    /// `RecoveryPointSelection`, with every default filled in.
    pub(crate) points: Value,
    pub(crate) tags: Tags,
    /// By name.
    pub(crate) selections: BTreeMap<String, Selection>,
}

impl TestingPlan {
    /// When it runs.
    pub(super) fn schedule(&self) -> Option<Schedule> {
        Schedule::parse(&self.cron, self.zone.as_deref())
    }

    fn view(&self, name: &str) -> Value {
        json!({
            "RestoreTestingPlanArn": self.arn,
            "RestoreTestingPlanName": name,
            "CreationTime": epoch(self.created),
            "LastUpdateTime": self.updated.map(epoch),
            "LastExecutionTime": self.run.map(epoch),
            "ScheduleExpression": self.cron,
            "ScheduleExpressionTimezone": self.zone.as_deref().unwrap_or("Etc/UTC"),
            "StartWindowHours": self.start_window,
        })
    }

    /// Takes what a request says, if it is valid.
    fn take(&mut self, given: &Value) -> Result<(), AwsError> {
        if let Some(cron) = given["ScheduleExpression"].as_str() {
            cron.clone_into(&mut self.cron);
        }
        if let Some(zone) = given["ScheduleExpressionTimezone"].as_str() {
            self.zone = Some(zone.to_owned());
        }
        if self.schedule().is_none() {
            return Err(invalid_value(format!("ScheduleExpression {} is invalid.", self.cron)));
        }
        self.start_window = given["StartWindowHours"].as_i64().unwrap_or(self.start_window);
        if !(1..=168).contains(&self.start_window) {
            return Err(invalid_value("StartWindowHours must be between 1 and 168."));
        }
        if given["RecoveryPointSelection"].is_object() {
            self.points = checked(&given["RecoveryPointSelection"])?;
        }
        Ok(())
    }
}

/// Which recovery points are tested, with every default filled in.
fn checked(given: &Value) -> Result<Value, AwsError> {
    let algorithm =
        given["Algorithm"].as_str().ok_or_else(|| invalid_value("Algorithm must be specified."))?;
    let vaults = given["IncludeVaults"].as_array().filter(|vaults| !vaults.is_empty());
    let vaults = vaults.ok_or_else(|| invalid_value("IncludeVaults must not be empty."))?;
    let none = Vec::new();
    let excluded = given["ExcludeVaults"].as_array().unwrap_or(&none);
    let named =
        |vault: &Value| vault.as_str().is_some_and(|vault| vault == "*" || vault.contains(":backup-vault:"));
    if !vaults.iter().chain(excluded).all(named) {
        return Err(invalid_value(
            "IncludeVaults and ExcludeVaults must be ARNs of backup vaults or a wildcard.",
        ));
    }
    let kinds = given["RecoveryPointTypes"].as_array().filter(|kinds| !kinds.is_empty());
    let kinds = kinds.ok_or_else(|| invalid_value("RecoveryPointTypes must not be empty."))?;
    let days = given["SelectionWindowDays"].as_i64().unwrap_or(USUAL_SELECTION_WINDOW);
    if !(1..=365).contains(&days) {
        return Err(invalid_value("SelectionWindowDays must be between 1 and 365."));
    }
    Ok(json!({
        "Algorithm": algorithm,
        "IncludeVaults": vaults,
        "ExcludeVaults": excluded,
        "RecoveryPointTypes": kinds,
        "SelectionWindowDays": days,
    }))
}

impl State {
    pub(super) fn testing_plan(&self, spot: &Spot, name: &str) -> Option<&TestingPlan> {
        self.testing.get(&spot.region)?.get(&spot.account)?.get(name)
    }

    pub(super) fn testing_plan_mut(&mut self, spot: &Spot, name: &str) -> Option<&mut TestingPlan> {
        self.testing.get_mut(&spot.region)?.get_mut(&spot.account)?.get_mut(name)
    }

    fn testing_plans_of(&self, spot: &Spot) -> impl Iterator<Item = (&String, &TestingPlan)> {
        self.testing.get(&spot.region).and_then(|accounts| accounts.get(&spot.account)).into_iter().flatten()
    }
}

/// A name of letters, digits and underscores.
pub(super) fn check_name(name: &str) -> Result<(), AwsError> {
    let fits = (1..=50).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if fits { Ok(()) } else { Err(invalid_value(format!("The name {name} is invalid."))) }
}

pub(super) fn none(name: &str) -> AwsError {
    not_found(format!("Cannot find restore testing plan {name}."))
}

/// A repeat with the same `CreatorRequestId` answers with the same plan.
pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let spot = Spot::of(request);
    let given = &request.input["RestoreTestingPlan"];
    let name = given["RestoreTestingPlanName"].as_str().unwrap_or_default();
    check_name(name)?;
    let request_id = request.text("CreatorRequestId");
    if let Some(known) = world.backup.testing_plan(&spot, name) {
        if request_id.is_none() || known.request_id.as_deref() != request_id {
            let words = "Restore testing plan with the same name already exists.";
            return Err(exists(words, &known.arn, known.request_id.as_deref()));
        }
        return Ok(made(name, known));
    }
    if world.backup.testing_plans_of(&spot).count() >= MOST {
        return Err(limit(format!("An account can have {MOST} restore testing plans.")));
    }
    let id = world.ids.uuid();
    let mut plan = TestingPlan {
        arn: format!("arn:aws:backup:{}:{}:restore-testing-plan:{name}-{id}", spot.region, spot.account),
        created: request.now,
        updated: None,
        run: None,
        request_id: request_id.map(str::to_owned),
        cron: String::new(),
        zone: None,
        start_window: USUAL_START_WINDOW,
        points: Value::Null,
        tags: tags::given(request, "Tags")?,
        selections: BTreeMap::new(),
    };
    plan.take(given)?;
    let answer = made(name, &plan);
    let accounts = world.backup.testing.entry(spot.region).or_default();
    accounts.entry(spot.account).or_default().insert(name.to_owned(), plan);
    Ok(answer)
}

fn made(name: &str, plan: &TestingPlan) -> Value {
    json!({
        "CreationTime": epoch(plan.created),
        "RestoreTestingPlanArn": plan.arn,
        "RestoreTestingPlanName": name,
    })
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let name = request.required("RestoreTestingPlanName");
    let plan = world.backup.testing_plan(&Spot::of(request), name).ok_or_else(|| none(name))?;
    let mut view = plan.view(name);
    view["RecoveryPointSelection"] = plan.points.clone();
    view["CreatorRequestId"] = json!(plan.request_id);
    Ok(json!({ "RestoreTestingPlan": view }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let plans = world.backup.testing_plans_of(&Spot::of(request)).collect();
    PAGING.page(request, "RestoreTestingPlans", plans, |(name, plan)| plan.view(name))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (spot, name) = (Spot::of(request), request.required("RestoreTestingPlanName"));
    let plan = world.backup.testing_plan_mut(&spot, name).ok_or_else(|| none(name))?;
    let mut changed = plan.clone();
    changed.take(&request.input["RestoreTestingPlan"])?;
    changed.updated = Some(request.now);
    *plan = changed;
    let mut answer = made(name, plan);
    answer["UpdateTime"] = json!(epoch(request.now));
    Ok(answer)
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (spot, name) = (Spot::of(request), request.required("RestoreTestingPlanName"));
    let plan = world.backup.testing_plan(&spot, name);
    if plan.is_some_and(|plan| !plan.selections.is_empty()) {
        return Err(invalid_request("The restore testing plan has selections. Delete them first."));
    }
    if let Some(accounts) = world.backup.testing.get_mut(&spot.region) {
        if let Some(plans) = accounts.get_mut(&spot.account) {
            plans.remove(name);
        }
        accounts.retain(|_, plans| !plans.is_empty());
    }
    world.backup.testing.retain(|_, accounts| !accounts.is_empty());
    Ok(json!({}))
}
