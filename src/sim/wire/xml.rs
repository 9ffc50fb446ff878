//! Answers of awsQuery as XML.
//!
//! In: an answer by member names. Out: the XML text AWS sends. Absent: reading XML (no request carries any).

use serde_json::Value;

use super::time;
use crate::sim::error::AwsError;
use crate::sim::shapes::{Kind, Operation, Reference, Shape, Table};

/// The document of a success.
pub(super) fn success(
    table: &Table,
    name: &str,
    operation: &Operation,
    answer: &Value,
    request_id: &str,
) -> String {
    let mut out =
        format!("<{name}Response xmlns=\"{}\">", escape(table.namespace.as_deref().unwrap_or_default()));
    if let Some(shape) = operation.output.as_ref().and_then(|shape| table.shape(shape)) {
        let wrapper = operation.wrapper.clone().unwrap_or_else(|| format!("{name}Result"));
        out += &format!("<{wrapper}>");
        members(table, shape, answer, &mut out);
        out += &format!("</{wrapper}>");
    }
    out + &format!(
        "<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{name}Response>"
    )
}

/// The document of an error.
pub(super) fn failure(table: Option<&Table>, error: &AwsError, status: u16, request_id: &str) -> String {
    let namespace = table
        .and_then(|table| table.namespace.as_deref())
        .unwrap_or("http://webservices.amazon.com/AWSFault/2005-15-09");
    let side = if status >= 500 { "Receiver" } else { "Sender" };
    format!(
        "<ErrorResponse xmlns=\"{}\"><Error><Type>{side}</Type><Code>{}</Code><Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
        escape(namespace),
        escape(&error.code),
        escape(&error.message)
    )
}

fn members(table: &Table, shape: &Shape, value: &Value, out: &mut String) {
    let Some(object) = value.as_object() else {
        return;
    };
    for (member, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        let found =
            shape.members.get(member).and_then(|place| table.shape(&place.shape).map(|shape| (place, shape)));
        debug_assert!(found.is_some(), "{}: {member} is not a member of the answer", table.service);
        if let Some((place, inner)) = found {
            element(table, inner, place, place.wire(member), value, out);
        }
    }
}

fn element(table: &Table, shape: &Shape, place: &Reference, name: &str, value: &Value, out: &mut String) {
    let flat = shape.flat || place.flat;
    match shape.kind {
        Kind::Structure => {
            *out += &format!("<{name}>");
            members(table, shape, value, out);
            *out += &format!("</{name}>");
        }
        Kind::List => list(table, shape, name, flat, value, out),
        Kind::Map => map(table, shape, name, flat, value, out),
        _ => *out += &format!("<{name}>{}</{name}>", escape(&scalar(shape, place, value))),
    }
}

fn list(table: &Table, shape: &Shape, name: &str, flat: bool, value: &Value, out: &mut String) {
    let Some((item, inner)) = inner(table, shape.item.as_ref()) else {
        return;
    };
    let tag = if flat { item.wire(name) } else { item.wire("member") };
    if !flat {
        *out += &format!("<{name}>");
    }
    for value in value.as_array().into_iter().flatten() {
        element(table, inner, item, tag, value, out);
    }
    if !flat {
        *out += &format!("</{name}>");
    }
}

fn map(table: &Table, shape: &Shape, name: &str, flat: bool, value: &Value, out: &mut String) {
    let (Some((key_place, _)), Some((value_place, inner))) =
        (inner(table, shape.key.as_ref()), inner(table, shape.value.as_ref()))
    else {
        return;
    };
    let entry = if flat { name } else { "entry" };
    if !flat {
        *out += &format!("<{name}>");
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        let tag = key_place.wire("key");
        *out += &format!("<{entry}><{tag}>{}</{tag}>", escape(key));
        element(table, inner, value_place, value_place.wire("value"), value, out);
        *out += &format!("</{entry}>");
    }
    if !flat {
        *out += &format!("</{name}>");
    }
}

fn inner<'a>(table: &'a Table, place: Option<&'a Reference>) -> Option<(&'a Reference, &'a Shape)> {
    let place = place?;
    Some((place, table.shape(&place.shape)?))
}

fn scalar(shape: &Shape, place: &Reference, value: &Value) -> String {
    match (shape.kind, value) {
        (Kind::Timestamp, value) => time::write(value, time::format(place, shape, "iso8601")),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

fn escape(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
