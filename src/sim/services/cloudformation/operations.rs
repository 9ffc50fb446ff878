//! Operations on stack sets: how one begins, ends, and is told.
//!
//! In: what is asked, and time. Out: stacks in the accounts of the targets, each with its outcome. One at a time, unless the
//! stack set has managed execution: then they queue up
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ManagedExecution.html>). With more failures in a
//! Region than are put up with, the operation fails and does nothing more
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationPreferences.html>). The management
//! account is never deployed to, a suspended account is left out. UNSOURCED: how long it takes. Absent: concurrency, the order
//! of Regions, account filters.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::organizations::AccountState;
use crate::sim::world::World;

use super::PAGING;
use super::authority::invalid;
use super::stack_sets::{named, named_mut};
use super::state::{Action, Instance, Operation, Outcome, Outcoming, StackSet, Standing, Tolerance};

const TAKES: Duration = Duration::from_secs(60);
const EACH: Duration = Duration::from_secs(5);

/// What a request asks for.
pub(super) struct Asked {
    action: Action,
    id: Option<String>,
    units: Vec<String>,
    regions: Vec<String>,
    tolerance: Tolerance,
    retain: bool,
}

impl Asked {
    pub(super) fn of(request: &Request, action: Action) -> Result<Self, AwsError> {
        let targets = &request.input["DeploymentTargets"];
        let texts = |value: &Value| -> Vec<String> {
            let items = value.as_array().into_iter().flatten();
            items.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        if !texts(&targets["Accounts"]).is_empty() || !targets["AccountsUrl"].is_null() {
            return Err(invalid(
                "This simulator deploys to whole units: DeploymentTargets takes OrganizationalUnitIds only",
            ));
        }
        let preferences = &request.input["OperationPreferences"];
        let number =
            |member: &str| preferences[member].as_u64().and_then(|number| usize::try_from(number).ok());
        let tolerance = match (number("FailureToleranceCount"), number("FailureTolerancePercentage")) {
            (Some(_), Some(_)) => {
                return Err(invalid(
                    "FailureToleranceCount and FailureTolerancePercentage cannot both be specified",
                ));
            }
            (None, Some(share)) => Tolerance::Share(share),
            (count, None) => Tolerance::Count(count.unwrap_or_default()),
        };
        Ok(Self {
            action,
            id: request.text("OperationId").map(str::to_owned),
            units: texts(&targets["OrganizationalUnitIds"]),
            regions: request.list("Regions").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            tolerance,
            retain: request.boolean("RetainStacks").unwrap_or_default(),
        })
    }
}

pub(super) fn in_progress(set: &StackSet, busy: &Operation) -> AwsError {
    let words = format!("Another Operation on StackSet {} is in progress: {}", set.id, busy.id);
    AwsError::new("OperationInProgressException", words)
}

/// Whether a stack set takes an operation now.
pub(super) fn free(set: &StackSet, asked: &Asked) -> Result<(), AwsError> {
    if asked.id.as_ref().is_some_and(|id| set.operation(id).is_some()) {
        let words = "The specified operation ID already exists.";
        return Err(AwsError::new("OperationIdAlreadyExistsException", words));
    }
    match set.busy() {
        Some(busy) if !set.managed => Err(in_progress(set, busy)),
        _ => Ok(()),
    }
}

/// The active member accounts under a unit or the root, the management account never among them, with the suspended ones
/// apart.
fn accounts(world: &World, owner: &str, unit: &str) -> Vec<(String, bool)> {
    let Some(organization) = world.organizations.of(owner) else { return Vec::new() };
    let below = organization.accounts_under(unit).into_iter().filter(|account| *account != owner);
    let known = below.filter_map(|account| {
        let state = organization.account(account)?.state;
        Some((account.to_owned(), state == AccountState::Active))
    });
    known.collect()
}

/// Every account and Region that an operation is about.
fn places(
    world: &World,
    owner: &str,
    set: &StackSet,
    operation: &Operation,
) -> Vec<(String, String, String, bool)> {
    let mut found = Vec::new();
    let targets: BTreeMap<&String, Vec<&String>> = match operation.action {
        // New stacks go where the request says.
        Action::Create => {
            operation.units.iter().map(|unit| (unit, operation.regions.iter().collect())).collect()
        }
        _ => set
            .targets
            .iter()
            .filter(|(unit, _)| operation.units.is_empty() || operation.units.contains(unit))
            .map(|(unit, regions)| {
                let wanted =
                    |region: &&String| operation.regions.is_empty() || operation.regions.contains(*region);
                (unit, regions.iter().filter(wanted).collect())
            })
            .collect(),
    };
    for (unit, regions) in targets {
        let members = accounts(world, owner, unit);
        for region in regions {
            for (account, active) in &members {
                found.push((account.clone(), region.clone(), unit.clone(), *active));
            }
        }
    }
    found
}

/// Sets an operation going, or puts it behind the one that runs.
pub(super) fn begin(
    world: &mut World,
    request: &Request,
    region: &str,
    asked: Asked,
) -> Result<String, AwsError> {
    let (owner, set) = named(world, request)?;
    let waits = set.busy().is_some();
    let name = set.id.split_once(':').map_or(set.id.clone(), |(name, _)| name.to_owned());
    let id = asked.id.clone().unwrap_or_else(|| world.ids.uuid());
    let operation = Operation {
        id: id.clone(),
        action: asked.action,
        standing: Standing::Queued,
        created: request.now,
        due: None,
        ended: None,
        units: asked.units,
        regions: asked.regions,
        tolerance: asked.tolerance,
        retain: asked.retain,
        results: Vec::new(),
    };
    named_mut(world, request)?.operations.push(operation);
    if !waits {
        run_next(world, &owner, region, &name, request.now);
    }
    Ok(id)
}

/// Lets the operation run that waits longest.
fn run_next(world: &mut World, owner: &str, region: &str, name: &str, now: Timestamp) {
    let Some(set) = world.cloudformation.sets(owner, region).and_then(|sets| sets.get(name)) else { return };
    let Some(next) = set.operations.iter().position(|operation| operation.standing == Standing::Queued)
    else {
        return;
    };
    let Some(operation) = set.operations.get(next) else { return };
    let many = u32::try_from(places(world, owner, set, operation).len()).unwrap_or(u32::MAX);
    let due = world.end_of(now, TAKES + EACH * many.min(1000));
    let set = world.cloudformation.sets_mut(owner, region).get_mut(name);
    if let Some(operation) = set.and_then(|set| set.operations.get_mut(next)) {
        operation.standing = Standing::Running;
        operation.due = Some(due);
    }
}

/// When the next operation ends.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    let running = world.cloudformation.every().flat_map(|(_, set)| &set.operations);
    running
        .filter(|operation| operation.standing == Standing::Running)
        .filter_map(|operation| operation.due)
        .min()
}

/// Ends what is due.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    let mut ending = Vec::new();
    for (region, owners) in &world.cloudformation.regions {
        for (owner, sets) in owners {
            for (name, set) in sets {
                let running = set.operations.iter().find(|operation| operation.standing == Standing::Running);
                if running.is_some_and(|operation| operation.due.is_some_and(|due| due <= now)) {
                    ending.push((region.clone(), owner.clone(), name.clone()));
                }
            }
        }
    }
    for (region, owner, name) in ending {
        conclude(world, &owner, &region, &name, now);
        run_next(world, &owner, &region, &name, now);
    }
}

fn conclude(world: &mut World, owner: &str, region: &str, name: &str, now: Timestamp) {
    let Some(set) = world.cloudformation.sets(owner, region).and_then(|sets| sets.get(name)) else { return };
    let running = set.operations.iter().position(|operation| operation.standing == Standing::Running);
    let Some((index, operation)) = running.and_then(|at| Some((at, set.operations.get(at)?.clone()))) else {
        return;
    };
    let places = places(world, owner, set, &operation);
    let results = results(world, &operation, places);
    let failed = results.iter().any(|one| one.outcome == Outcome::Cancelled) || {
        let mut by_region: BTreeMap<&String, (usize, usize)> = BTreeMap::new();
        for one in &results {
            let counted = by_region.entry(&one.region).or_default();
            counted.0 += usize::from(one.outcome == Outcome::Failed);
            counted.1 += 1;
        }
        by_region.values().any(|(failed, all)| *failed > operation.tolerance.of(*all))
    };
    let Some(set) = world.cloudformation.sets_mut(owner, region).get_mut(name) else { return };
    for one in &results {
        record(set, &operation, one);
    }
    retarget(set, &operation, failed);
    if let Some(operation) = set.operations.get_mut(index) {
        operation.standing = if failed { Standing::Failed } else { Standing::Succeeded };
        operation.ended = Some(now);
        operation.due = None;
        operation.results = results;
    }
}

/// What happens in each account, Region after Region, until too many have failed.
fn results(
    world: &World,
    operation: &Operation,
    places: Vec<(String, String, String, bool)>,
) -> Vec<Outcoming> {
    let mut failures: BTreeMap<String, usize> = BTreeMap::new();
    let mut broken = false;
    let many: BTreeMap<String, usize> = places.iter().fold(BTreeMap::new(), |mut many, (_, region, ..)| {
        *many.entry(region.clone()).or_default() += 1;
        many
    });
    let mut results = Vec::new();
    for (account, region, target, active) in places {
        let fails = world.cloudformation.failing.contains(&account);
        let (outcome, reason) = match (broken, active, fails) {
            (true, ..) => {
                (Outcome::Cancelled, Some("Cancelled since failure tolerance has exceeded".to_owned()))
            }
            (_, false, _) => (Outcome::SkippedSuspendedAccount, None),
            (_, _, true) => {
                (Outcome::Failed, Some("ResourceLogicalId: the stack failed and was rolled back".to_owned()))
            }
            _ => (Outcome::Succeeded, None),
        };
        if outcome == Outcome::Failed {
            let failed = failures.entry(region.clone()).or_default();
            *failed += 1;
            let most = operation.tolerance.of(many.get(&region).copied().unwrap_or_default());
            broken |= *failed > most;
        }
        results.push(Outcoming { account, region, target, outcome, reason });
    }
    results
}

fn record(set: &mut StackSet, operation: &Operation, one: &Outcoming) {
    let name = set.id.clone();
    let here = set.instances.entry(one.account.clone()).or_default();
    if operation.action == Action::Delete && one.outcome == Outcome::Succeeded {
        here.remove(&one.region);
        return;
    }
    let known = here.get(&one.region);
    if operation.action == Action::Delete && known.is_none() {
        return;
    }
    let stack = known.map_or_else(
        || {
            let name = name.replace(':', "-");
            format!(
                "arn:aws:cloudformation:{}:{}:stack/StackSet-{name}/{}",
                one.region, one.account, operation.id
            )
        },
        |known| known.stack.clone(),
    );
    let instance = Instance {
        target: one.target.clone(),
        stack,
        state: one.outcome,
        reason: one.reason.clone(),
        operation: operation.id.clone(),
    };
    here.insert(one.region.clone(), instance);
}

/// The targets of a stack set follow its operations. A deletion that failed leaves its targets.
fn retarget(set: &mut StackSet, operation: &Operation, failed: bool) {
    match operation.action {
        Action::Create => {
            for unit in &operation.units {
                set.targets.entry(unit.clone()).or_default().extend(operation.regions.iter().cloned());
            }
        }
        Action::Delete if !failed => {
            for unit in &operation.units {
                if let Some(regions) = set.targets.get_mut(unit) {
                    regions.retain(|region| !operation.regions.contains(region));
                }
            }
            set.targets.retain(|_, regions| !regions.is_empty());
            set.instances.retain(|_, regions| !regions.is_empty());
        }
        _ => {}
    }
}

/// Brings the stacks of a stack set with auto-deployment to where its targets' accounts are now.
pub(super) fn follow(world: &mut World, owner: &str, region: &str, name: &str) {
    let Some(set) = world.cloudformation.sets(owner, region).and_then(|sets| sets.get(name)) else { return };
    let targets = set.targets.clone();
    let mut wanted: BTreeMap<(String, String), String> = BTreeMap::new();
    for (unit, regions) in &targets {
        for (account, active) in accounts(world, owner, unit) {
            for region in regions.iter().filter(|_| active) {
                wanted.insert((account.clone(), region.clone()), unit.clone());
            }
        }
    }
    let failing = world.cloudformation.failing.clone();
    let id = world.ids.uuid();
    let Some(set) = world.cloudformation.sets_mut(owner, region).get_mut(name) else { return };
    let operation = Operation {
        id,
        action: Action::Create,
        standing: Standing::Succeeded,
        created: Timestamp::UNIX_EPOCH,
        due: None,
        ended: None,
        units: Vec::new(),
        regions: Vec::new(),
        tolerance: Tolerance::Count(0),
        retain: set.retain,
        results: Vec::new(),
    };
    for ((account, region), target) in &wanted {
        let there = set.instances.get(account).is_some_and(|regions| regions.contains_key(region));
        if !there {
            let outcome = if failing.contains(account) { Outcome::Failed } else { Outcome::Succeeded };
            let one = Outcoming {
                account: account.clone(),
                region: region.clone(),
                target: target.clone(),
                outcome,
                reason: None,
            };
            record(set, &operation, &one);
        }
    }
    for (account, regions) in &mut set.instances {
        regions.retain(|region, _| wanted.contains_key(&(account.clone(), region.clone())));
    }
    set.instances.retain(|_, regions| !regions.is_empty());
}

fn view(set: &StackSet, operation: &Operation) -> Map<String, Value> {
    let mut view = Map::new();
    view.insert("OperationId".into(), json!(operation.id));
    view.insert("Action".into(), json!(operation.action.text()));
    view.insert("Status".into(), json!(operation.standing.text()));
    view.insert("CreationTimestamp".into(), json!(epoch(operation.created)));
    if let Some(ended) = operation.ended {
        view.insert("EndTimestamp".into(), json!(epoch(ended)));
        let failed = operation.results.iter().filter(|one| one.outcome == Outcome::Failed).count();
        view.insert("StatusDetails".into(), json!({ "FailedStackInstancesCount": failed }));
    }
    view.insert("StackSetId".into(), json!(set.id));
    view
}

fn unknown(id: &str) -> AwsError {
    AwsError::new("OperationNotFoundException", format!("Operation {id} not found"))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (_, set) = named(world, request)?;
    let id = request.required("OperationId");
    let operation = set.operation(id).ok_or_else(|| unknown(id))?;
    let mut view = view(set, operation);
    if !operation.units.is_empty() {
        view.insert("DeploymentTargets".into(), json!({ "OrganizationalUnitIds": operation.units }));
    }
    if operation.action == Action::Delete {
        view.insert("RetainStacks".into(), json!(operation.retain));
    }
    Ok(json!({ "StackSetOperation": view }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (_, set) = named(world, request)?;
    let found = set.operations.iter().rev().collect();
    PAGING.page(request, "Summaries", found, |operation| {
        let mut view = view(set, operation);
        view.remove("StackSetId");
        Value::Object(view)
    })
}

pub(super) fn list_results(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (_, set) = named(world, request)?;
    let id = request.required("OperationId");
    let operation = set.operation(id).ok_or_else(|| unknown(id))?;
    let filters = request.list("Filters");
    let fits = |one: &&Outcoming| {
        filters.iter().all(|filter| {
            let values = filter["Values"].as_str().unwrap_or_default();
            filter["Name"] != "OPERATION_RESULT_STATUS" || values == one.outcome.text()
        })
    };
    let found = operation.results.iter().filter(fits).collect();
    PAGING.page(request, "Summaries", found, |one| {
        let mut view = json!({
            "Account": one.account,
            "Region": one.region,
            "OrganizationalUnitId": one.target,
            // A suspended account is skipped, which results tell as succeeded (UNSOURCED).
            "Status": if one.outcome == Outcome::SkippedSuspendedAccount { "SUCCEEDED" } else { one.outcome.text() },
        });
        if let Some(reason) = &one.reason {
            view["StatusReason"] = json!(reason);
        }
        view
    })
}

/// Stops an operation that runs or waits; what it did before stays undone here, because it works at its end.
pub(super) fn stop(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let id = request.required("OperationId").to_owned();
    let (owner, set) = named(world, request)?;
    let (region, name) = (request.region.clone(), set.id.split_once(':').map(|(name, _)| name.to_owned()));
    let open = set.operation(&id).ok_or_else(|| unknown(&id))?.standing.is_open();
    if !open {
        let words = format!("Operation {id} is not running");
        return Err(AwsError::new("InvalidOperationException", words));
    }
    let now = request.now;
    let set = named_mut(world, request)?;
    if let Some(operation) = set.operations.iter_mut().find(|operation| operation.id == id) {
        operation.standing = Standing::Stopped;
        operation.due = None;
        operation.ended = Some(later(now, Duration::ZERO));
    }
    run_next(world, &owner, &region, &name.unwrap_or_default(), now);
    Ok(json!({}))
}
