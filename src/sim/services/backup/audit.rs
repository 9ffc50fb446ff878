//! AWS Backup Audit Manager: report plans and frameworks.
//!
//! CreateReportPlan, DescribeReportPlan, ListReportPlans, UpdateReportPlan, DeleteReportPlan, CreateFramework,
//! DescribeFramework, ListFrameworks, UpdateFramework, DeleteFramework. Sources:
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/create-report-plan-api.html> (reports of the whole organization
//! for the management account and the delegated administrators),
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-frameworks-api.html> (the names of the controls). Both
//! are being deployed for a while, and meanwhile nothing changes them (`ConflictException`). UNSOURCED: how long, the
//! words, and whether a framework asks for AWS Config; nothing is asked for here. Absent: reports, evaluations, quotas.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::records::Spot;
use super::refusal::{conflict, exists, invalid_value, not_found};
use super::state::{Place, Tags};
use super::{PAGING, PRINCIPAL, tags};

const DEPLOYMENT: Duration = Duration::from_secs(120);

/// The controls of a framework.
const CONTROLS: [&str; 11] = [
    "BACKUP_LAST_RECOVERY_POINT_CREATED",
    "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK",
    "BACKUP_RECOVERY_POINT_ENCRYPTED",
    "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED",
    "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK",
    "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
    "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK",
    "BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT",
    "BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION",
    "RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT",
    "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET",
];

/// A report plan or a framework.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Audit {
    pub(crate) arn: String,
    created: Timestamp,
    /// Whether its present deployment is an update.
    updated: bool,
    /// When it is deployed.
    ready: Timestamp,
    description: Option<String>,
    token: Option<String>,
    /// What it consists of, by the names of the model.
    content: Value,
    pub(crate) tags: Tags,
}

impl Audit {
    fn status(&self, now: Timestamp) -> &'static str {
        match (self.ready > now, self.updated) {
            (false, _) => "COMPLETED",
            (true, false) => "CREATE_IN_PROGRESS",
            (true, true) => "UPDATE_IN_PROGRESS",
        }
    }
}

/// One of the two.
#[derive(Debug, Clone, Copy)]
struct Sort {
    /// Member with the name, and the same in words.
    name: &'static str,
    words: &'static str,
    /// Kind in the ARN.
    kind: &'static str,
    description: &'static str,
    tags: &'static str,
    /// Members of what it consists of.
    content: &'static [&'static str],
    check: fn(&World, &Request) -> Result<(), AwsError>,
    held: fn(&Place) -> &BTreeMap<String, Audit>,
    held_mut: fn(&mut Place) -> &mut BTreeMap<String, Audit>,
    /// What creating one answers.
    made: fn(&str, &Audit) -> Value,
}

const REPORT: Sort = Sort {
    name: "ReportPlanName",
    words: "report plan",
    kind: "report-plan",
    description: "ReportPlanDescription",
    tags: "ReportPlanTags",
    content: &["ReportDeliveryChannel", "ReportSetting"],
    check: check_report,
    held: |place| &place.reports,
    held_mut: |place| &mut place.reports,
    made: |name, audit| json!({ "ReportPlanName": name, "ReportPlanArn": audit.arn, "CreationTime": epoch(audit.created) }),
};

const FRAMEWORK: Sort = Sort {
    name: "FrameworkName",
    words: "framework",
    kind: "framework",
    description: "FrameworkDescription",
    tags: "FrameworkTags",
    content: &["FrameworkControls"],
    check: check_framework,
    held: |place| &place.frameworks,
    held_mut: |place| &mut place.frameworks,
    made: |name, audit| json!({ "FrameworkName": name, "FrameworkArn": audit.arn }),
};

fn check_report(world: &World, request: &Request) -> Result<(), AwsError> {
    const TEMPLATES: [&str; 6] = [
        "RESOURCE_COMPLIANCE_REPORT",
        "CONTROL_COMPLIANCE_REPORT",
        "BACKUP_JOB_REPORT",
        "COPY_JOB_REPORT",
        "RESTORE_JOB_REPORT",
        "SCAN_JOB_REPORT",
    ];
    let setting = &request.input["ReportSetting"];
    if let Some(template) = setting["ReportTemplate"].as_str()
        && !TEMPLATES.contains(&template)
    {
        return Err(invalid_value(format!("ReportTemplate {template} is invalid.")));
    }
    let listed = |member: &str| setting[member].as_array().is_some_and(|items| !items.is_empty());
    let caller = &request.caller.account;
    let organization = world.organizations.of(caller);
    let administers = organization.is_some_and(|organization| {
        let services = organization.delegated.get(caller);
        organization.management == *caller
            || services.is_some_and(|services| services.contains_key(PRINCIPAL))
    });
    if (listed("Accounts") || listed("OrganizationUnits")) && !administers {
        return Err(invalid_value(
            "Accounts and OrganizationUnits are for the management account and delegated administrators only.",
        ));
    }
    Ok(())
}

fn check_framework(_: &World, request: &Request) -> Result<(), AwsError> {
    let Some(controls) = request.input.get("FrameworkControls").and_then(Value::as_array) else {
        return Ok(());
    };
    if controls.is_empty() {
        return Err(invalid_value("A framework must have a control."));
    }
    let name = |control: &Value| control["ControlName"].as_str().unwrap_or_default().to_owned();
    match controls.iter().map(name).find(|name| !CONTROLS.contains(&name.as_str())) {
        Some(name) => Err(invalid_value(format!("Control {name} is invalid."))),
        None => Ok(()),
    }
}

impl Sort {
    fn arn(&self, spot: &Spot, name: &str, id: &str) -> String {
        format!("arn:aws:backup:{}:{}:{}:{name}-{id}", spot.region, spot.account, self.kind)
    }

    fn all<'w>(&self, world: &'w World, spot: &Spot) -> impl Iterator<Item = (&'w String, &'w Audit)> {
        let place = world.backup.place(&spot.account, &spot.region);
        place.into_iter().flat_map(self.held)
    }

    fn named<'w>(&self, world: &'w mut World, request: &Request) -> Result<&'w mut Audit, AwsError> {
        let name = request.required(self.name);
        let place = world.backup.place_mut(&request.caller.account, &request.region);
        (self.held_mut)(place)
            .get_mut(name)
            .ok_or_else(|| not_found(format!("Cannot find {} {name}.", self.words)))
    }

    fn deployed<'w>(&self, world: &'w mut World, request: &Request) -> Result<&'w mut Audit, AwsError> {
        let audit = self.named(world, request)?;
        if audit.ready > request.now {
            return Err(conflict(format!("The {} is being deployed.", self.words)));
        }
        Ok(audit)
    }

    /// A repeat with the same token answers with the same one.
    fn create(&self, world: &mut World, request: &Request) -> Result<Value, AwsError> {
        (self.check)(world, request)?;
        let (spot, name) = (Spot::of(request), request.required(self.name));
        let token = request.text("IdempotencyToken");
        if let Some((_, known)) = self.all(world, &spot).find(|(known, _)| *known == name) {
            if token.is_some() && known.token.as_deref() == token {
                return Ok((self.made)(name, known));
            }
            let words = format!("A {} of the name {name} already exists.", self.words);
            return Err(exists(&words, &known.arn, None));
        }
        let tags = tags::given(request, self.tags)?;
        let id = world.ids.uuid();
        let mut content = json!({});
        for member in self.content {
            content[*member] = request.input[*member].clone();
        }
        let audit = Audit {
            arn: self.arn(&spot, name, &id),
            created: request.now,
            updated: false,
            ready: later(request.now, DEPLOYMENT),
            description: request.text(self.description).map(str::to_owned),
            token: token.map(str::to_owned),
            content,
            tags,
        };
        let answer = (self.made)(name, &audit);
        let place = world.backup.place_mut(&spot.account, &spot.region);
        (self.held_mut)(place).insert(name.to_owned(), audit);
        Ok(answer)
    }

    fn update(&self, world: &mut World, request: &Request) -> Result<Value, AwsError> {
        (self.check)(world, request)?;
        let audit = self.deployed(world, request)?;
        for member in self.content {
            if let Some(given) = request.input.get(*member) {
                audit.content[*member] = given.clone();
            }
        }
        if let Some(words) = request.text(self.description) {
            audit.description = Some(words.to_owned());
        }
        audit.updated = true;
        audit.ready = later(request.now, DEPLOYMENT);
        let mut answer = (self.made)(request.required(self.name), audit);
        answer["CreationTime"] = json!(epoch(audit.created));
        Ok(answer)
    }

    fn delete(&self, world: &mut World, request: &Request) -> Result<Value, AwsError> {
        self.deployed(world, request)?;
        let place = world.backup.place_mut(&request.caller.account, &request.region);
        (self.held_mut)(place).remove(request.required(self.name));
        Ok(json!({}))
    }
}

/// Makes a report plan unless one of the name exists; deployed at once, for whoever makes it waits for that.
pub(super) fn ensure_report(world: &mut World, spot: &Spot, name: &str, content: Value, now: Timestamp) {
    if REPORT.all(world, spot).any(|(known, _)| known == name) {
        return;
    }
    let id = world.ids.uuid();
    let audit = Audit {
        arn: REPORT.arn(spot, name, &id),
        created: now,
        updated: false,
        ready: now,
        description: None,
        token: None,
        content,
        tags: Tags::new(),
    };
    world.backup.place_mut(&spot.account, &spot.region).reports.insert(name.to_owned(), audit);
}

fn report_view(name: &str, audit: &Audit, now: Timestamp) -> Value {
    json!({
        "ReportPlanArn": audit.arn,
        "ReportPlanName": name,
        "ReportPlanDescription": audit.description,
        "ReportSetting": audit.content["ReportSetting"],
        "ReportDeliveryChannel": audit.content["ReportDeliveryChannel"],
        "DeploymentStatus": audit.status(now),
        "CreationTime": epoch(audit.created),
    })
}

pub(super) fn create_report(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    REPORT.create(world, request)
}

pub(super) fn describe_report(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let audit = REPORT.named(world, request)?;
    Ok(json!({ "ReportPlan": report_view(request.required("ReportPlanName"), audit, request.now) }))
}

pub(super) fn list_reports(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let all = REPORT.all(world, &Spot::of(request)).collect();
    PAGING.page(request, "ReportPlans", all, |(name, audit)| report_view(name, audit, request.now))
}

pub(super) fn update_report(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    REPORT.update(world, request)
}

pub(super) fn delete_report(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    REPORT.delete(world, request)
}

pub(super) fn create_framework(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    FRAMEWORK.create(world, request)
}

pub(super) fn describe_framework(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let audit = FRAMEWORK.named(world, request)?;
    Ok(json!({
        "FrameworkName": request.required("FrameworkName"),
        "FrameworkArn": audit.arn,
        "FrameworkDescription": audit.description,
        "FrameworkControls": audit.content["FrameworkControls"],
        "CreationTime": epoch(audit.created),
        "DeploymentStatus": audit.status(request.now),
        "FrameworkStatus": if audit.ready > request.now { "INACTIVE" } else { "ACTIVE" },
        "IdempotencyToken": audit.token,
    }))
}

pub(super) fn list_frameworks(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let all = FRAMEWORK.all(world, &Spot::of(request)).collect();
    PAGING.page(request, "Frameworks", all, |(name, audit)| {
        json!({
            "FrameworkName": name,
            "FrameworkArn": audit.arn,
            "FrameworkDescription": audit.description,
            "NumberOfControls": audit.content["FrameworkControls"].as_array().map_or(0, Vec::len),
            "CreationTime": epoch(audit.created),
            "DeploymentStatus": audit.status(request.now),
        })
    })
}

pub(super) fn update_framework(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    FRAMEWORK.update(world, request)
}

pub(super) fn delete_framework(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    FRAMEWORK.delete(world, request)
}
