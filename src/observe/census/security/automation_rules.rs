//! Rules by which Security Hub changes findings, as its administrator has them in one Region.

use std::collections::BTreeMap;

use super::Desk;
use crate::cloud::CallError;
use crate::cloud::inventory::automation_rules as inventory;
use crate::model::Fields;

/// By name, in the fields of the kind `automation_rule`; of several of one name the first.
pub(super) async fn read(desk: Desk) -> Result<BTreeMap<String, Fields>, CallError> {
    let known: Vec<String> = inventory::arns(&desk.site).await?.into_values().collect();
    if known.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rules = inventory::rules(&desk.site, &known).await?;
    Ok(rules.into_iter().map(|rule| (rule.name, rule.fields)).collect())
}
