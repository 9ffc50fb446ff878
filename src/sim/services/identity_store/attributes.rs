//! Attributes of users and groups: as a request gives them, as an update changes them.
//!
//! In: input by member names, or operations on attribute paths such as `name.familyName`. Out: the attributes by the
//! model's names. Paths and the keys inside documents are in lower camel case, as in the API reference of `UpdateUser`
//! (<https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_UpdateUser.html>); members are not.

use serde_json::{Map, Value};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::shapes;

use super::refusal::invalid;

/// Members of `Group` and `User` that are not attributes.
const FIXED: [&str; 10] = [
    "IdentityStoreId",
    "GroupId",
    "GroupArn",
    "UserId",
    "UserArn",
    "Revision",
    "CreatedAt",
    "CreatedBy",
    "UpdatedAt",
    "UpdatedBy",
];

/// Names that AWS keeps for itself (the model, at `CreateGroup` and `CreateUser`).
const RESERVED: [&str; 2] = ["Administrator", "AWSAdministrators"];

/// The attributes that a creating request gives.
pub(super) fn given(request: &Request) -> Map<String, Value> {
    let mut attributes = request.input.as_object().cloned().unwrap_or_default();
    attributes.retain(|name, _| !FIXED.contains(&name.as_str()));
    attributes
}

/// Refuses a name that AWS reserves. UNSOURCED words.
pub(super) fn not_reserved(name: Option<&str>) -> Result<(), AwsError> {
    match name.filter(|name| RESERVED.contains(name)) {
        Some(name) => Err(invalid(format!("{name} is a reserved name."))),
        None => Ok(()),
    }
}

/// Applies the operations of an update to attributes of `shape`, `Group` or `User`. No value takes an attribute away.
pub(super) fn update(
    shape: &str,
    attributes: &Map<String, Value>,
    request: &Request,
) -> Result<Map<String, Value>, AwsError> {
    let mut changed = attributes.clone();
    for operation in request.list("Operations") {
        let path = operation["AttributePath"].as_str().unwrap_or_default();
        let steps: Vec<String> = path.split('.').map(upper).collect();
        let Some((first, rest)) = steps.split_first().filter(|(first, _)| is_attribute(shape, first)) else {
            return Err(invalid(format!("The attribute path {path} is not supported.")));
        };
        let value = operation.get("AttributeValue").filter(|value| !value.is_null()).map(upper_keys);
        put(&mut changed, first, rest, value);
    }
    Ok(changed)
}

fn is_attribute(shape: &str, member: &str) -> bool {
    let shape = shapes::table("identitystore").and_then(|table| table.shape(shape));
    shape.is_some_and(|shape| shape.members.contains_key(member)) && !FIXED.contains(&member)
}

fn put(into: &mut Map<String, Value>, first: &str, rest: &[String], value: Option<Value>) {
    let Some((next, beyond)) = rest.split_first() else {
        match value {
            Some(value) => into.insert(first.to_owned(), value),
            None => into.remove(first),
        };
        return;
    };
    let inner = into.entry(first.to_owned()).or_insert_with(|| Value::Object(Map::new()));
    if let Some(inner) = inner.as_object_mut() {
        put(inner, next, beyond, value);
    }
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn upper_keys(value: &Value) -> Value {
    match value {
        Value::Object(entries) => {
            entries.iter().map(|(key, value)| (upper(key), upper_keys(value))).collect()
        }
        Value::Array(items) => items.iter().map(upper_keys).collect(),
        other => other.clone(),
    }
}
