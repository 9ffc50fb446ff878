//! What a policy document must look like, per type.
//!
//! In: type and document. Out: nothing, or AWS's refusal. Absent: which actions exist.
//!
//! Sources: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>,
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>, and the syntax
//! pages of the management policies beside them.

use serde_json::{Map, Value};

use super::policy_types::{PolicyType, facts};
use super::refusal::{constraint, invalid, refuse};
use crate::sim::error::AwsError;

/// Checks size and form of a document.
pub(super) fn check(kind: &str, content: &str) -> Result<(), AwsError> {
    let facts = facts(kind).ok_or_else(|| invalid("INVALID_ENUM_POLICY_TYPE"))?;
    if content.chars().count() > facts.max_size {
        return Err(constraint("POLICY_CONTENT_LIMIT_EXCEEDED"));
    }
    let document: Option<Value> = serde_json::from_str(content).ok();
    let object = document.as_ref().and_then(Value::as_object);
    let good = object.is_some_and(|object| match kind {
        "SERVICE_CONTROL_POLICY" => statements(object, service_control),
        "RESOURCE_CONTROL_POLICY" => statements(object, resource_control),
        _ => management(facts, object),
    });
    if good { Ok(()) } else { Err(refuse("MalformedPolicyDocumentException")) }
}

/// A management policy has one known top-level key, where AWS publishes which.
fn management(facts: &PolicyType, document: &Map<String, Value>) -> bool {
    facts.key.as_ref().is_none_or(|key| document.keys().all(|given| given == key))
}

fn statements(document: &Map<String, Value>, fits: fn(&Map<String, Value>) -> bool) -> bool {
    let keys = document.keys().all(|key| ["Version", "Id", "Statement"].contains(&key.as_str()));
    let version = document.get("Version").and_then(Value::as_str) == Some("2012-10-17");
    let listed = match document.get("Statement") {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(one @ Value::Object(_)) => vec![one],
        _ => Vec::new(),
    };
    let good = |statement: &&Value| {
        statement.as_object().is_some_and(|statement| common(statement) && fits(statement))
    };
    keys && version && !listed.is_empty() && listed.iter().all(good)
}

/// What every statement needs: an effect, known keys, one of each pair.
fn common(statement: &Map<String, Value>) -> bool {
    let known = ["Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    let one_of = |one: &str, other: &str| statement.contains_key(one) != statement.contains_key(other);
    let texts = |key: &str| match statement.get(key) {
        None => true,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty() && items.iter().all(Value::is_string),
        Some(_) => false,
    };
    statement.keys().all(|key| known.contains(&key.as_str()))
        && matches!(statement.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny"))
        && one_of("Action", "NotAction")
        && one_of("Resource", "NotResource")
        && ["Action", "NotAction", "Resource", "NotResource"].into_iter().all(texts)
        && statement.get("Condition").is_none_or(Value::is_object)
        && statement.get("Sid").is_none_or(Value::is_string)
}

/// A service control policy names no principal.
fn service_control(statement: &Map<String, Value>) -> bool {
    !statement.contains_key("Principal")
}

/// A resource control policy denies, to the principal `*`, with `Action` that is not `*` alone.
fn resource_control(statement: &Map<String, Value>) -> bool {
    let everyone = statement.get("Principal");
    let star = everyone.and_then(Value::as_str) == Some("*")
        || everyone.and_then(|principal| principal.get("AWS")).and_then(Value::as_str) == Some("*");
    let all_actions = statement.get("Action").and_then(Value::as_str) == Some("*");
    statement.get("Effect").and_then(Value::as_str) == Some("Deny")
        && star
        && statement.contains_key("Action")
        && !all_actions
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn code(kind: &str, content: &str) -> Option<String> {
        check(kind, content).err().map(|error| error.code)
    }

    #[test]
    fn a_service_control_policy_needs_version_and_statements_without_principal() {
        let good = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": ["iam:*"], "Resource": "*"}});
        assert_eq!(code("SERVICE_CONTROL_POLICY", &good.to_string()), None);
        let statement = json!({"Effect": "Deny", "Action": "s3:*", "Resource": "*"});
        let mut with_principal = statement.clone();
        with_principal["Principal"] = json!("*");
        let bad = [
            "{nope".to_owned(),
            "[]".to_owned(),
            json!({"Statement": statement}).to_string(),
            json!({"Version": "2012-10-17", "Statement": []}).to_string(),
            json!({"Version": "2012-10-17", "Statement": with_principal}).to_string(),
            json!({"Version": "2012-10-17", "Statement": {"Effect": "deny", "Action": "*", "Resource": "*"}})
                .to_string(),
            json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*"}}).to_string(),
        ];
        for document in bad {
            assert_eq!(
                code("SERVICE_CONTROL_POLICY", &document).as_deref(),
                Some("MalformedPolicyDocumentException"),
                "{document}"
            );
        }
    }

    #[test]
    fn a_resource_control_policy_only_denies() {
        let statement = |effect: &str| {
            json!({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Principal": "*", "Action": "s3:*", "Resource": "*"}]}).to_string()
        };
        assert_eq!(code("RESOURCE_CONTROL_POLICY", &statement("Deny")), None);
        assert_eq!(
            code("RESOURCE_CONTROL_POLICY", &statement("Allow")).as_deref(),
            Some("MalformedPolicyDocumentException")
        );
    }

    #[test]
    fn a_document_over_its_size_is_refused_by_its_size() {
        let long = format!("{{\"services\":{{}}{}}}", " ".repeat(2500));
        assert_eq!(code("AISERVICES_OPT_OUT_POLICY", &long).as_deref(), Some("ConstraintViolationException"));
        assert_eq!(code("TAG_POLICY", "{\"tags\":{}}"), None);
        assert_eq!(code("TAG_POLICY", "{\"plans\":{}}").as_deref(), Some("MalformedPolicyDocumentException"));
    }
}
