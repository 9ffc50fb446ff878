//! `security.security_hub.automation_rules`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Context;
use crate::model::Origin;
use crate::spec::document::Target;
use crate::spec::shape::security::{AutomationRuleSection, FindingSection, SecurityHubSection};

/// Who says that a note is its own: AWS asks for it.
pub const NOTED_BY: &str = "lzctl";

/// A rule by which Security Hub changes findings.
#[derive(Debug, Clone, Serialize)]
pub struct AutomationRule {
    /// Where it stands.
    pub origin: Origin,
    /// Rules with lower numbers come first.
    pub order: u32,
    /// What it is for; its name unless said.
    pub description: String,
    /// Whether it is applied.
    pub enabled: bool,
    /// Whether no other rule is applied to what it matches.
    pub last: bool,
    /// Filters, as AWS writes them.
    pub criteria: Value,
    /// Accounts that a finding is about; any when empty.
    pub accounts: Vec<Target>,
    /// What becomes of a finding, as AWS writes it.
    pub set: Value,
}

pub(super) fn lower(context: &Context<'_>, section: &SecurityHubSection) -> BTreeMap<String, AutomationRule> {
    let all = section.automation_rules.iter().flatten();
    all.filter_map(|(name, said)| {
        Some((name.value.clone(), rule(context, said, &name.value, (context.at)(name.span))?))
    })
    .collect()
}

fn rule(
    context: &Context<'_>,
    said: &AutomationRuleSection,
    name: &str,
    origin: Origin,
) -> Option<AutomationRule> {
    let criteria = match &said.criteria {
        Some(criteria) => context.view.attached.content(criteria)?.clone(),
        None => json!({}),
    };
    let named = said.accounts.iter().flatten();
    Some(AutomationRule {
        origin,
        order: said.order.as_ref()?.value.0,
        description: said.description.as_ref().map_or(name, |text| text.value.as_str()).to_owned(),
        enabled: said.enabled.as_ref().is_none_or(|on| on.value),
        last: said.last.as_ref().is_some_and(|on| on.value),
        criteria,
        accounts: named.filter_map(|word| context.view.target(word).ok()).collect(),
        set: change(said.set.as_ref()?),
    })
}

/// What becomes of a finding, in AWS's words.
fn change(said: &FindingSection) -> Value {
    let mut set = Map::new();
    let mut put = |name: &str, value: Option<Value>| set.extend(value.map(|value| (name.to_owned(), value)));
    put("Severity", said.severity.as_ref().map(|word| json!({ "Label": word.value.0 })));
    put("Workflow", said.workflow.as_ref().map(|word| json!({ "Status": word.value.0 })));
    put("VerificationState", said.verification.as_ref().map(|word| json!(word.value.0)));
    put("Confidence", said.confidence.as_ref().map(|number| json!(number.value.0)));
    put("Criticality", said.criticality.as_ref().map(|number| json!(number.value.0)));
    put("Note", said.note.as_ref().map(|text| json!({ "Text": text.value, "UpdatedBy": NOTED_BY })));
    let types: Vec<&str> = said.types.iter().flatten().map(|text| text.value.as_str()).collect();
    put("Types", (!types.is_empty()).then(|| json!(types)));
    let fields = said.fields.iter().flatten().map(|(key, value)| (key.value.clone(), json!(value.value)));
    let fields: Map<String, Value> = fields.collect();
    put("UserDefinedFields", (!fields.is_empty()).then_some(Value::Object(fields)));
    Value::Object(set)
}
