//! The input of restJson1: labels, query string, headers and a JSON body.
//!
//! In: the request and its labels. Out: input by member names. Absent: bounds and patterns (`validate`).

use serde_json::{Map, Value};

use super::{HttpRequest, form, json, route};
use crate::sim::error::AwsError;
use crate::sim::shapes::{Kind, Reference, Shape, Table};

/// The input of a request.
pub(super) fn input(
    table: &Table,
    shape: &Shape,
    request: &HttpRequest,
    labels: &[(String, String)],
) -> Result<Value, AwsError> {
    let query: Vec<(String, String)> =
        form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
    let mut out = match &shape.payload {
        None => body(json::body(table, shape, request.body())?),
        Some(_) => Map::new(),
    };
    for (member, place) in &shape.members {
        let wire = place.wire(member);
        let value = match place.at.as_deref() {
            Some("uri") => {
                first(labels, wire).map(|text| text_value(table, place, member, text)).transpose()?
            }
            Some("querystring") => from_query(table, place, wire, &query)?,
            Some("header") => {
                route::header(request, wire).map(|text| text_value(table, place, member, text)).transpose()?
            }
            None if shape.payload.as_deref() == Some(member) => payload(table, place, request.body())?,
            _ => None,
        };
        if let Some(value) = value {
            out.insert(member.clone(), value);
        }
    }
    Ok(Value::Object(out))
}

fn body(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn text_value(table: &Table, place: &Reference, member: &str, text: &str) -> Result<Value, AwsError> {
    let shape = table.shape(&place.shape).ok_or_else(|| AwsError::internal("a shape is missing"))?;
    let usual = if place.at.as_deref() == Some("header") { "rfc822" } else { "iso8601" };
    form::scalar(shape, place, member, text, usual)
        .map_err(|_| json::mistyped(&format!("{member} can not be converted from '{text}'")))
}

fn from_query(
    table: &Table,
    place: &Reference,
    wire: &str,
    query: &[(String, String)],
) -> Result<Option<Value>, AwsError> {
    let list = table
        .shape(&place.shape)
        .filter(|shape| shape.kind == Kind::List)
        .and_then(|shape| shape.item.as_ref());
    match list {
        Some(item) => {
            let values: Vec<Value> = query
                .iter()
                .filter(|(key, _)| key == wire)
                .map(|(_, text)| text_value(table, item, wire, text))
                .collect::<Result<_, _>>()?;
            Ok((!values.is_empty()).then_some(Value::Array(values)))
        }
        None => first(query, wire).map(|text| text_value(table, place, wire, text)).transpose(),
    }
}

fn payload(table: &Table, place: &Reference, bytes: &[u8]) -> Result<Option<Value>, AwsError> {
    let shape = table.shape(&place.shape).ok_or_else(|| AwsError::internal("a shape is missing"))?;
    if bytes.is_empty() {
        return Ok(None);
    }
    match shape.kind {
        Kind::Structure => json::body(table, shape, bytes).map(Some),
        _ => Ok(Some(Value::from(String::from_utf8_lossy(bytes).into_owned()))),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::sim::shapes::table;

    #[test]
    fn labels_query_and_body_make_one_input() {
        let table = table("controltower").expect("a table");
        let shape = |operation: &str| table.input(&table.operations[operation]).expect("an input");
        let labels = vec![("resourceArn".to_owned(), "arn:x".to_owned())];
        let untag =
            http::Request::delete("/tags/arn%3Ax?tagKeys=a&tagKeys=b").body(Bytes::new()).expect("a request");
        let expected = json!({"resourceArn": "arn:x", "tagKeys": ["a", "b"]});
        assert_eq!(input(table, shape("UntagResource"), &untag, &labels), Ok(expected));
        let tag = http::Request::post("/tags/arn%3Ax")
            .body(Bytes::from_static(b"{\"tags\":{\"a\":\"b\"},\"other\":1}"))
            .expect("a request");
        let expected = json!({"resourceArn": "arn:x", "tags": {"a": "b"}});
        assert_eq!(input(table, shape("TagResource"), &tag, &labels), Ok(expected));
        let create = http::Request::post("/create-landingzone")
            .body(Bytes::from_static(b"{\"version\":\"4.0\",\"manifest\":{\"a\":[1]}}"))
            .expect("a request");
        let expected = json!({"version": "4.0", "manifest": {"a": [1]}});
        assert_eq!(input(table, shape("CreateLandingZone"), &create, &[]), Ok(expected));
    }
}
