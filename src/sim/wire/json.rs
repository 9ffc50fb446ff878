//! JSON bodies, in and out, by their shapes.
//!
//! In: bytes or an answer by member names. Out: input by member names, or JSON by wire names.
//! Absent: bounds and patterns (`validate`).

use serde_json::{Map, Value};

use super::time;
use crate::sim::error::AwsError;
use crate::sim::shapes::{Kind, Reference, Shape, Table};

/// The words AWS uses differ between services and give Java class names; these are the ones of the current servers.
pub(super) fn mistyped(message: &str) -> AwsError {
    AwsError::new("SerializationException", message).status(400)
}

/// A JSON body as input.
pub(super) fn body(table: &Table, shape: &Shape, bytes: &[u8]) -> Result<Value, AwsError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(Map::new()));
    }
    let value: Value =
        serde_json::from_slice(bytes).map_err(|_| mistyped("Unexpected token in the request body"))?;
    structure(table, shape, &value, |place| place.at.is_none())
}

/// A JSON object as the members of a structure for which `here` holds. Unknown members are passed over, as AWS does.
pub(super) fn structure(
    table: &Table,
    shape: &Shape,
    value: &Value,
    here: impl Fn(&Reference) -> bool,
) -> Result<Value, AwsError> {
    let object =
        value.as_object().ok_or_else(|| mistyped("Start of structure or map found where not expected."))?;
    let mut out = Map::new();
    for (member, place) in shape.members.iter().filter(|(_, place)| here(place)) {
        if let Some(given) = object.get(place.wire(member)).filter(|given| !given.is_null()) {
            out.insert(member.clone(), read(table, place, given)?);
        }
    }
    Ok(Value::Object(out))
}

fn read(table: &Table, place: &Reference, value: &Value) -> Result<Value, AwsError> {
    let shape = table.shape(&place.shape).ok_or_else(|| AwsError::internal("a shape is missing"))?;
    let wrong = |expected: &str| {
        let token = match value {
            Value::String(_) => "STRING_VALUE",
            Value::Number(number) if number.is_f64() => "DECIMAL_VALUE",
            Value::Number(_) => "NUMBER_VALUE",
            Value::Bool(true) => "TRUE_VALUE",
            Value::Bool(false) => "FALSE_VALUE",
            Value::Array(_) => "START_ARRAY",
            Value::Object(_) => "START_OBJECT",
            Value::Null => "NULL_VALUE",
        };
        Err(mistyped(&format!("{token} can not be converted to {expected}")))
    };
    match shape.kind {
        Kind::Document => Ok(value.clone()),
        Kind::Structure if value.is_object() => structure(table, shape, value, |_| true),
        Kind::Structure => wrong("a structure"),
        Kind::List => match (value.as_array(), &shape.item) {
            (Some(items), Some(item)) => items.iter().map(|value| read(table, item, value)).collect(),
            _ => wrong("a list"),
        },
        Kind::Map => match (value.as_object(), &shape.value) {
            (Some(entries), Some(item)) => {
                let read = |(key, value): (&String, &Value)| Ok((key.clone(), read(table, item, value)?));
                entries.iter().map(read).collect::<Result<Map<_, _>, _>>().map(Value::Object)
            }
            _ => wrong("a map"),
        },
        Kind::String if value.is_string() => Ok(value.clone()),
        Kind::String => wrong("String"),
        Kind::Integer if value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()) => {
            Ok(value.clone())
        }
        Kind::Integer => wrong("Integer"),
        Kind::Long if value.is_i64() => Ok(value.clone()),
        Kind::Long => wrong("Long"),
        Kind::Float | Kind::Double if value.is_number() => Ok(value.clone()),
        Kind::Float | Kind::Double => wrong("Double"),
        Kind::Boolean if value.is_boolean() => Ok(value.clone()),
        Kind::Boolean => wrong("Boolean"),
        Kind::Timestamp => time::read(value, time::format(place, shape, "unixTimestamp"))
            .map_or_else(|| wrong("milliseconds since epoch"), Ok),
        Kind::Blob if value.as_str().is_some_and(|text| aws_smithy_types::base64::decode(text).is_ok()) => {
            Ok(value.clone())
        }
        Kind::Blob => wrong("a blob"),
    }
}

/// An answer as JSON by wire names. A member the model does not have is a bug of the simulator and is left out.
pub(super) fn write(table: &Table, shape: &Shape, place: Option<&Reference>, value: &Value) -> Value {
    match (shape.kind, value) {
        (Kind::Structure, Value::Object(members)) => {
            let mut out = Map::new();
            for (member, value) in members.iter().filter(|(_, value)| !value.is_null()) {
                let found = shape
                    .members
                    .get(member)
                    .and_then(|place| table.shape(&place.shape).map(|shape| (place, shape)));
                debug_assert!(found.is_some(), "{}: {member} is not a member of the answer", table.service);
                if let Some((place, inner)) = found.filter(|(place, _)| place.at.is_none()) {
                    out.insert(place.wire(member).to_owned(), write(table, inner, Some(place), value));
                }
            }
            Value::Object(out)
        }
        (Kind::List, Value::Array(items)) => match item(table, shape.item.as_ref()) {
            Some((place, inner)) => {
                items.iter().map(|value| write(table, inner, Some(place), value)).collect()
            }
            None => Value::Array(Vec::new()),
        },
        (Kind::Map, Value::Object(entries)) => match item(table, shape.value.as_ref()) {
            Some((place, inner)) => Value::Object(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), write(table, inner, Some(place), value)))
                    .collect(),
            ),
            None => Value::Object(Map::new()),
        },
        (Kind::Timestamp, value) => time::write_json(
            value,
            place.map_or("unixTimestamp", |place| time::format(place, shape, "unixTimestamp")),
        ),
        (_, value) => value.clone(),
    }
}

fn item<'a>(table: &'a Table, place: Option<&'a Reference>) -> Option<(&'a Reference, &'a Shape)> {
    let place = place?;
    Some((place, table.shape(&place.shape)?))
}
