//! Report plans and audit frameworks of AWS Backup. Each call sets all of either, and AWS deploys
//! it in the background.

use super::{place, says, unknown_verb};
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::backup_audit::{self as inventory, Deployed};
use crate::cloud::task::{Found, Progress, Task};
use crate::model::{Attributes, Kind};
use aws_sdk_backup::types::{ControlInputParameter, FrameworkControl, ReportDeliveryChannel, ReportSetting};

const CREATE_REPORT: &str = "backup:CreateReportPlan";
const UPDATE_REPORT: &str = "backup:UpdateReportPlan";
const CREATE_FRAMEWORK: &str = "backup:CreateFramework";
const UPDATE_FRAMEWORK: &str = "backup:UpdateFramework";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = place(connection, task).await?;
    match (task.address.kind, task.verb.as_str()) {
        (Kind::ReportPlan, "create" | "update") => report(&site, task).await?,
        (Kind::BackupFramework, "create" | "update") => framework(&site, task).await?,
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Running { operation: name(task).to_owned(), attributes: Attributes::new() })
}

pub(super) async fn poll(
    connection: &Connection,
    task: &Task,
    operation: &str,
) -> Result<Progress, CallError> {
    let running = || Progress::Running { operation: operation.to_owned(), attributes: Attributes::new() };
    let Some(Deployed { status, live }) = read(connection, task).await? else { return Ok(running()) };
    match status.as_str() {
        // AWS gives a report plan no status in some answers (UNSOURCED).
        "" | "COMPLETED" => Ok(Progress::Done(live.attributes)),
        word if word.ends_with("IN_PROGRESS") => Ok(running()),
        word => {
            let verb = crate::model::kinds::info(task.address.kind).verb(&task.verb);
            let operation = verb.map_or("backup", |verb| verb.operation);
            Err(CallError::operation_failed(operation, format!("{} is {word}", task.address)))
        }
    }
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let Some(Deployed { live, .. }) = read(connection, task).await? else { return Ok(Found::Nothing) };
    if task.verb == "update" && !says(&live.fields, task) {
        return Ok(Found::Nothing);
    }
    poll(connection, task, name(task)).await.map(Found::Effect)
}

async fn read(connection: &Connection, task: &Task) -> Result<Option<Deployed>, CallError> {
    let site = place(connection, task).await?;
    match task.address.kind {
        Kind::ReportPlan => inventory::report_plan(&site, name(task)).await,
        _ => inventory::framework(&site, name(task)).await,
    }
}

/// The name in AWS.
fn name(task: &Task) -> &str {
    let key = if task.address.kind == Kind::ReportPlan { "report" } else { "framework" };
    task.key(key).unwrap_or(&task.address.name)
}

async fn report(site: &Site, task: &Task) -> Result<(), CallError> {
    let frameworks = task.texts("frameworks");
    let number = frameworks.as_ref().and_then(|arns| i32::try_from(arns.len()).ok());
    let setting = ReportSetting::builder()
        .set_report_template(task.said("template"))
        .set_accounts(task.texts("accounts"))
        .set_organization_units(task.texts("units"))
        .set_regions(task.texts("regions"))
        .set_framework_arns(frameworks)
        .set_number_of_frameworks(number)
        .build()
        .map_err(|_| CallError::unreadable(CREATE_REPORT, "setting"))?;
    let channel = ReportDeliveryChannel::builder()
        .set_s3_bucket_name(task.said("bucket"))
        .set_s3_key_prefix(task.said("prefix"))
        .set_formats(task.texts("formats"))
        .build()
        .map_err(|_| CallError::unreadable(CREATE_REPORT, "delivery channel"))?;
    let (client, description) = (site.clients.backup(), task.said("description"));
    if task.verb == "create" {
        let request = || {
            let request = client.create_report_plan().report_plan_name(name(task));
            let request = request.set_report_plan_description(description.clone());
            let request = request.report_setting(setting.clone()).report_delivery_channel(channel.clone());
            request.idempotency_token(&task.token)
        };
        site.call(CREATE_REPORT, || request().send()).await?;
    } else {
        let request = || {
            let request = client.update_report_plan().report_plan_name(name(task));
            let request = request.set_report_plan_description(description.clone());
            let request = request.report_setting(setting.clone()).report_delivery_channel(channel.clone());
            request.idempotency_token(&task.token)
        };
        site.call(UPDATE_REPORT, || request().send()).await?;
    }
    Ok(())
}

async fn framework(site: &Site, task: &Task) -> Result<(), CallError> {
    let said = task.value("controls")?.as_object();
    let controls: Vec<FrameworkControl> = said
        .into_iter()
        .flatten()
        .filter_map(|(name, parameters)| {
            let parameters = parameters.as_object().into_iter().flatten();
            let parameters: Vec<ControlInputParameter> = parameters
                .map(|(name, value)| {
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    ControlInputParameter::builder().parameter_name(name).parameter_value(value).build()
                })
                .collect();
            let some = (!parameters.is_empty()).then_some(parameters);
            FrameworkControl::builder().control_name(name).set_control_input_parameters(some).build().ok()
        })
        .collect();
    let (client, description) = (site.clients.backup(), task.said("description"));
    if task.verb == "create" {
        let request = || {
            let request = client.create_framework().framework_name(name(task));
            let request = request.set_framework_description(description.clone());
            request.set_framework_controls(Some(controls.clone())).idempotency_token(&task.token)
        };
        site.call(CREATE_FRAMEWORK, || request().send()).await?;
    } else {
        let request = || {
            let request = client.update_framework().framework_name(name(task));
            let request = request.set_framework_description(description.clone());
            request.set_framework_controls(Some(controls.clone())).idempotency_token(&task.token)
        };
        site.call(UPDATE_FRAMEWORK, || request().send()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, error, ok, task};
    use crate::cloud::failure::code;
    use crate::cloud::task::Performer as _;

    #[tokio::test(start_paused = true)]
    async fn a_framework_is_made_with_its_controls_and_waited_for() {
        let inputs =
            json!({ "controls": { "ENCRYPTED": {}, "RETENTION": { "requiredRetentionDays": "35" } } });
        let keys = json!({ "region": "eu-west-1", "framework": "ransomware" });
        let create = task(["backup_framework.ransomware/eu-west-1", "create", ""], inputs, keys, &[]);
        let path = "/audit/frameworks/ransomware";
        let status = |word: &str| ok(json!({ "FrameworkArn": "arn:framework", "DeploymentStatus": word }));
        let double = Double::new()
            .on("/audit/frameworks", ok(json!({ "FrameworkArn": "arn:framework" })))
            .on(path, error(400, "ResourceNotFoundException", "not yet"))
            .on(path, status("CREATE_IN_PROGRESS"))
            .on(path, status("COMPLETED"))
            .on(path, status("FAILED"));
        let connection = double.connection().await;
        let running = |progress: Progress| matches!(progress, Progress::Running { .. });
        assert!(running(connection.begin(&create).await.unwrap()));
        let poll = || connection.poll(&create, "ransomware");
        assert!(running(poll().await.unwrap()) && running(poll().await.unwrap()));
        let done = Attributes::from([("arn".to_owned(), "arn:framework".to_owned())]);
        assert_eq!(poll().await.unwrap(), Progress::Done(done));
        assert_eq!(poll().await.unwrap_err().code, code::OPERATION_FAILED);
        let sent = &double.bodies("/audit/frameworks")[0]["FrameworkControls"];
        assert_eq!(sent[0], json!({ "ControlName": "ENCRYPTED" }));
        let parameters = json!([{ "ParameterName": "requiredRetentionDays", "ParameterValue": "35" }]);
        assert_eq!(sent[1]["ControlInputParameters"], parameters);
    }
}
