//! Service-managed stack sets: AWS carries each operation from account to account.
//!
//! An operation has an id of ours, drawn from the step, so that it is found again whatever became
//! of the answer. One that failed keeps its id, so the next try counts on. An operation in which
//! an account failed is never taken for a success.

use aws_sdk_cloudformation::types::{
    AutoDeployment, Capability, DeploymentTargets, Parameter, PermissionModels, RegionConcurrencyType,
    StackSetOperationPreferences, Tag,
};
use serde_json::Value;

use super::{known, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::stack_sets as inventory;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;
use crate::model::region::Region;

const CREATE: &str = "cloudformation:CreateStackSet";
const UPDATE: &str = "cloudformation:UpdateStackSet";
const REPAIR: &str = "cloudformation:UpdateStackInstances";
const DEPLOY: &str = "cloudformation:CreateStackInstances";
const WITHDRAW: &str = "cloudformation:DeleteStackInstances";
const DELETE: &str = "cloudformation:DeleteStackSet";

/// Failures in a Region that stop an operation: none does, so that what can be reached is; each is
/// told at the end.
const PATIENT: i32 = 100;
/// Accounts that are worked on at once, in per cent.
const AT_ONCE: i32 = 100;

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = site(connection, task).await?;
    match task.verb.as_str() {
        "create" => create(&site, task).await,
        "update" => update(&site, task).await,
        "repair" => repair(&site, task).await,
        "deploy" => deploy(&site, task).await,
        "withdraw" => withdraw(&site, task).await,
        "delete" => {
            let client = site.clients.cloudformation();
            let request = || {
                let request = client.delete_stack_set().stack_set_name(&task.address.name);
                request.set_call_as(inventory::call_as(delegated(task)))
            };
            site.call(DELETE, || request().send()).await?;
            Ok(Progress::Done(Attributes::new()))
        }
        _ => Err(unknown_verb(task)),
    }
}

/// How an operation goes, and who failed in it.
pub(super) async fn poll(
    connection: &Connection,
    task: &Task,
    operation: &str,
) -> Result<Progress, CallError> {
    let site = site(connection, task).await?;
    let client = site.clients.cloudformation();
    let request = || {
        let request = client.describe_stack_set_operation().stack_set_name(&task.address.name);
        request.operation_id(operation).set_call_as(inventory::call_as(delegated(task)))
    };
    let answer = site.call("cloudformation:DescribeStackSetOperation", || request().send()).await?;
    let told = answer.stack_set_operation();
    let status = told.and_then(|told| told.status()).map_or("", |status| status.as_str());
    if matches!(status, "RUNNING" | "QUEUED" | "STOPPING") {
        return Ok(running(operation));
    }
    let failed = inventory::failures(&site, &task.address.name, delegated(task), operation).await?;
    if status == "SUCCEEDED" && failed.is_empty() {
        return Ok(Progress::Done(Attributes::new()));
    }
    let reason = told.and_then(|told| told.status_reason()).unwrap_or("no reason given");
    let who = if failed.is_empty() { reason.to_owned() } else { failed.join("; ") };
    let message = format!("{status}, {} stacks failed: {who}", failed.len());
    Err(CallError::operation_failed(operation_of(task), message))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let site = site(connection, task).await?;
    let live = inventory::describe(&site, &task.address.name, delegated(task)).await?;
    match (task.verb.as_str(), live) {
        ("create", Some(live)) => Ok(Found::Effect(Progress::Done(known([("id", &live.id)])))),
        ("delete", None) => Ok(Found::Effect(Progress::Done(Attributes::new()))),
        ("create" | "delete", _) | (_, None) => Ok(Found::Nothing),
        (_, Some(_)) => {
            let all = inventory::operations(&site, &task.address.name, delegated(task)).await?;
            let ours = all.iter().filter_map(|one| one.operation_id()).find(|id| id.starts_with(&task.token));
            Ok(ours.map_or(Found::Nothing, |id| Found::Effect(running(id))))
        }
    }
}

fn operation_of(task: &Task) -> &'static str {
    match task.verb.as_str() {
        "update" => UPDATE,
        "repair" => REPAIR,
        "withdraw" => WITHDRAW,
        _ => DEPLOY,
    }
}

fn delegated(task: &Task) -> bool {
    task.keys.contains_key("account")
}

fn running(operation: &str) -> Progress {
    Progress::Running { operation: operation.to_owned(), attributes: Attributes::new() }
}

fn unusable(task: &Task, what: &str) -> CallError {
    let message = format!("{} has no usable {what}", task.address);
    CallError::ours("cloudformation", code::UNSENDABLE, message, Verdict::Rejected)
}

async fn site(connection: &Connection, task: &Task) -> Result<Site, CallError> {
    let region = task.key("region").and_then(|region| region.parse::<Region>().ok());
    connection.site_in(task.key("account"), &region.ok_or_else(|| unusable(task, "Region"))?).await
}

/// The id of the operation to begin, or the one of this step that is under way already.
async fn next_id(site: &Site, task: &Task) -> Result<Result<String, Progress>, CallError> {
    let all = inventory::operations(site, &task.address.name, delegated(task)).await?;
    let ours: Vec<_> =
        all.iter().filter(|one| one.operation_id().is_some_and(|id| id.starts_with(&task.token))).collect();
    if let Some(open) = ours.iter().find(|one| inventory::is_open(one)) {
        return Ok(Err(running(open.operation_id().unwrap_or_default())));
    }
    Ok(Ok(if ours.is_empty() { task.token.clone() } else { format!("{}-{}", task.token, ours.len() + 1) }))
}

fn preferences() -> StackSetOperationPreferences {
    StackSetOperationPreferences::builder()
        .region_concurrency_type(RegionConcurrencyType::Parallel)
        .failure_tolerance_percentage(PATIENT)
        .max_concurrent_percentage(AT_ONCE)
        .build()
}

fn text(task: &Task, field: &str) -> Option<String> {
    task.inputs.get(field).and_then(Value::as_str).map(str::to_owned)
}

fn pairs<'t>(task: &'t Task, field: &str) -> impl Iterator<Item = (&'t String, &'t str)> {
    let all = task.inputs.get(field).and_then(Value::as_object).into_iter().flatten();
    all.filter_map(|(key, value)| Some((key, value.as_str()?)))
}

fn parameters(task: &Task) -> Option<Vec<Parameter>> {
    let one = |(key, value): (&String, &str)| {
        Parameter::builder().parameter_key(key).parameter_value(value).build()
    };
    let all: Vec<Parameter> = pairs(task, "parameters").map(one).collect();
    (!all.is_empty()).then_some(all)
}

/// The tags, if the document says them.
fn tags(task: &Task) -> Option<Vec<Tag>> {
    task.inputs.get("tags")?;
    Some(pairs(task, "tags").map(|(key, value)| Tag::builder().key(key).value(value).build()).collect())
}

fn capabilities(task: &Task) -> Option<Vec<Capability>> {
    let all = task.inputs.get("capabilities").and_then(Value::as_array).into_iter().flatten();
    let all: Vec<Capability> = all.filter_map(|word| Some(Capability::from(word.as_str()?))).collect();
    (!all.is_empty()).then_some(all)
}

/// AWS takes what becomes of stacks that stay behind only while auto-deployment is on.
fn auto(task: &Task) -> AutoDeployment {
    let on = |field: &str| task.inputs.get(field).and_then(Value::as_bool).unwrap_or_default();
    let enabled = on("auto_deployment");
    AutoDeployment::builder()
        .enabled(enabled)
        .set_retain_stacks_on_account_removal(enabled.then(|| on("retain")))
        .build()
}

async fn create(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let template = task.text("template")?;
    let client = site.clients.cloudformation();
    let request = || {
        let request = client.create_stack_set().stack_set_name(&task.address.name).template_body(template);
        let request = request.permission_model(PermissionModels::ServiceManaged).auto_deployment(auto(task));
        let request = request.set_description(text(task, "description")).set_parameters(parameters(task));
        let request = request.set_capabilities(capabilities(task)).set_tags(tags(task));
        request.client_request_token(&task.token).set_call_as(inventory::call_as(delegated(task)))
    };
    let answer = site.call(CREATE, || request().send()).await?;
    let id = answer.stack_set_id().ok_or_else(|| CallError::unreadable(CREATE, "StackSetId"))?;
    Ok(Progress::Done(known([("id", id)])))
}

async fn update(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let template = task.text("template")?;
    let id = match next_id(site, task).await? {
        Ok(id) => id,
        Err(running) => return Ok(running),
    };
    let client = site.clients.cloudformation();
    let request = || {
        let request = client.update_stack_set().stack_set_name(&task.address.name).template_body(template);
        let request = request.permission_model(PermissionModels::ServiceManaged).auto_deployment(auto(task));
        let request = request.set_description(text(task, "description")).set_parameters(parameters(task));
        let request = request.set_capabilities(capabilities(task)).set_tags(tags(task));
        let request = request.operation_preferences(preferences()).operation_id(&id);
        request.set_call_as(inventory::call_as(delegated(task)))
    };
    site.call(UPDATE, || request().send()).await?;
    Ok(running(&id))
}

/// The stacks of every target are brought to where the stack set says, those that failed among
/// them.
async fn repair(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let name = &task.address.name;
    let failed = inventory::instances(site, name, delegated(task), Some("FAILED")).await?;
    let units = sorted(failed.iter().map(|one| one.unit.as_str()));
    let regions = sorted(failed.iter().map(|one| one.region.as_str()));
    if units.is_empty() {
        return Ok(Progress::Done(Attributes::new()));
    }
    let id = match next_id(site, task).await? {
        Ok(id) => id,
        Err(running) => return Ok(running),
    };
    let targets = DeploymentTargets::builder().set_organizational_unit_ids(Some(units)).build();
    let client = site.clients.cloudformation();
    let request = || {
        let request = client.update_stack_instances().stack_set_name(name).set_regions(Some(regions.clone()));
        let request = request.deployment_targets(targets.clone()).operation_preferences(preferences());
        request.operation_id(&id).set_call_as(inventory::call_as(delegated(task)))
    };
    site.call(REPAIR, || request().send()).await?;
    Ok(running(&id))
}

fn sorted<'t>(items: impl Iterator<Item = &'t str>) -> Vec<String> {
    let set: std::collections::BTreeSet<&str> = items.collect();
    set.into_iter().map(str::to_owned).collect()
}

/// The unit and the Regions of a target.
fn target(task: &Task) -> Result<(String, Vec<String>), CallError> {
    let value = task.value(&format!("targets.{}", task.item))?;
    let unit = value["unit"].as_str().ok_or_else(|| unusable(task, "target"))?;
    let regions = value["regions"].as_array().into_iter().flatten();
    Ok((unit.to_owned(), regions.filter_map(|one| one.as_str().map(str::to_owned)).collect()))
}

/// Only the Regions in which the target has nothing yet.
async fn deploy(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let name = &task.address.name;
    let (unit, mut regions) = target(task)?;
    let there = inventory::auto_targets(site, name, delegated(task)).await?;
    if let Some(there) = there.get(&unit) {
        regions.retain(|region| !there.contains(region));
    }
    if regions.is_empty() {
        return Ok(Progress::Done(Attributes::new()));
    }
    let id = match next_id(site, task).await? {
        Ok(id) => id,
        Err(running) => return Ok(running),
    };
    let targets = DeploymentTargets::builder().organizational_unit_ids(unit).build();
    let client = site.clients.cloudformation();
    let request = || {
        let request = client.create_stack_instances().stack_set_name(name).set_regions(Some(regions.clone()));
        let request = request.deployment_targets(targets.clone()).operation_preferences(preferences());
        request.operation_id(&id).set_call_as(inventory::call_as(delegated(task)))
    };
    site.call(DEPLOY, || request().send()).await?;
    Ok(running(&id))
}

async fn withdraw(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let (unit, regions) = target(task)?;
    let id = match next_id(site, task).await? {
        Ok(id) => id,
        Err(running) => return Ok(running),
    };
    let targets = DeploymentTargets::builder().organizational_unit_ids(unit).build();
    let client = site.clients.cloudformation();
    let request = || {
        let request = client.delete_stack_instances().stack_set_name(&task.address.name);
        let request = request.set_regions(Some(regions.clone())).retain_stacks(false);
        let request = request.deployment_targets(targets.clone()).operation_preferences(preferences());
        request.operation_id(&id).set_call_as(inventory::call_as(delegated(task)))
    };
    site.call(WITHDRAW, || request().send()).await?;
    Ok(running(&id))
}
