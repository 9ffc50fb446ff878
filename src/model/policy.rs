//! Policy documents by meaning.
//!
//! IAM's grammar lets one value stand for a list of one, and the order of
//! statements, actions and principals says nothing. [`canonical`] brings a
//! document to one form; [`covers`] asks whether each statement of one document
//! stands in another; [`merged`] adds what is missing and leaves the rest alone.
//! Conditions are compared as written: two that AWS evaluates alike but spells
//! differently count as different, which costs at most one needless update.
//!
//! A document without statements is a management policy: a tree whose leaves are
//! operators such as `@@assign`. Their lists are sets, a number and its text are
//! alike, and where an operator takes several values one stands for a list of one
//! (Organizations User Guide, inheritance operators).

use serde_json::{Map, Value};

use super::canonical::text;

/// Members whose single value means a list of one.
const LISTS: [&str; 6] = ["Action", "NotAction", "Resource", "NotResource", "AWS", "Service"];

/// The document in canonical form: lists sorted and without repeats, statements
/// sorted. A text is parsed first, percent-decoding is the caller's business.
#[must_use]
pub fn canonical(document: &Value) -> Value {
    let parsed = match document {
        Value::String(raw) => serde_json::from_str(raw).unwrap_or_else(|_| document.clone()),
        other => other.clone(),
    };
    let Value::Object(mut map) = parsed else {
        return parsed;
    };
    if !map.contains_key("Statement") {
        return Value::Object(map.iter().map(|(key, value)| (key.clone(), setting(key, value))).collect());
    }
    if let Some(statements) = map.remove("Statement") {
        let mut list: Vec<Value> = as_list(statements).iter().map(canonical_statement).collect();
        list.sort_by_key(text);
        map.insert("Statement".to_owned(), Value::Array(list));
    }
    Value::Object(map)
}

/// One member of a management policy.
fn setting(key: &str, value: &Value) -> Value {
    let plural = ["@@append", "@@remove", "@@operators_allowed_for_child_policies"].contains(&key);
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().map(|(inner, value)| (inner.clone(), setting(inner, value))).collect())
        }
        Value::Array(items) if key.starts_with("@@") => {
            let mut list: Vec<Value> = items.iter().map(|item| setting("", item)).collect();
            list.sort_by_key(text);
            list.dedup();
            Value::Array(list)
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| setting("", item)).collect()),
        Value::Number(_) | Value::Bool(_) => Value::String(text(value)),
        plain if plural => Value::Array(vec![plain.clone()]),
        plain => plain.clone(),
    }
}

/// Whether some statement allows something.
#[must_use]
pub fn allows(document: &Value) -> bool {
    statements(document)
        .iter()
        .any(|statement| statement.get("Effect").and_then(Value::as_str) == Some("Allow"))
}

fn as_list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        single => vec![single],
    }
}

fn canonical_statement(statement: &Value) -> Value {
    let Value::Object(map) = statement else {
        return statement.clone();
    };
    Value::Object(map.iter().map(|(key, value)| (key.clone(), canonical_member(key, value))).collect())
}

fn canonical_member(key: &str, value: &Value) -> Value {
    if LISTS.contains(&key) || matches!(value, Value::Array(_)) {
        let mut list = as_list(value.clone());
        list.sort_by_key(text);
        list.dedup();
        return Value::Array(list);
    }
    match value {
        Value::Object(map) if key == "Condition" => condition(map),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(inner, v)| (inner.clone(), canonical_member(inner, v))).collect())
        }
        plain => plain.clone(),
    }
}

/// Condition values: operator -> key -> one value or a list, always a list here.
fn condition(operators: &Map<String, Value>) -> Value {
    let listed = |value: &Value| {
        let mut list = as_list(value.clone());
        list.sort_by_key(text);
        Value::Array(list)
    };
    let keys = |keys: &Value| match keys {
        Value::Object(map) => Value::Object(map.iter().map(|(k, v)| (k.clone(), listed(v))).collect()),
        other => other.clone(),
    };
    Value::Object(operators.iter().map(|(op, inner)| (op.clone(), keys(inner))).collect())
}

fn statements(document: &Value) -> Vec<Value> {
    match canonical(document).get("Statement") {
        Some(Value::Array(list)) => list.clone(),
        _ => Vec::new(),
    }
}

/// Whether both documents say the same.
#[must_use]
pub fn same(one: &Value, two: &Value) -> bool {
    text(&canonical(one)) == text(&canonical(two))
}

/// Whether each statement of `wanted` stands in `live`.
#[must_use]
pub fn covers(live: &Value, wanted: &Value) -> bool {
    let have: Vec<String> = statements(live).iter().map(text).collect();
    statements(wanted).iter().all(|statement| have.contains(&text(statement)))
}

/// `live` with each statement of `wanted` in it: one of the same `Sid` is
/// replaced, any other is added, and what is not ours stays.
#[must_use]
pub fn merged(live: &Value, wanted: &Value) -> Value {
    let ours = statements(wanted);
    let sids: Vec<&Value> = ours.iter().filter_map(|s| s.get("Sid")).collect();
    let mut all: Vec<Value> = statements(live)
        .into_iter()
        .filter(|s| s.get("Sid").is_none_or(|sid| !sids.contains(&sid)))
        .filter(|s| !ours.contains(s))
        .collect();
    all.extend(ours.iter().cloned());
    let Value::Object(mut map) = canonical(live) else {
        return canonical(wanted);
    };
    all.sort_by_key(text);
    map.insert("Statement".to_owned(), Value::Array(all));
    Value::Object(map)
}

/// The statement of a `Sid`, in canonical form.
#[must_use]
pub fn statement(document: &Value, sid: &str) -> Option<Value> {
    statements(document).into_iter().find(|statement| is_called(statement, sid))
}

/// The document, in canonical form, but for the statement of a `Sid`.
#[must_use]
pub fn without(document: &Value, sid: &str) -> Value {
    let mut rest = canonical(document);
    if let Some(Value::Array(all)) = rest.get_mut("Statement") {
        all.retain(|statement| !is_called(statement, sid));
    }
    rest
}

fn is_called(statement: &Value, sid: &str) -> bool {
    statement.get("Sid").and_then(Value::as_str) == Some(sid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_value_and_a_list_of_one_say_the_same() {
        let one = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Deny", "Action": "s3:*", "Resource": "*" } });
        let two = json!({ "Statement": [{ "Resource": ["*"], "Action": ["s3:*"], "Effect": "Deny" }], "Version": "2012-10-17" });
        assert!(same(&one, &two));
    }

    #[test]
    fn a_text_is_compared_by_what_it_says() {
        let text = Value::String(r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned());
        assert!(same(&text, &json!({ "Statement": [], "Version": "2012-10-17" })));
    }

    #[test]
    fn merging_keeps_what_is_not_ours_and_replaces_by_sid() {
        let live = json!({ "Version": "2012-10-17", "Statement": [
            { "Sid": "Theirs", "Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": { "AWS": "x" } },
            { "Sid": "Ours", "Effect": "Allow", "Action": "kms:Old", "Resource": "*" } ] });
        let wanted = json!({ "Statement": [{ "Sid": "Ours", "Effect": "Allow", "Action": "kms:New", "Resource": "*" }] });
        assert!(!covers(&live, &wanted));
        let result = merged(&live, &wanted);
        assert!(covers(&result, &wanted));
        assert_eq!(result["Statement"].as_array().unwrap().len(), 2);
        assert!(text(&result).contains("Theirs") && !text(&result).contains("kms:Old"));
    }

    #[test]
    fn the_lists_of_operators_are_sets_and_a_number_is_like_its_text() {
        let one = json!({ "plans": { "p": { "regions": { "@@append": ["b", "a"] }, "days": { "@@assign": 35 } } } });
        let two = json!({ "plans": { "p": { "days": { "@@assign": "35" }, "regions": { "@@append": ["a", "b"] } } } });
        assert!(same(&one, &two));
        let single = json!({ "tags": { "a": { "tag_value": { "@@append": "x" } } } });
        assert!(same(&single, &json!({ "tags": { "a": { "tag_value": { "@@append": ["x"] } } } })));
        let assigned = json!({ "tags": { "a": { "tag_value": { "@@assign": "x" } } } });
        assert!(!same(&assigned, &json!({ "tags": { "a": { "tag_value": { "@@assign": ["x"] } } } })));
        assert!(!same(&single, &assigned));
    }

    #[test]
    fn another_effect_is_another_policy() {
        let deny = json!({ "Statement": [{ "Effect": "Deny", "Action": "*", "Resource": "*" }] });
        let allow = json!({ "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] });
        assert!(!same(&deny, &allow));
    }
}
