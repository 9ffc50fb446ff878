//! Answers and errors as HTTP responses, per protocol.
//!
//! In: an answer by member names or an [`AwsError`]. Out: status, headers, body as AWS sends them.
//! Absent: deciding which of the two it is.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::{Call, HttpResponse, json, xml};
use crate::sim::error::AwsError;
use crate::sim::shapes::{Protocol, Shape, Table};

/// Statuses of errors no operation declares:
/// <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>. awsJson services answer 400 to them all.
const COMMON: &[(&str, u16)] = &[
    ("AccessDenied", 403),
    ("AccessDeniedException", 403),
    ("ExpiredToken", 403),
    ("ExpiredTokenException", 403),
    ("IncompleteSignature", 400),
    ("InternalFailure", 500),
    ("InvalidAction", 400),
    ("InvalidClientTokenId", 403),
    ("InvalidSignatureException", 403),
    ("MissingAuthenticationToken", 403),
    ("MissingAuthenticationTokenException", 403),
    ("ServiceUnavailable", 503),
    ("SignatureDoesNotMatch", 403),
    ("UnknownOperationException", 404),
    ("UnrecognizedClientException", 403),
    ("ValidationError", 400),
    ("ValidationException", 400),
];

/// Whether any operation of any service may answer with a code.
pub(crate) fn is_common(code: &str) -> bool {
    COMMON.iter().any(|(name, _)| *name == code)
}

/// The response of a success.
pub(crate) fn success(call: &Call, answer: &Value, request_id: &str) -> HttpResponse {
    let table = call.table;
    let output = call
        .operation
        .output
        .as_ref()
        .and_then(|name| table.shape(name));
    let body = match (table.protocol, output) {
        (Protocol::Query, _) => xml::success(table, &call.name, call.operation, answer, request_id),
        (_, None) => String::new(),
        (_, Some(shape)) => match &shape.payload {
            Some(member) => payload(table, shape, member, answer),
            None => json::write(table, shape, None, answer).to_string(),
        },
    };
    let mut response = response(
        call.operation.status,
        content_type(Some(table)),
        body,
        request_id,
    );
    if let Some(shape) = output {
        header_members(shape, answer, &mut response);
    }
    response
}

fn payload(table: &Table, shape: &Shape, member: &str, answer: &Value) -> String {
    let inner = shape
        .members
        .get(member)
        .and_then(|place| table.shape(&place.shape));
    match (inner, answer.get(member)) {
        (Some(inner), Some(value)) => json::write(table, inner, None, value).to_string(),
        _ => String::new(),
    }
}

/// The response of an error. The table is that of the service, where it was recognised.
pub(crate) fn failure(table: Option<&Table>, error: &AwsError, request_id: &str) -> HttpResponse {
    let declared = table.and_then(|table| table.errors.get(&error.code));
    let status = error
        .status
        .or_else(|| declared.map(|shape| shape.status.unwrap_or(400)))
        .unwrap_or_else(|| common(table, &error.code));
    let shape = table
        .zip(declared)
        .and_then(|(table, declared)| table.shape(&declared.shape));
    if table.is_some_and(|table| table.protocol == Protocol::Query) {
        let body = xml::failure(table, error, status, request_id);
        return response(status, content_type(table), body, request_id);
    }
    let rest = table.is_none_or(|table| table.protocol == Protocol::RestJson);
    let mut body = Map::new();
    if !rest {
        body.insert("__type".to_owned(), Value::from(error.code.as_str()));
    }
    let in_header = |name: &str| {
        shape.is_some_and(|shape| {
            shape
                .members
                .get(name)
                .is_some_and(|place| place.at.is_some())
        })
    };
    body.insert(
        message_name(shape).to_owned(),
        Value::from(error.message.as_str()),
    );
    for (name, value) in error.fields.iter().filter(|(name, _)| !in_header(name)) {
        body.insert(name.clone(), value.clone());
    }
    let mut response = response(
        status,
        content_type(table),
        Value::Object(body).to_string(),
        request_id,
    );
    if rest {
        put(&mut response, "x-amzn-errortype", &error.code);
    }
    if let Some(shape) = shape {
        header_members(shape, &Value::Object(error.fields.clone()), &mut response);
    }
    for (name, value) in &error.headers {
        put(&mut response, name, value);
    }
    response
}

fn common(table: Option<&Table>, code: &str) -> u16 {
    let status = COMMON
        .iter()
        .find(|(name, _)| *name == code)
        .map_or(400, |(_, status)| *status);
    let json = table.is_some_and(|table| table.protocol == Protocol::Json);
    if json && status < 500 { 400 } else { status }
}

/// `Message` or `message`, whichever the error's shape has.
fn message_name(shape: Option<&Shape>) -> &str {
    shape
        .and_then(|shape| {
            shape
                .members
                .keys()
                .find(|name| name.eq_ignore_ascii_case("message"))
        })
        .map_or("message", String::as_str)
}

fn header_members(shape: &Shape, value: &Value, response: &mut HttpResponse) {
    for (member, place) in shape
        .members
        .iter()
        .filter(|(_, place)| place.at.as_deref() == Some("header"))
    {
        match value.get(member) {
            Some(Value::String(text)) => put(response, place.wire(member), text),
            Some(Value::Null) | None => {}
            Some(other) => put(
                response,
                place.wire(member),
                other.to_string().trim_end_matches(".0"),
            ),
        }
    }
}

fn content_type(table: Option<&Table>) -> String {
    match table {
        Some(table) if table.protocol == Protocol::Query => "text/xml".to_owned(),
        Some(table) if table.protocol == Protocol::Json => format!(
            "application/x-amz-json-{}",
            table.json_version.as_deref().unwrap_or("1.1")
        ),
        _ => "application/json".to_owned(),
    }
}

fn put(response: &mut HttpResponse, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (
        http::HeaderName::try_from(name),
        http::HeaderValue::try_from(value),
    ) {
        response.headers_mut().insert(name, value);
    }
}

fn response(status: u16, content_type: String, body: String, request_id: &str) -> HttpResponse {
    let mut response = HttpResponse::new(Bytes::from(body));
    *response.status_mut() =
        http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    put(&mut response, "content-type", &content_type);
    put(&mut response, "x-amzn-requestid", request_id);
    response
}
