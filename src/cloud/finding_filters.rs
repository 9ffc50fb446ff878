//! Filters and changes of findings in the SDK's types, and back.
//!
//! In: JSON as the API has it. Out: the same as the SDK takes it; none for what the SDK has no
//! place for. The names are those of `catalog::finding_filters`, and a test holds the two to
//! each other. Absent: sending.

use aws_sdk_securityhub::types::builders::AutomationRulesFindingFiltersBuilder as Builder;
use aws_sdk_securityhub::types::{
    AutomationRulesFindingFieldsUpdate, AutomationRulesFindingFilters, NoteUpdate, SeverityLabel,
    SeverityUpdate, StringFilter, StringFilterComparison, VerificationState, WorkflowStatus, WorkflowUpdate,
};
use serde_json::{Map, Value, json};

fn text(from: &Value, key: &str) -> Option<String> {
    from.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// An object of those members that are there.
fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let there = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(there.collect::<Map<String, Value>>())
}

/// How filters of one sort are written and read: a module each, so that the table below can name
/// them by their sort.
mod texts {
    use super::*;

    pub(super) fn to(from: &Value) -> StringFilter {
        let comparison = text(from, "Comparison");
        StringFilter::builder()
            .set_value(text(from, "Value"))
            .set_comparison(comparison.map(|word| StringFilterComparison::from(word.as_str())))
            .build()
    }

    pub(super) fn from(filter: &StringFilter) -> Value {
        object([
            ("Value", filter.value().map(Value::from)),
            ("Comparison", filter.comparison().map(|word| json!(word.as_str()))),
        ])
    }
}

mod maps {
    use aws_sdk_securityhub::types::{MapFilter, MapFilterComparison};

    use super::*;

    pub(super) fn to(from: &Value) -> MapFilter {
        let comparison = text(from, "Comparison");
        MapFilter::builder()
            .set_key(text(from, "Key"))
            .set_value(text(from, "Value"))
            .set_comparison(comparison.map(|word| MapFilterComparison::from(word.as_str())))
            .build()
    }

    pub(super) fn from(filter: &MapFilter) -> Value {
        object([
            ("Key", filter.key().map(Value::from)),
            ("Value", filter.value().map(Value::from)),
            ("Comparison", filter.comparison().map(|word| json!(word.as_str()))),
        ])
    }
}

mod numbers {
    use aws_sdk_securityhub::types::NumberFilter;

    use super::*;

    pub(super) fn to(from: &Value) -> NumberFilter {
        let number = |key: &str| from.get(key).and_then(Value::as_f64);
        NumberFilter::builder()
            .set_gte(number("Gte"))
            .set_lte(number("Lte"))
            .set_eq(number("Eq"))
            .set_gt(number("Gt"))
            .set_lt(number("Lt"))
            .build()
    }

    pub(super) fn from(filter: &NumberFilter) -> Value {
        object([
            ("Gte", filter.gte().map(number)),
            ("Lte", filter.lte().map(number)),
            ("Eq", filter.eq().map(number)),
            ("Gt", filter.gt().map(number)),
            ("Lt", filter.lt().map(number)),
        ])
    }

    /// A number as a document writes it: whole ones without a point.
    fn number(value: f64) -> Value {
        serde_json::from_str(&value.to_string()).unwrap_or_else(|_| json!(value))
    }
}

mod dates {
    use aws_sdk_securityhub::types::{DateFilter, DateRange, DateRangeUnit};

    use super::*;

    pub(super) fn to(from: &Value) -> DateFilter {
        let range = from.get("DateRange").map(|range| {
            let days = range.get("Value").and_then(Value::as_i64);
            DateRange::builder()
                .set_value(days.and_then(|days| i32::try_from(days).ok()))
                .set_unit(text(range, "Unit").map(|unit| DateRangeUnit::from(unit.as_str())))
                .build()
        });
        DateFilter::builder()
            .set_start(text(from, "Start"))
            .set_end(text(from, "End"))
            .set_date_range(range)
            .build()
    }

    pub(super) fn from(filter: &DateFilter) -> Value {
        let range = filter.date_range().map(|range| {
            object([
                ("Value", range.value().map(Value::from)),
                ("Unit", range.unit().map(|unit| json!(unit.as_str()))),
            ])
        });
        object([
            ("Start", filter.start().map(Value::from)),
            ("End", filter.end().map(Value::from)),
            ("DateRange", range),
        ])
    }
}

macro_rules! filters {
    ($($sort:ident: $($name:literal $get:ident $set:ident),+;)+) => {
        fn put(builder: Builder, name: &str, listed: &[Value]) -> Option<Builder> {
            match name {
                $($($name => Some(builder.$set(Some(listed.iter().map($sort::to).collect()))),)+)+
                _ => None,
            }
        }

        fn taken(filters: &AutomationRulesFindingFilters) -> Map<String, Value> {
            let mut all = Map::new();
            $($(if !filters.$get().is_empty() {
                all.insert($name.to_owned(), filters.$get().iter().map($sort::from).collect());
            })+)+
            all
        }
    };
}

filters! {
    texts:
        "ProductArn" product_arn set_product_arn,
        "Id" id set_id,
        "GeneratorId" generator_id set_generator_id,
        "Type" r#type set_type,
        "Title" title set_title,
        "Description" description set_description,
        "SourceUrl" source_url set_source_url,
        "ProductName" product_name set_product_name,
        "CompanyName" company_name set_company_name,
        "SeverityLabel" severity_label set_severity_label,
        "ResourceType" resource_type set_resource_type,
        "ResourceId" resource_id set_resource_id,
        "ResourcePartition" resource_partition set_resource_partition,
        "ResourceRegion" resource_region set_resource_region,
        "ComplianceStatus" compliance_status set_compliance_status,
        "ComplianceSecurityControlId" compliance_security_control_id set_compliance_security_control_id,
        "ComplianceAssociatedStandardsId" compliance_associated_standards_id
            set_compliance_associated_standards_id,
        "VerificationState" verification_state set_verification_state,
        "WorkflowStatus" workflow_status set_workflow_status,
        "RecordState" record_state set_record_state,
        "RelatedFindingsProductArn" related_findings_product_arn set_related_findings_product_arn,
        "RelatedFindingsId" related_findings_id set_related_findings_id,
        "NoteText" note_text set_note_text,
        "NoteUpdatedBy" note_updated_by set_note_updated_by,
        "ResourceApplicationArn" resource_application_arn set_resource_application_arn,
        "ResourceApplicationName" resource_application_name set_resource_application_name,
        "AwsAccountName" aws_account_name set_aws_account_name;
    dates:
        "FirstObservedAt" first_observed_at set_first_observed_at,
        "LastObservedAt" last_observed_at set_last_observed_at,
        "CreatedAt" created_at set_created_at,
        "UpdatedAt" updated_at set_updated_at,
        "NoteUpdatedAt" note_updated_at set_note_updated_at;
    numbers:
        "Confidence" confidence set_confidence,
        "Criticality" criticality set_criticality;
    maps:
        "ResourceTags" resource_tags set_resource_tags,
        "ResourceDetailsOther" resource_details_other set_resource_details_other,
        "UserDefinedFields" user_defined_fields set_user_defined_fields;
}

/// How an account is compared.
const EQUALS: &str = "EQUALS";

/// Filters as the SDK takes them; none when one of them is not known.
pub(crate) fn to_aws(criteria: &Value, accounts: &[String]) -> Option<AutomationRulesFindingFilters> {
    let mut builder = AutomationRulesFindingFilters::builder();
    for (name, listed) in criteria.as_object()? {
        builder = put(builder, name, listed.as_array()?)?;
    }
    for id in accounts {
        builder = builder.aws_account_id(texts::to(&json!({ "Value": id, "Comparison": EQUALS })));
    }
    Some(builder.build())
}

/// What filters say, with the ids of the accounts that they ask for apart from the rest. What
/// else they say of accounts stays with the rest, where no document has it.
pub(crate) fn from_aws(filters: &AutomationRulesFindingFilters) -> (Value, Vec<String>) {
    let mut rest = taken(filters);
    let (equal, others): (Vec<&StringFilter>, Vec<&StringFilter>) = filters
        .aws_account_id()
        .iter()
        .partition(|one| one.comparison() == Some(&StringFilterComparison::Equals));
    if !others.is_empty() {
        let others = others.into_iter().map(texts::from).collect();
        rest.insert(crate::catalog::finding_filters::ACCOUNT.to_owned(), others);
    }
    let ids = equal.iter().filter_map(|one| one.value().map(str::to_owned)).collect();
    (Value::Object(rest), ids)
}

/// What becomes of a finding, as the SDK takes it.
pub(crate) fn change_to_aws(set: &Value) -> Option<AutomationRulesFindingFieldsUpdate> {
    let number = |key: &str| set.get(key).and_then(Value::as_i64).and_then(|n| i32::try_from(n).ok());
    let mut change = AutomationRulesFindingFieldsUpdate::builder()
        .set_confidence(number("Confidence"))
        .set_criticality(number("Criticality"))
        .set_verification_state(
            text(set, "VerificationState").map(|word| VerificationState::from(word.as_str())),
        );
    if let Some(label) = set.get("Severity").and_then(|severity| text(severity, "Label")) {
        let label = SeverityLabel::from(label.as_str());
        change = change.severity(SeverityUpdate::builder().label(label).build());
    }
    if let Some(status) = set.get("Workflow").and_then(|workflow| text(workflow, "Status")) {
        let status = WorkflowStatus::from(status.as_str());
        change = change.workflow(WorkflowUpdate::builder().status(status).build());
    }
    if let Some(note) = set.get("Note") {
        let note = NoteUpdate::builder()
            .set_text(text(note, "Text"))
            .set_updated_by(text(note, "UpdatedBy"))
            .build();
        change = change.note(note);
    }
    for kind in set.get("Types").and_then(Value::as_array).into_iter().flatten() {
        change = change.types(kind.as_str()?);
    }
    for (key, value) in set.get("UserDefinedFields").and_then(Value::as_object).into_iter().flatten() {
        change = change.user_defined_fields(key, value.as_str()?);
    }
    Some(change.build())
}

/// What becomes of a finding, as the API has it.
pub(crate) fn change_from_aws(change: &AutomationRulesFindingFieldsUpdate) -> Value {
    let own = change.user_defined_fields().filter(|fields| !fields.is_empty());
    let related: Vec<Value> = change
        .related_findings()
        .iter()
        .map(|one| {
            object([("ProductArn", one.product_arn().map(Value::from)), ("Id", one.id().map(Value::from))])
        })
        .collect();
    object([
        ("Confidence", change.confidence().map(Value::from)),
        ("Criticality", change.criticality().map(Value::from)),
        ("VerificationState", change.verification_state().map(|word| json!(word.as_str()))),
        (
            "Severity",
            change.severity().and_then(|one| one.label()).map(|label| json!({ "Label": label.as_str() })),
        ),
        (
            "Workflow",
            change.workflow().and_then(|one| one.status()).map(|word| json!({ "Status": word.as_str() })),
        ),
        (
            "Note",
            change.note().map(|note| {
                object([
                    ("Text", note.text().map(Value::from)),
                    ("UpdatedBy", note.updated_by().map(Value::from)),
                ])
            }),
        ),
        ("Types", (!change.types().is_empty()).then(|| json!(change.types()))),
        ("UserDefinedFields", own.map(|fields| json!(fields))),
        ("RelatedFindings", (!related.is_empty()).then_some(Value::Array(related))),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::finding_filters::{Sort, names, sort_of};

    #[test]
    fn every_filter_of_the_catalogue_goes_to_aws_and_comes_back_as_it_was() {
        for name in names() {
            let filter = match sort_of(name) {
                Some(Sort::Text) => json!({ "Value": "x", "Comparison": "PREFIX" }),
                Some(Sort::Number) => json!({ "Gte": 80, "Lt": 99.5 }),
                Some(Sort::Map) => json!({ "Key": "k", "Value": "x", "Comparison": "EQUALS" }),
                Some(Sort::Date) => json!({ "DateRange": { "Value": 3, "Unit": "DAYS" } }),
                None => panic!("{name}"),
            };
            let criteria = json!({ name: [filter] });
            let sent = to_aws(&criteria, &[]).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(from_aws(&sent), (criteria, Vec::new()), "{name}");
        }
        assert_eq!(to_aws(&json!({ "Nothing": [] }), &[]), None);
    }

    #[test]
    fn accounts_that_are_asked_for_stand_apart_and_others_are_not_hidden() {
        let sent = to_aws(&json!({}), &["111122223333".to_owned()]).unwrap();
        assert_eq!(from_aws(&sent), (json!({}), vec!["111122223333".to_owned()]));
        let foreign = AutomationRulesFindingFilters::builder()
            .aws_account_id(texts::to(&json!({ "Value": "11", "Comparison": "PREFIX" })))
            .build();
        let (rest, ids) = from_aws(&foreign);
        assert_eq!((rest["AwsAccountId"][0]["Comparison"].as_str(), ids.len()), (Some("PREFIX"), 0));
    }

    #[test]
    fn what_becomes_of_a_finding_goes_to_aws_and_comes_back_as_it_was() {
        let set = json!({
            "Severity": { "Label": "CRITICAL" }, "Workflow": { "Status": "NOTIFIED" },
            "Note": { "Text": "call us", "UpdatedBy": "lzctl" }, "Confidence": 90, "Criticality": 80,
            "VerificationState": "TRUE_POSITIVE", "Types": ["a/b/c"], "UserDefinedFields": { "team": "x" },
        });
        assert_eq!(change_from_aws(&change_to_aws(&set).unwrap()), set);
    }
}
