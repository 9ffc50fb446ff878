//! Values that are not known until another resource exists.
//!
//! Inside field values, `{"$from": "account.audit", "attribute": "id"}` stands
//! for an attribute of another resource, `{"$join": [..]}` for the
//! concatenation of texts and references, and `{"$object": [[key, value], ..]}` for an object
//! whose keys are such values. [`resolve`] replaces what is known and
//! leaves the rest, so a plan can be serialised before anything exists and apply
//! fills the gaps from the outputs of earlier steps (invariant I3).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::address::Address;

/// A reference to an attribute of a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The resource that has it.
    pub address: Address,
    /// The attribute's name.
    pub attribute: String,
}

/// The value that refers to `attribute` of the resource at `address`.
#[must_use]
pub fn from(address: &Address, attribute: &str) -> Value {
    json!({ "$from": address.to_string(), "attribute": attribute })
}

/// The value that joins texts and references into one text.
#[must_use]
pub fn join(parts: Vec<Value>) -> Value {
    json!({ "$join": parts })
}

/// The value that is an object once all its keys are known.
#[must_use]
pub fn object(members: Vec<(Value, Value)>) -> Value {
    json!({ "$object": members })
}

/// Reads a value as a reference, if it is one.
#[must_use]
pub fn as_reference(value: &Value) -> Option<Reference> {
    let object = value.as_object()?;
    let address = object.get("$from")?.as_str()?.parse().ok()?;
    let attribute = object.get("attribute")?.as_str()?.to_owned();
    Some(Reference { address, attribute })
}

/// Every reference anywhere inside a value.
#[must_use]
pub fn references(value: &Value) -> BTreeSet<Reference> {
    let mut found = BTreeSet::new();
    collect(value, &mut found);
    found
}

fn collect(value: &Value, found: &mut BTreeSet<Reference>) {
    if let Some(reference) = as_reference(value) {
        found.insert(reference);
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(map) => map.values().for_each(|item| collect(item, found)),
        _ => {}
    }
}

/// Replaces each reference that `known` answers, and each join whose parts are
/// all known; leaves the others as they are.
pub fn resolve(value: &Value, known: &dyn Fn(&Reference) -> Option<String>) -> Value {
    if let Some(reference) = as_reference(value) {
        return known(&reference).map_or_else(|| value.clone(), Value::String);
    }
    match value {
        Value::Array(items) => Value::Array(items.iter().map(|v| resolve(v, known)).collect()),
        Value::Object(map) => resolve_object(map, known),
        plain => plain.clone(),
    }
}

fn resolve_object(map: &Map<String, Value>, known: &dyn Fn(&Reference) -> Option<String>) -> Value {
    let resolved: Map<String, Value> =
        map.iter().map(|(key, value)| (key.clone(), resolve(value, known))).collect();
    if resolved.len() != 1 {
        return Value::Object(resolved);
    }
    let parts = |name: &str| resolved.get(name).and_then(Value::as_array);
    let whole = if let Some(parts) = parts("$join") {
        let texts: Option<Vec<&str>> = parts.iter().map(Value::as_str).collect();
        texts.map(|texts| Value::String(texts.concat()))
    } else {
        parts("$object").and_then(|members| members.iter().map(member).collect()).map(Value::Object)
    };
    whole.unwrap_or_else(|| Value::Object(resolved.clone()))
}

/// A member of an object, when its key is known.
fn member(pair: &Value) -> Option<(String, Value)> {
    let [key, value] = pair.as_array()?.as_slice() else { return None };
    Some((key.as_str()?.to_owned(), value.clone()))
}

/// Whether nothing inside the value waits for another resource any more.
#[must_use]
pub fn is_known(value: &Value) -> bool {
    references(value).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audit() -> Address {
        "account.audit".parse().unwrap()
    }

    #[test]
    fn a_known_reference_becomes_its_value_and_an_unknown_one_stays() {
        let value = json!({ "a": from(&audit(), "id"), "b": from(&audit(), "arn") });
        let done = resolve(&value, &|r| (r.attribute == "id").then(|| "111122223333".to_owned()));
        assert_eq!(done["a"], json!("111122223333"));
        assert_eq!(done["b"], from(&audit(), "arn"));
        assert!(!is_known(&done));
    }

    #[test]
    fn a_join_is_one_text_once_all_its_parts_are_known() {
        let value = join(vec![json!("arn:aws:iam::"), from(&audit(), "id"), json!(":root")]);
        let waiting = resolve(&value, &|_| None);
        assert_eq!(waiting, value);
        let done = resolve(&value, &|_| Some("111122223333".to_owned()));
        assert_eq!(done, json!("arn:aws:iam::111122223333:root"));
    }

    #[test]
    fn an_object_has_its_keys_once_they_are_all_known() {
        let named = join(vec![json!("vault-of-"), from(&audit(), "id")]);
        let value = json!({ "copies": object(vec![(named, json!({ "days": "7" }))]) });
        assert_eq!(resolve(&value, &|_| None), value);
        let done = resolve(&value, &|_| Some("1".to_owned()));
        assert_eq!(done, json!({ "copies": { "vault-of-1": { "days": "7" } } }));
        assert!(is_known(&done));
    }
}
