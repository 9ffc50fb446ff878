//! CBOR bodies of rpc-v2-cbor, in and out, by their shapes.
//!
//! In: bytes or an answer by member names. Out: input as the JSON that `json` reads on, or bytes. Source:
//! <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>: a timestamp is epoch seconds under tag 1, a blob is
//! a byte string, an error names itself in `__type`. Absent: bounds and patterns (`validate`).

use aws_smithy_types::base64;
use ciborium::Value as Cbor;
use serde_json::{Map, Number, Value};

use super::json::{self, mistyped};
use crate::sim::error::AwsError;
use crate::sim::shapes::{Kind, Reference, Shape, Table};

/// The tag of epoch seconds.
const EPOCH: u64 = 1;

/// A CBOR body as input.
pub(super) fn body(table: &Table, shape: &Shape, bytes: &[u8]) -> Result<Value, AwsError> {
    if bytes.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let value: Cbor = ciborium::from_reader(bytes).map_err(|_| mistyped("The request body is no CBOR"))?;
    json::structure(table, shape, &read(table, shape, &value)?, |_| true)
}

/// A CBOR value as JSON by wire names.
fn read(table: &Table, shape: &Shape, value: &Cbor) -> Result<Value, AwsError> {
    let inner =
        |place: Option<&Reference>, value: &Cbor| match place.and_then(|place| table.shape(&place.shape)) {
            Some(shape) => read(table, shape, value),
            None => Ok(Value::Null),
        };
    match (shape.kind, value) {
        (_, Cbor::Null) => Ok(Value::Null),
        (Kind::Timestamp, Cbor::Tag(EPOCH, seconds)) => scalar(seconds),
        (Kind::Timestamp, _) => Err(mistyped("A timestamp is expected under tag 1")),
        (Kind::Blob, Cbor::Bytes(bytes)) => Ok(Value::from(base64::encode(bytes))),
        (Kind::Blob, _) => Err(mistyped("A byte string is expected")),
        (_, Cbor::Array(items)) => items.iter().map(|value| inner(shape.item.as_ref(), value)).collect(),
        (_, Cbor::Map(entries)) => {
            let entry = |(key, value): &(Cbor, Cbor)| {
                let key = key.as_text().ok_or_else(|| mistyped("A key that is no text"))?;
                let member = shape.members.iter().find(|(member, place)| place.wire(member) == key);
                let place = member.map(|(_, place)| place).or(shape.value.as_ref());
                Ok((key.to_owned(), inner(place, value)?))
            };
            entries.iter().map(entry).collect::<Result<Map<_, _>, _>>().map(Value::Object)
        }
        (_, value) => scalar(value),
    }
}

fn scalar(value: &Cbor) -> Result<Value, AwsError> {
    let number =
        |number: Option<Number>| number.map(Value::Number).ok_or_else(|| mistyped("A number out of range"));
    match value {
        Cbor::Text(text) => Ok(Value::from(text.as_str())),
        Cbor::Bool(yes) => Ok(Value::Bool(*yes)),
        Cbor::Integer(integer) => number(i64::try_from(*integer).ok().map(Number::from)),
        Cbor::Float(float) => number(Number::from_f64(*float)),
        _ => Err(mistyped("A value of an unexpected type")),
    }
}

/// An answer as CBOR by wire names.
pub(super) fn write(table: &Table, shape: &Shape, answer: &Value) -> Vec<u8> {
    bytes(&member(table, shape, answer))
}

fn member(table: &Table, shape: &Shape, value: &Value) -> Cbor {
    let inner =
        |place: Option<&Reference>, value: &Value| match place.and_then(|place| table.shape(&place.shape)) {
            Some(shape) => member(table, shape, value),
            None => Cbor::Null,
        };
    match (shape.kind, value) {
        (Kind::Structure, Value::Object(members)) => {
            let given = members.iter().filter(|(_, value)| !value.is_null());
            let known = given.filter_map(|(name, value)| Some((shape.members.get_key_value(name)?, value)));
            Cbor::Map(
                known
                    .map(|((name, place), value)| (text(place.wire(name)), inner(Some(place), value)))
                    .collect(),
            )
        }
        (Kind::List, Value::Array(items)) => {
            Cbor::Array(items.iter().map(|value| inner(shape.item.as_ref(), value)).collect())
        }
        (Kind::Map, Value::Object(entries)) => Cbor::Map(
            entries.iter().map(|(key, value)| (text(key), inner(shape.value.as_ref(), value))).collect(),
        ),
        (Kind::Timestamp, value) => Cbor::Tag(EPOCH, Box::new(plain(value))),
        (Kind::Blob, Value::String(encoded)) => Cbor::Bytes(base64::decode(encoded).unwrap_or_default()),
        (_, value) => plain(value),
    }
}

/// JSON as CBOR with no shape to go by, as in an error.
pub(super) fn plain(value: &Value) -> Cbor {
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(yes) => Cbor::Bool(*yes),
        Value::Number(number) => number.as_i64().map_or_else(
            || Cbor::Float(number.as_f64().unwrap_or_default()),
            |integer| Cbor::Integer(integer.into()),
        ),
        Value::String(string) => text(string),
        Value::Array(items) => Cbor::Array(items.iter().map(plain).collect()),
        Value::Object(members) => {
            Cbor::Map(members.iter().map(|(key, value)| (text(key), plain(value))).collect())
        }
    }
}

fn text(text: &str) -> Cbor {
    Cbor::Text(text.to_owned())
}

/// A value as bytes; writing to memory does not fail.
pub(super) fn bytes(value: &Cbor) -> Vec<u8> {
    let mut out = Vec::new();
    let written = ciborium::into_writer(value, &mut out);
    debug_assert!(written.is_ok(), "{written:?}");
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table() -> Table {
        let place = |shape: &str| json!({ "shape": shape });
        let members = json!({"At": place("At"), "Data": place("Data"), "Names": place("Names"), "Count": place("Count")});
        let table = json!({
            "service": "any", "protocol": "json", "version": "1", "signing_name": "any",
            "operations": {}, "errors": {},
            "shapes": {
                "Input": {"type": "structure", "members": members},
                "At": {"type": "timestamp"}, "Data": {"type": "blob"}, "Count": {"type": "integer"},
                "Name": {"type": "string"}, "Names": {"type": "list", "item": place("Name")},
            },
        });
        serde_json::from_value(table).expect("a table")
    }

    #[test]
    fn times_and_bytes_have_types_of_their_own_on_the_wire_and_come_back() {
        let table = table();
        let shape = table.shape("Input").expect("a shape");
        let value = json!({"At": 1_767_225_600.5, "Data": "AAEC", "Names": ["a", "b"], "Count": 3});
        let written = write(&table, shape, &value);
        let Cbor::Map(entries) = ciborium::from_reader(written.as_slice()).expect("CBOR") else {
            panic!("a map")
        };
        let at = entries.iter().find(|(key, _)| *key == text("At")).map(|(_, value)| value);
        assert_eq!(at, Some(&Cbor::Tag(1, Box::new(Cbor::Float(1_767_225_600.5)))));
        let data = entries.iter().find(|(key, _)| *key == text("Data")).map(|(_, value)| value);
        assert_eq!(data, Some(&Cbor::Bytes(vec![0, 1, 2])));
        assert_eq!(body(&table, shape, &written), Ok(value));
    }

    #[test]
    fn what_is_of_the_wrong_type_is_refused() {
        let table = table();
        let shape = table.shape("Input").expect("a shape");
        for wrong in [
            json!({"At": 5}),
            json!({"Data": "AAEC"}),
            json!({"Count": "x"}),
            json!({"Names": "a"}),
            json!([1]),
        ] {
            let refusal = body(&table, shape, &bytes(&plain(&wrong))).expect_err("a refusal");
            assert_eq!(refusal.code, "SerializationException", "{wrong}");
        }
        assert_eq!(body(&table, shape, b"\xff").expect_err("a refusal").code, "SerializationException");
        assert_eq!(body(&table, shape, b""), Ok(json!({})));
    }
}
