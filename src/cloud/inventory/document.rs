//! The SDK's free-form documents as JSON values and back: manifests and parameters.

use std::collections::HashMap;

use aws_smithy_types::{Document, Number};
use serde_json::Value;

/// A JSON value of the same content.
pub(crate) fn to_json(document: &Document) -> Value {
    match document {
        Document::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), to_json(value))).collect())
        }
        Document::Array(items) => Value::Array(items.iter().map(to_json).collect()),
        Document::Number(Number::PosInt(number)) => (*number).into(),
        Document::Number(Number::NegInt(number)) => (*number).into(),
        Document::Number(Number::Float(number)) => (*number).into(),
        Document::String(text) => Value::String(text.clone()),
        Document::Bool(flag) => Value::Bool(*flag),
        Document::Null => Value::Null,
    }
}

/// A document of the same content.
pub(crate) fn from_json(value: &Value) -> Document {
    match value {
        Value::Object(map) => {
            let members: HashMap<String, Document> =
                map.iter().map(|(key, value)| (key.clone(), from_json(value))).collect();
            Document::Object(members)
        }
        Value::Array(items) => Document::Array(items.iter().map(from_json).collect()),
        Value::Number(number) => Document::Number(if let Some(whole) = number.as_u64() {
            Number::PosInt(whole)
        } else if let Some(whole) = number.as_i64() {
            Number::NegInt(whole)
        } else {
            Number::Float(number.as_f64().unwrap_or_default())
        }),
        Value::String(text) => Document::String(text.clone()),
        Value::Bool(flag) => Document::Bool(*flag),
        Value::Null => Document::Null,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_manifest_survives_the_way_there_and_back() {
        let manifest = json!({
            "governedRegions": ["us-east-1"], "centralizedLogging": { "enabled": true,
            "configurations": { "loggingBucket": { "retentionDays": 365 } } },
            "odd": [null, -1, 0.5, "365"]
        });
        assert_eq!(to_json(&from_json(&manifest)), manifest);
    }
}
