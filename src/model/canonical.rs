//! One byte form for every value, and its digest.
//!
//! Object keys in order, no insignificant whitespace, integral floats written as
//! integers. Two values with the same canonical bytes are the same to us; plans,
//! snapshots and journals are bound by SHA-256 over these bytes.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The canonical text of a JSON value.
#[must_use]
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            out.push('{');
            for (index, key) in keys.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String((*key).clone()).to_string());
                out.push(':');
                write(&map[*key], out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 9e15 => {
                out.push_str(&format!("{float:.0}"));
            }
            _ => out.push_str(&number.to_string()),
        },
        plain => out.push_str(&plain.to_string()),
    }
}

/// The SHA-256 of a value's canonical text, in lower-case hexadecimal.
///
/// # Errors
/// When the value cannot be expressed as JSON (a map with keys that are no text).
pub fn digest<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let value = serde_json::to_value(value)?;
    Ok(hex::encode(Sha256::digest(text(&value).as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_keys_and_the_form_of_a_number_do_not_matter() {
        let one = json!({ "b": 1.0, "a": [true, null] });
        let two = json!({ "a": [true, null], "b": 1 });
        assert_eq!(text(&one), text(&two));
        assert_eq!(text(&one), r#"{"a":[true,null],"b":1}"#);
    }

    #[test]
    fn the_order_of_a_list_matters() {
        assert_ne!(digest(&json!([1, 2])).unwrap(), digest(&json!([2, 1])).unwrap());
    }
}
