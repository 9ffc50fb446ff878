//! CreateBackupPlan, GetBackupPlan, ListBackupPlans, UpdateBackupPlan, DeleteBackupPlan, and the selections of an account's
//! own plans.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupPlan.html> and its neighbours. A repeat
//! with the same `CreatorRequestId` answers with the same plan. What a policy made cannot be changed here. UNSOURCED words,
//! except about a plan with selections
//! (<https://docs.aws.amazon.com/aws-backup/latest/devguide/deleting-a-backup-plan.html>) and about a role that cannot be
//! assumed (<https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/backup/selection.go>).
//! Absent: versions beyond the latest, templates.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::plan::{self, Plan, Rule};
use super::records::Spot;
use super::refusal::{denied, exists, invalid_request, invalid_value, not_found};
use super::state::Tags;
use super::{PAGING, plans, points, roles, tags};

const LEAST_WINDOW: i64 = 60;

/// A plan that an account made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct OwnPlan {
    pub(crate) created: Timestamp,
    pub(crate) version: String,
    request_id: Option<String>,
    /// `BackupPlan` as it was given.
    pub(crate) document: Value,
    pub(crate) tags: Tags,
    /// By id.
    pub(crate) selections: BTreeMap<String, OwnSelection>,
}

/// A selection of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct OwnSelection {
    created: Timestamp,
    request_id: Option<String>,
    /// `BackupSelection` as it was given.
    pub(crate) document: Value,
}

impl OwnPlan {
    /// A plan without selections.
    pub(super) fn new(version: String, document: Value, tags: Tags, now: Timestamp) -> Self {
        Self { created: now, version, request_id: None, document, tags, selections: BTreeMap::new() }
    }

    /// Gives it a selection.
    pub(super) fn select(&mut self, id: String, document: Value, now: Timestamp) {
        self.selections.insert(id, OwnSelection { created: now, request_id: None, document });
    }

    pub(crate) fn name(&self) -> &str {
        self.document["BackupPlanName"].as_str().unwrap_or_default()
    }
}

/// A document whose schedules, windows and retentions are possible.
fn checked(document: &Value) -> Result<(), AwsError> {
    let rules = document["Rules"].as_array().into_iter().flatten();
    for (rule, raw) in plan::rules_of_document(document).iter().zip(rules) {
        if rule.schedule().is_none() {
            return Err(invalid_value(format!("Error in rule {}: Invalid cron expression.", rule.name)));
        }
        points::check_lifecycle(rule.lifecycle)?;
        for copy in &rule.copies {
            points::check_lifecycle(copy.lifecycle)?;
        }
        if raw["StartWindowMinutes"].as_i64().is_some_and(|minutes| minutes < LEAST_WINDOW) {
            return Err(invalid_value(format!(
                "Error in rule {}: StartWindowMinutes must be at least {LEAST_WINDOW}.",
                rule.name
            )));
        }
    }
    Ok(())
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let spot = Spot::of(request);
    let document = &request.input["BackupPlan"];
    checked(document)?;
    let tags = tags::given(request, "BackupPlanTags")?;
    let request_id = request.text("CreatorRequestId");
    let place = world.backup.place(&spot.account, &spot.region);
    for (id, known) in place.into_iter().flat_map(|place| &place.plans) {
        if request_id.is_some() && known.request_id.as_deref() == request_id {
            return Ok(made(&spot, id, known));
        }
        if known.document == *document {
            let words = "Backup plan with the same plan document already exists";
            return Err(exists(words, &arn(&spot, id), known.request_id.as_deref()));
        }
    }
    let (id, version) = (world.ids.uuid(), world.ids.uuid());
    let mut plan = OwnPlan::new(version, document.clone(), tags, request.now);
    plan.request_id = request_id.map(str::to_owned);
    let answer = made(&spot, &id, &plan);
    world.backup.place_mut(&spot.account, &spot.region).plans.insert(id, plan);
    Ok(answer)
}

fn arn(spot: &Spot, id: &str) -> String {
    format!("arn:aws:backup:{}:{}:backup-plan:{id}", spot.region, spot.account)
}

fn made(spot: &Spot, id: &str, plan: &OwnPlan) -> Value {
    json!({
        "BackupPlanId": id,
        "BackupPlanArn": arn(spot, id),
        "CreationDate": epoch(plan.created),
        "VersionId": plan.version,
    })
}

fn none(id: &str) -> AwsError {
    not_found(format!("Cannot find Backup plan with ID {id}"))
}

/// An account's own plan, to change it.
fn own<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut OwnPlan, AwsError> {
    let id = request.required("BackupPlanId");
    if id.starts_with(plans::BY_POLICY) {
        return Err(denied());
    }
    let place = world.backup.place_mut(&request.caller.account, &request.region);
    place.plans.get_mut(id).ok_or_else(|| none(id))
}

fn named(world: &World, request: &Request) -> Result<Plan, AwsError> {
    let id = request.required("BackupPlanId");
    let mut all = plans::of(world, &Spot::of(request)).into_iter();
    all.find(|plan| plan.id == id).ok_or_else(|| none(id))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let spot = Spot::of(request);
    let plan = named(world, request)?;
    let place = world.backup.place(&spot.account, &spot.region);
    let own = place.and_then(|place| place.plans.get(&plan.id));
    let document = match own {
        Some(own) => own.document.clone(),
        None => json!({
            "BackupPlanName": plan.name,
            "Rules": plan.rules.iter().map(Rule::view).collect::<Vec<_>>(),
        }),
    };
    let ran = place.and_then(|place| place.ran.get(&plan.id));
    Ok(json!({
        "BackupPlan": document,
        "BackupPlanId": plan.id,
        "BackupPlanArn": plan.arn(&spot),
        "VersionId": plan.version,
        "CreatorRequestId": own.and_then(|own| own.request_id.as_ref()),
        "CreationDate": epoch(plan.since),
        "LastExecutionDate": ran.map(|at| epoch(*at)),
    }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let spot = Spot::of(request);
    let place = world.backup.place(&spot.account, &spot.region);
    PAGING.page(request, "BackupPlansList", plans::of(world, &spot), |plan| {
        let own = place.and_then(|place| place.plans.get(&plan.id));
        let ran = place.and_then(|place| place.ran.get(&plan.id));
        json!({
            "BackupPlanArn": plan.arn(&spot),
            "BackupPlanId": plan.id,
            "BackupPlanName": plan.name,
            "VersionId": plan.version,
            "CreationDate": epoch(plan.since),
            "CreatorRequestId": own.and_then(|own| own.request_id.as_ref()),
            "LastExecutionDate": ran.map(|at| epoch(*at)),
        })
    })
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    checked(&request.input["BackupPlan"])?;
    own(world, request)?;
    let version = world.ids.uuid();
    let spot = Spot::of(request);
    let plan = own(world, request)?;
    plan.document = request.input["BackupPlan"].clone();
    plan.version = version;
    Ok(made(&spot, request.required("BackupPlanId"), plan))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let plan = own(world, request)?;
    if !plan.selections.is_empty() {
        return Err(invalid_request(
            "Related backup plan selections must be deleted prior to backup plan deletion",
        ));
    }
    let version = plan.version.clone();
    let (spot, id) = (Spot::of(request), request.required("BackupPlanId"));
    world.backup.place_mut(&spot.account, &spot.region).plans.remove(id);
    Ok(json!({
        "BackupPlanId": id,
        "BackupPlanArn": arn(&spot, id),
        "DeletionDate": epoch(request.now),
        "VersionId": version,
    }))
}

pub(super) fn create_selection(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    own(world, request)?;
    let document = &request.input["BackupSelection"];
    let role = document["IamRoleArn"].as_str().unwrap_or_default();
    roles::unusable(world, &request.caller.account, role).map_err(invalid_value)?;
    let name = &document["SelectionName"];
    let request_id = request.text("CreatorRequestId");
    let id = world.ids.uuid();
    let plan = own(world, request)?;
    let known = plan.selections.iter().find(|(_, known)| {
        (request_id.is_some() && known.request_id.as_deref() == request_id)
            || known.document["SelectionName"] == *name
    });
    if let Some((id, known)) = known {
        if request_id.is_some() && known.request_id.as_deref() == request_id {
            return Ok(selected(request, id, known));
        }
        let words = "Backup selection with the same name already exists";
        return Err(exists(words, "", known.request_id.as_deref()));
    }
    let selection = OwnSelection {
        created: request.now,
        request_id: request_id.map(str::to_owned),
        document: document.clone(),
    };
    let answer = selected(request, &id, &selection);
    plan.selections.insert(id, selection);
    Ok(answer)
}

fn selected(request: &Request, id: &str, selection: &OwnSelection) -> Value {
    json!({
        "SelectionId": id,
        "BackupPlanId": request.required("BackupPlanId"),
        "CreationDate": epoch(selection.created),
    })
}

fn no_selection(id: &str) -> AwsError {
    not_found(format!("Cannot find Backup selection with ID {id}"))
}

pub(super) fn get_selection(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let id = request.required("SelectionId");
    let selection = own(world, request)?.selections.get(id).ok_or_else(|| no_selection(id))?;
    let mut answer = selected(request, id, selection);
    answer["BackupSelection"] = selection.document.clone();
    answer["CreatorRequestId"] = json!(selection.request_id);
    Ok(answer)
}

/// Those of a policy's plan are not shown one by one here.
pub(super) fn list_selections(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = world.backup.place(&request.caller.account, &request.region);
    let id = named(world, request)?.id;
    let own = place.and_then(|place| place.plans.get(&id));
    let found = own.into_iter().flat_map(|own| &own.selections).collect();
    PAGING.page(request, "BackupSelectionsList", found, |(id, selection)| {
        let mut view = selected(request, id, selection);
        view["SelectionName"] = selection.document["SelectionName"].clone();
        view["IamRoleArn"] = selection.document["IamRoleArn"].clone();
        view["CreatorRequestId"] = json!(selection.request_id);
        view
    })
}

pub(super) fn delete_selection(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let id = request.required("SelectionId");
    own(world, request)?.selections.remove(id).ok_or_else(|| no_selection(id))?;
    Ok(json!({}))
}
