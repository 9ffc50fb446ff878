//! Report plans and audit frameworks of AWS Backup, by name or all of them, in the fields of their kinds.

use std::collections::BTreeMap;

use aws_sdk_backup::types::ReportPlan;
use serde_json::{Map, Value, json};

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;
use crate::model::{Attributes, Fields, Live};

const REPORT: &str = "backup:DescribeReportPlan";
const REPORTS: &str = "backup:ListReportPlans";
const FRAMEWORK: &str = "backup:DescribeFramework";
const FRAMEWORKS: &str = "backup:ListFrameworks";

/// Something that AWS deploys in the background.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Deployed {
    /// AWS's word for how far it is: `CREATE_IN_PROGRESS`, `COMPLETED`, `FAILED` and so on.
    pub(crate) status: String,
    pub(crate) live: Live,
}

fn attributes(arn: Option<&str>) -> Attributes {
    arn.map(|arn| ("arn".to_owned(), arn.to_owned())).into_iter().collect()
}

/// Inserts what is set.
fn put<const N: usize>(fields: &mut Fields, values: [(&str, Option<Value>); N]) {
    fields.extend(values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
}

/// A list, unless it is empty.
fn some(list: &[String]) -> Option<Value> {
    (!list.is_empty()).then(|| json!(list))
}

/// A report plan; none when there is none of that name.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn report_plan(site: &Site, name: &str) -> Result<Option<Deployed>, CallError> {
    let client = site.clients.backup();
    let request = || client.describe_report_plan().report_plan_name(name);
    let answer = match site.call(REPORT, || request().send()).await {
        Ok(answer) => answer,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    let plan = answer.report_plan().ok_or_else(|| CallError::unreadable(REPORT, "ReportPlan"))?;
    Ok(Some(of_plan(plan)))
}

/// Every report plan of an account in a Region, by name: the list says all of them.
///
/// # Errors
/// When they cannot be listed.
pub(crate) async fn report_plans(site: &Site) -> Result<BTreeMap<String, Live>, CallError> {
    let client = site.clients.backup();
    let found = pages::all(REPORTS, |token| async move {
        let request = || client.list_report_plans().set_next_token(token.clone());
        let answer = site.call(REPORTS, || request().send()).await?;
        Ok((answer.report_plans().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let named = |plan: &ReportPlan| Some((plan.report_plan_name()?.to_owned(), of_plan(plan).live));
    Ok(found.await?.iter().filter_map(named).collect())
}

/// The names of every audit framework of an account in a Region.
///
/// # Errors
/// When they cannot be listed.
pub(crate) async fn framework_names(site: &Site) -> Result<Vec<String>, CallError> {
    let client = site.clients.backup();
    let found = pages::all(FRAMEWORKS, |token| async move {
        let request = || client.list_frameworks().set_next_token(token.clone());
        let answer = site.call(FRAMEWORKS, || request().send()).await?;
        Ok((answer.frameworks().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().filter_map(|one| one.framework_name().map(str::to_owned)).collect())
}

fn of_plan(plan: &ReportPlan) -> Deployed {
    let mut fields = Fields::new();
    let description = plan.report_plan_description().filter(|text| !text.is_empty());
    put(&mut fields, [("description", description.map(|text| json!(text)))]);
    if let Some(setting) = plan.report_setting() {
        put(
            &mut fields,
            [
                ("template", Some(json!(setting.report_template()))),
                ("accounts", some(setting.accounts())),
                ("units", some(setting.organization_units())),
                ("regions", some(setting.regions())),
                ("frameworks", some(setting.framework_arns())),
            ],
        );
    }
    if let Some(channel) = plan.report_delivery_channel() {
        put(
            &mut fields,
            [
                ("bucket", Some(json!(channel.s3_bucket_name()))),
                ("prefix", channel.s3_key_prefix().map(|prefix| json!(prefix))),
                ("formats", some(channel.formats())),
            ],
        );
    }
    let status = plan.deployment_status().unwrap_or_default().to_owned();
    Deployed { status, live: Live { fields, attributes: attributes(plan.report_plan_arn()) } }
}

/// An audit framework; none when there is none of that name.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn framework(site: &Site, name: &str) -> Result<Option<Deployed>, CallError> {
    let client = site.clients.backup();
    let request = || client.describe_framework().framework_name(name);
    let answer = match site.call(FRAMEWORK, || request().send()).await {
        Ok(answer) => answer,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    let controls: Map<String, Value> = answer
        .framework_controls()
        .iter()
        .map(|control| {
            let parameters: Map<String, Value> = control
                .control_input_parameters()
                .iter()
                .filter_map(|one| Some((one.parameter_name()?.to_owned(), json!(one.parameter_value()?))))
                .collect();
            (control.control_name().to_owned(), Value::Object(parameters))
        })
        .collect();
    let mut fields = Fields::from([("controls".to_owned(), Value::Object(controls))]);
    let description = answer.framework_description().filter(|text| !text.is_empty());
    put(&mut fields, [("description", description.map(|text| json!(text)))]);
    let status = answer.deployment_status().unwrap_or_default().to_owned();
    Ok(Some(Deployed { status, live: Live { fields, attributes: attributes(answer.framework_arn()) } }))
}
