//! Rules by which the administrator changes findings as they come in, Region by Region.
//!
//! Source: <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_CreateAutomationRule.html> and its neighbours;
//! a rule is applied only where it was made, by the administrator or by an account that has none, and there are 100 of
//! them (<https://docs.aws.amazon.com/securityhub/latest/userguide/automation-rules.html>). UNSOURCED: the words and
//! the code of the refusal of a member, the code of a rule that a batch does not find, and that names need not differ.
//! Absent: findings, so that no rule is ever applied.

use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::refusal::{limit, no_access};
use super::state::Rule;
use super::{PAGING, administrator, gate};

const MOST: usize = 100;
/// What a batch says of a rule that is not there.
const GONE: u16 = 404;

/// A member's findings are changed by its administrator alone.
fn own(world: &World, request: &Request) -> Result<(), AwsError> {
    gate::hub(world, request)?;
    let caller = request.caller.account.as_str();
    match administrator::holder(world, caller, &request.region) {
        Some(holder) if holder != caller => {
            Err(no_access("Automation rules are managed by the administrator of Security Hub."))
        }
        _ => Ok(()),
    }
}

/// The members of a request that a rule keeps, as they were sent.
fn sent(from: &Map<String, Value>) -> impl Iterator<Item = (String, Value)> + '_ {
    const KEPT: &[&str] =
        &["RuleStatus", "RuleOrder", "RuleName", "Description", "IsTerminal", "Criteria", "Actions"];
    KEPT.iter().filter_map(|name| Some(((*name).to_owned(), from.get(*name)?.clone())))
}

fn view(arn: &str, rule: &Rule, whole: bool) -> Value {
    let mut view = rule.body.clone();
    if !whole {
        view.remove("Criteria");
        view.remove("Actions");
    }
    view.insert("RuleArn".into(), json!(arn));
    view.insert("CreatedAt".into(), json!(epoch(rule.created)));
    view.insert("UpdatedAt".into(), json!(epoch(rule.updated)));
    view.insert("CreatedBy".into(), json!(rule.by));
    Value::Object(view)
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    own(world, request)?;
    let (account, region) = (request.caller.account.clone(), request.region.clone());
    let arn = format!("arn:aws:securityhub:{region}:{account}:automation-rule/{}", world.ids.uuid());
    let mut body = Map::from_iter([
        ("RuleStatus".to_owned(), json!("ENABLED")),
        ("IsTerminal".to_owned(), json!(false)),
    ]);
    body.extend(request.input.as_object().into_iter().flat_map(sent));
    let rules = world.security_hub.account_mut(&account).rules.entry(region).or_default();
    if rules.len() >= MOST {
        return Err(limit(format!("An account can have {MOST} automation rules in a Region.")));
    }
    let rule = Rule { body, created: request.now, updated: request.now, by: account };
    rules.insert(arn.clone(), rule);
    Ok(json!({ "RuleArn": arn }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    own(world, request)?;
    let account = world.security_hub.accounts.get(&request.caller.account);
    let rules = account.and_then(|account| account.rules.get(&request.region));
    let found = rules.into_iter().flatten().collect();
    PAGING.page(request, "AutomationRulesMetadata", found, |(arn, rule): (&String, &Rule)| {
        view(arn, rule, false)
    })
}

/// What a batch says of the rules that it left out.
fn left_out(arn: &str) -> Value {
    json!({ "RuleArn": arn, "ErrorCode": GONE, "ErrorMessage": format!("The rule {arn} does not exist.") })
}

fn arns(request: &Request) -> Vec<String> {
    request.list("AutomationRulesArns").iter().filter_map(|arn| arn.as_str().map(str::to_owned)).collect()
}

pub(super) fn batch_get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    own(world, request)?;
    let account = world.security_hub.accounts.get(&request.caller.account);
    let rules = account.and_then(|account| account.rules.get(&request.region));
    let (mut found, mut left) = (Vec::new(), Vec::new());
    for arn in arns(request) {
        match rules.and_then(|rules| rules.get(&arn)) {
            Some(rule) => found.push(view(&arn, rule, true)),
            None => left.push(left_out(&arn)),
        }
    }
    Ok(json!({ "Rules": found, "UnprocessedAutomationRules": left }))
}

/// What an item does not say stays.
pub(super) fn batch_update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    own(world, request)?;
    let region = request.region.clone();
    let rules = world.security_hub.account_mut(&request.caller.account).rules.entry(region).or_default();
    let (mut done, mut left) = (Vec::new(), Vec::new());
    for item in request.list("UpdateAutomationRulesRequestItems") {
        let arn = item["RuleArn"].as_str().unwrap_or_default();
        match (rules.get_mut(arn), item.as_object()) {
            (Some(rule), Some(item)) => {
                rule.body.extend(sent(item));
                rule.updated = request.now;
                done.push(arn.to_owned());
            }
            _ => left.push(left_out(arn)),
        }
    }
    Ok(json!({ "ProcessedAutomationRules": done, "UnprocessedAutomationRules": left }))
}

pub(super) fn batch_delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    own(world, request)?;
    let region = request.region.clone();
    let rules = world.security_hub.account_mut(&request.caller.account).rules.entry(region).or_default();
    let (done, left): (Vec<String>, Vec<String>) =
        arns(request).into_iter().partition(|arn| rules.remove(arn).is_some());
    let left: Vec<Value> = left.iter().map(|arn| left_out(arn)).collect();
    Ok(json!({ "ProcessedAutomationRules": done, "UnprocessedAutomationRules": left }))
}
