//! Rules by which Security Hub changes findings, as its administrator has them in one Region.

use std::collections::BTreeMap;

use super::Desk;
use crate::cloud::CallError;
use crate::cloud::inventory::automation_rules as inventory;
use crate::model::Fields;

/// By name, each in the fields of the kind `automation_rule`. Names need not differ: of several of
/// one name the first is the one that a plan looks at.
pub type Rules = BTreeMap<String, Vec<Fields>>;

pub(super) async fn read(desk: Desk) -> Result<Rules, CallError> {
    let known: Vec<String> = inventory::listed(&desk.site).await?.into_iter().map(|(_, arn)| arn).collect();
    let mut rules = Rules::new();
    if known.is_empty() {
        return Ok(rules);
    }
    let mut found = inventory::rules(&desk.site, &known).await?;
    found.sort_by(|one, other| one.arn.cmp(&other.arn));
    for rule in found {
        rules.entry(rule.name).or_default().push(rule.fields);
    }
    Ok(rules)
}
