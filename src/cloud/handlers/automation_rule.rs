//! Rules of Security Hub that change findings, in the account of its administrator.
//!
//! Changing and deleting are calls for many rules at once, here with one; AWS tells of a rule that
//! it has left out beside those that it has done, and that is a failure.

use aws_sdk_securityhub::types::{
    AutomationRulesAction, AutomationRulesActionType, AutomationRulesFindingFieldsUpdate,
    AutomationRulesFindingFilters, RuleStatus, UnprocessedAutomationRule, UpdateAutomationRulesRequestItem,
};
use serde_json::Value;

use super::{effect_if, known, place, says, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::finding_filters as filters;
use crate::cloud::inventory::automation_rules as inventory;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const CREATE: &str = "securityhub:CreateAutomationRule";
const UPDATE: &str = "securityhub:BatchUpdateAutomationRules";
const DELETE: &str = "securityhub:BatchDeleteAutomationRules";
/// The code with which AWS tells of a rule that is not there; that it is HTTP's is UNSOURCED.
const GONE: i32 = 404;

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = place(connection, task).await?;
    match task.verb.as_str() {
        "create" => create(&site, task).await,
        "update" => {
            let item = changed(task)?;
            let client = site.clients.securityhub();
            let request =
                || client.batch_update_automation_rules().update_automation_rules_request_items(item.clone());
            let answer = site.call(UPDATE, || request().send()).await?;
            done(UPDATE, answer.unprocessed_automation_rules(), Verdict::Missing)
        }
        "delete" => {
            let arn = task.own("arn")?;
            let client = site.clients.securityhub();
            let request = || client.batch_delete_automation_rules().automation_rules_arns(arn);
            let answer = site.call(DELETE, || request().send()).await?;
            done(DELETE, answer.unprocessed_automation_rules(), Verdict::Satisfied)
        }
        _ => Err(unknown_verb(task)),
    }
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let site = place(connection, task).await?;
    let arns = inventory::arns(&site).await?;
    let arn = arns.get(task.key("name").unwrap_or_default());
    match (task.verb.as_str(), arn) {
        ("delete", arn) => Ok(effect_if(arn.is_none())),
        ("create" | "update", None) => Ok(Found::Nothing),
        ("create" | "update", Some(arn)) => {
            let rules = inventory::rules(&site, std::slice::from_ref(arn)).await?;
            let same = rules.iter().any(|rule| says(&rule.fields, task));
            let progress = || Progress::Done(known([("arn", arn)]));
            Ok(if same { Found::Effect(progress()) } else { Found::Nothing })
        }
        _ => Err(unknown_verb(task)),
    }
}

/// A call for one rule is done unless AWS has left the rule out.
fn done(operation: &str, left: &[UnprocessedAutomationRule], gone: Verdict) -> Result<Progress, CallError> {
    let Some(one) = left.first() else { return Ok(Progress::Done(Attributes::new())) };
    let verdict = if one.error_code() == Some(GONE) { gone } else { Verdict::Rejected };
    let why = one.error_message().unwrap_or("no reason given");
    let words = format!("AWS left {} out: {why}", one.rule_arn().unwrap_or("the rule"));
    Err(CallError::ours(operation, "UnprocessedAutomationRules", words, verdict))
}

async fn create(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let (order, criteria, action) = (order(task)?, criteria(task)?, action(task)?);
    let name = task.key("name").unwrap_or(&task.address.name);
    let description = task.text("description")?;
    let client = site.clients.securityhub();
    let request = || {
        let request = client.create_automation_rule().rule_name(name).description(description);
        let request = request.set_rule_order(order).set_rule_status(status(task));
        let request = request.set_is_terminal(flag(task, "last"));
        request.set_criteria(criteria.clone()).set_actions(action.clone().map(|action| vec![action]))
    };
    let answer = site.call(CREATE, || request().send()).await?;
    let arn = answer.rule_arn().ok_or_else(|| CallError::unreadable(CREATE, "RuleArn"))?;
    Ok(Progress::Done(known([("arn", arn)])))
}

/// What differs, and the filters as a whole.
fn changed(task: &Task) -> Result<UpdateAutomationRulesRequestItem, CallError> {
    Ok(UpdateAutomationRulesRequestItem::builder()
        .rule_arn(task.own("arn")?)
        .set_description(task.said("description"))
        .set_rule_order(order(task)?)
        .set_rule_status(status(task))
        .set_is_terminal(flag(task, "last"))
        .set_criteria(criteria(task)?)
        .set_actions(action(task)?.map(|action| vec![action]))
        .build())
}

fn flag(task: &Task, name: &str) -> Option<bool> {
    task.inputs.get(name).and_then(Value::as_bool)
}

fn status(task: &Task) -> Option<RuleStatus> {
    flag(task, "enabled").map(|on| if on { RuleStatus::Enabled } else { RuleStatus::Disabled })
}

fn unusable(task: &Task) -> CallError {
    let message = format!("{} says something that cannot be sent", task.address);
    CallError::ours("automation_rule", code::UNSENDABLE, message, Verdict::Rejected)
}

fn order(task: &Task) -> Result<Option<i32>, CallError> {
    let Some(said) = task.inputs.get("order") else { return Ok(None) };
    let order = said.as_i64().and_then(|order| i32::try_from(order).ok());
    order.map(Some).ok_or_else(|| unusable(task))
}

fn criteria(task: &Task) -> Result<Option<AutomationRulesFindingFilters>, CallError> {
    let Some(said) = task.inputs.get("criteria") else { return Ok(None) };
    let accounts = task.texts("accounts").unwrap_or_default();
    filters::to_aws(said, &accounts).map(Some).ok_or_else(|| unusable(task))
}

fn action(task: &Task) -> Result<Option<AutomationRulesAction>, CallError> {
    let Some(said) = task.inputs.get("set") else { return Ok(None) };
    let change: AutomationRulesFindingFieldsUpdate =
        filters::change_to_aws(said).ok_or_else(|| unusable(task))?;
    let action = AutomationRulesAction::builder().r#type(AutomationRulesActionType::FindingFieldsUpdate);
    Ok(Some(action.finding_fields_update(change).build()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, ok, task};
    use crate::cloud::task::Performer as _;

    const ARN: &str = "arn:aws:securityhub:us-east-1:111111111111:automation-rule/1";

    fn keys() -> Value {
        json!({ "name": "loud", "region": "us-east-1" })
    }

    #[tokio::test(start_paused = true)]
    async fn a_rule_that_aws_leaves_out_is_no_success_and_one_that_is_gone_need_not_be_deleted() {
        let left = |code: i32| {
            let one = json!({ "RuleArn": ARN, "ErrorCode": code, "ErrorMessage": "not so" });
            ok(json!({ "ProcessedAutomationRules": [], "UnprocessedAutomationRules": [one] }))
        };
        let double =
            Double::new().on("/automationrules/update", left(400)).on("/automationrules/delete", left(404));
        let connection = double.connection().await;
        let update = task(
            ["automation_rule.loud/us-east-1", "update", ""],
            json!({ "order": 7 }),
            keys(),
            &[("arn", ARN)],
        );
        let error = connection.begin(&update).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.verdict), ("UnprocessedAutomationRules", Verdict::Rejected));
        assert!(error.message.contains("not so"), "{error}");
        assert_eq!(
            double.bodies("/automationrules/update")[0]["UpdateAutomationRulesRequestItems"][0]["RuleOrder"],
            7
        );
        let delete =
            task(["automation_rule.loud/us-east-1", "delete", ""], json!({}), keys(), &[("arn", ARN)]);
        assert_eq!(connection.begin(&delete).await.unwrap_err().verdict, Verdict::Satisfied);
    }
}
