//! Rules by which Security Hub changes findings, as one administrator has them in one Region.

use std::collections::BTreeMap;

use aws_sdk_securityhub::types::{AutomationRulesConfig, RuleStatus};
use serde_json::json;

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;
use crate::cloud::finding_filters as filters;
use crate::model::Fields;

const LIST: &str = "securityhub:ListAutomationRules";
const GET: &str = "securityhub:BatchGetAutomationRules";
/// So many rules go into one call (API Reference, BatchGetAutomationRules).
const BATCH: usize = 100;

/// A rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) arn: String,
    pub(crate) name: String,
    /// What the document can say of it.
    pub(crate) fields: Fields,
}

/// The ARNs of all rules, by name; of several of one name the first. None without Security Hub.
///
/// # Errors
/// When they cannot be listed.
pub(crate) async fn arns(site: &Site) -> Result<BTreeMap<String, String>, CallError> {
    let mut pairs = listed(site).await?;
    // The first of a name is put in last.
    pairs.reverse();
    Ok(pairs.into_iter().collect())
}

/// Name and ARN of every rule, in their order. None without Security Hub.
///
/// # Errors
/// When they cannot be listed.
pub(crate) async fn listed(site: &Site) -> Result<Vec<(String, String)>, CallError> {
    let client = site.clients.securityhub();
    let listed = pages::all(LIST, |token| async move {
        let request = || client.list_automation_rules().set_next_token(token.clone());
        let answer = site.call(LIST, || request().send()).await?;
        Ok((answer.automation_rules_metadata().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let listed = match listed.await {
        Err(error) if error.is_missing() => return Ok(Vec::new()),
        listed => listed?,
    };
    let pair = |one: &aws_sdk_securityhub::types::AutomationRulesMetadata| {
        Some((one.rule_name()?.to_owned(), one.rule_arn()?.to_owned()))
    };
    let mut pairs: Vec<(String, String)> = listed.iter().filter_map(pair).collect();
    pairs.sort();
    Ok(pairs)
}

/// Rules with everything that they say; those that are gone meanwhile are left out.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn rules(site: &Site, arns: &[String]) -> Result<Vec<Found>, CallError> {
    let client = site.clients.securityhub();
    let mut found = Vec::new();
    for some in arns.chunks(BATCH) {
        let request = || client.batch_get_automation_rules().set_automation_rules_arns(Some(some.to_vec()));
        let answer = site.call(GET, || request().send()).await?;
        found.extend(answer.rules().iter().filter_map(read));
    }
    Ok(found)
}

fn read(rule: &AutomationRulesConfig) -> Option<Found> {
    let (criteria, accounts) =
        rule.criteria().map(filters::from_aws).unwrap_or_else(|| (json!({}), Vec::new()));
    let change = rule.actions().iter().find_map(|action| action.finding_fields_update());
    let mut fields = Fields::from([
        ("order".to_owned(), json!(rule.rule_order())),
        ("enabled".to_owned(), json!(rule.rule_status() != Some(&RuleStatus::Disabled))),
        ("last".to_owned(), json!(rule.is_terminal().unwrap_or_default())),
        ("criteria".to_owned(), criteria),
        ("accounts".to_owned(), json!(accounts)),
        ("set".to_owned(), change.map(filters::change_from_aws).unwrap_or_else(|| json!({}))),
    ]);
    fields.extend(rule.description().map(|text| ("description".to_owned(), json!(text))));
    Some(Found { arn: rule.rule_arn()?.to_owned(), name: rule.rule_name()?.to_owned(), fields })
}
