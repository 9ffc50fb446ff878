//! By what a rule of Security Hub can tell findings apart: AWS's names of the filters, each with
//! what it compares.
//!
//! In: filters as the API has them. Out: what is wrong with them, in words. Source: Security Hub
//! API Reference, AutomationRulesFindingFilters, StringFilter, DateFilter, NumberFilter and
//! MapFilter. Absent: `AwsAccountId`, since a document names its accounts; and what a finding is.

use serde_json::Value;

/// What a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Words: `Value` and `Comparison`.
    Text,
    /// Moments: `Start` and `End`, or a `DateRange`.
    Date,
    /// Numbers: `Gte`, `Lte`, `Eq`, `Gt`, `Lt`.
    Number,
    /// Pairs: `Key`, `Value` and `Comparison`.
    Map,
}

/// The filter for the account that a finding is about.
pub const ACCOUNT: &str = "AwsAccountId";

const TEXTS: &[&str] = &[
    "ProductArn",
    "Id",
    "GeneratorId",
    "Type",
    "Title",
    "Description",
    "SourceUrl",
    "ProductName",
    "CompanyName",
    "SeverityLabel",
    "ResourceType",
    "ResourceId",
    "ResourcePartition",
    "ResourceRegion",
    "ComplianceStatus",
    "ComplianceSecurityControlId",
    "ComplianceAssociatedStandardsId",
    "VerificationState",
    "WorkflowStatus",
    "RecordState",
    "RelatedFindingsProductArn",
    "RelatedFindingsId",
    "NoteText",
    "NoteUpdatedBy",
    "ResourceApplicationArn",
    "ResourceApplicationName",
    "AwsAccountName",
];
const DATES: &[&str] = &["FirstObservedAt", "LastObservedAt", "CreatedAt", "UpdatedAt", "NoteUpdatedAt"];
const NUMBERS: &[&str] = &["Confidence", "Criticality"];
const MAPS: &[&str] = &["ResourceTags", "ResourceDetailsOther", "UserDefinedFields"];

const OF_SORT: &[(Sort, &[&str])] =
    &[(Sort::Text, TEXTS), (Sort::Date, DATES), (Sort::Number, NUMBERS), (Sort::Map, MAPS)];

/// Every name.
pub fn names() -> impl Iterator<Item = &'static str> {
    OF_SORT.iter().flat_map(|(_, names)| names.iter().copied())
}

/// What the filter of a name compares.
#[must_use]
pub fn sort_of(name: &str) -> Option<Sort> {
    OF_SORT.iter().find(|(_, names)| names.contains(&name)).map(|(sort, _)| *sort)
}

/// The members of one filter, and those that it must have.
const fn members(sort: Sort) -> (&'static [&'static str], &'static [&'static str]) {
    match sort {
        Sort::Text => (&["Value", "Comparison"], &["Value", "Comparison"]),
        Sort::Date => (&["Start", "End", "DateRange"], &[]),
        Sort::Number => (&["Gte", "Lte", "Eq", "Gt", "Lt"], &[]),
        Sort::Map => (&["Key", "Value", "Comparison"], &["Key", "Value", "Comparison"]),
    }
}

/// What AWS would not take of filters; none when they are whole.
#[must_use]
pub fn trouble(criteria: &Value) -> Option<String> {
    let Some(all) = criteria.as_object() else { return Some("they are no mapping of filters".to_owned()) };
    all.iter().find_map(|(name, filters)| {
        if name == ACCOUNT {
            return Some(format!("{ACCOUNT} is said by `accounts`, by their names"));
        }
        let Some(sort) = sort_of(name) else { return Some(format!("there is no filter `{name}`")) };
        match filters.as_array() {
            Some(listed) if !listed.is_empty() => {
                listed.iter().find_map(|one| wrong(sort, one)).map(|why| format!("`{name}` {why}"))
            }
            _ => Some(format!("`{name}` is a list of filters")),
        }
    })
}

fn wrong(sort: Sort, filter: &Value) -> Option<String> {
    let (known, needed) = members(sort);
    let list = || known.join(", ");
    let Some(filter) = filter.as_object().filter(|filter| !filter.is_empty()) else {
        return Some(format!("lists mappings of {}", list()));
    };
    if let Some(other) = filter.keys().find(|key| !known.contains(&key.as_str())) {
        return Some(format!("has no `{other}`, but {}", list()));
    }
    if let Some(missing) = needed.iter().find(|key| !filter.contains_key(**key)) {
        return Some(format!("lacks `{missing}`"));
    }
    let fits = |(key, value): (&String, &Value)| match (sort, key.as_str()) {
        (Sort::Number, _) => value.is_number(),
        (_, "DateRange") => value["Value"].is_u64() && value["Unit"] == "DAYS",
        _ => value.is_string(),
    };
    filter.iter().find(|pair| !fits(*pair)).map(|(key, _)| match key.as_str() {
        "DateRange" => "has a `DateRange` without `Value: DAYS-AS-A-NUMBER` and `Unit: DAYS`".to_owned(),
        _ if sort == Sort::Number => format!("compares numbers, and `{key}` is none"),
        _ => format!("compares texts, and `{key}` is none"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn filters_of_every_sort_are_taken_and_each_mistake_is_told() {
        let whole = json!({
            "SeverityLabel": [{ "Value": "HIGH", "Comparison": "EQUALS" }],
            "Confidence": [{ "Gte": 80 }],
            "CreatedAt": [{ "DateRange": { "Value": 5, "Unit": "DAYS" } }],
            "ResourceTags": [{ "Key": "env", "Value": "dev", "Comparison": "EQUALS" }],
        });
        assert_eq!(trouble(&whole), None);
        for (wrong, words) in [
            (json!([]), "no mapping"),
            (json!({ "Severity": [] }), "no filter `Severity`"),
            (json!({ "AwsAccountId": [{ "Value": "1", "Comparison": "EQUALS" }] }), "by `accounts`"),
            (json!({ "Title": "x" }), "is a list"),
            (json!({ "Title": [{ "Value": "x" }] }), "lacks `Comparison`"),
            (json!({ "Title": [{ "Value": 3, "Comparison": "EQUALS" }] }), "compares texts"),
            (json!({ "Confidence": [{ "Gte": "80" }] }), "compares numbers"),
            (json!({ "Confidence": [{ "Least": 80 }] }), "has no `Least`"),
            (json!({ "CreatedAt": [{ "DateRange": { "Value": 5 } }] }), "`DateRange`"),
        ] {
            let told = trouble(&wrong).unwrap_or_default();
            assert!(told.contains(words), "{wrong}: {told}");
        }
    }
}
