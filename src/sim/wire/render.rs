//! Answers and errors as HTTP responses, per protocol.
//!
//! In: an answer by member names or an [`AwsError`]. Out: status, headers, body as AWS sends them.
//! Absent: deciding which of the two it is.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::{Call, HttpRequest, HttpResponse, cbor, json, route, xml};
use crate::sim::error::AwsError;
use crate::sim::shapes::{Protocol, Shape, Table};

/// Statuses of errors no operation declares:
/// <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>. awsJson services answer 400 to them all.
const COMMON: &[(&str, u16)] = &[
    ("AccessDenied", 403),
    ("AccessDeniedException", 403),
    ("ExpiredToken", 403),
    ("ExpiredTokenException", 403),
    ("ForbiddenException", 403),
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
    let output = call.operation.output.as_ref().and_then(|name| table.shape(name));
    if call.cbor {
        let body = output.map(|shape| cbor::write(table, shape, answer)).unwrap_or_default();
        let mut response = response(call.operation.status, CBOR.to_owned(), body, request_id);
        put(&mut response, "smithy-protocol", "rpc-v2-cbor");
        if output.is_none() {
            response.headers_mut().remove("content-type");
        }
        return response;
    }
    let body = match (table.protocol, output) {
        (Protocol::Query, _) => xml::success(table, &call.name, call.operation, answer, request_id),
        (_, None) => String::new(),
        (_, Some(shape)) => match &shape.payload {
            Some(member) => payload(table, shape, member, answer),
            None => json::write(table, shape, None, answer).to_string(),
        },
    };
    let mut response = response(call.operation.status, content_type(Some(table)), body, request_id);
    if let Some(shape) = output {
        header_members(shape, answer, &mut response);
    }
    response
}

fn payload(table: &Table, shape: &Shape, member: &str, answer: &Value) -> String {
    let inner = shape.members.get(member).and_then(|place| table.shape(&place.shape));
    match (inner, answer.get(member)) {
        (Some(inner), Some(value)) => json::write(table, inner, None, value).to_string(),
        _ => String::new(),
    }
}

const CBOR: &str = "application/cbor";

/// The response of an error, in the protocol of the request. The table is that of the service, where it was recognised.
pub(crate) fn failure(
    table: Option<&Table>,
    error: &AwsError,
    request_id: &str,
    request: &HttpRequest,
) -> HttpResponse {
    let mut response = refusal(table, error, request_id);
    if route::is_cbor(request) {
        let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        *response.body_mut() = Bytes::from(cbor::bytes(&cbor::plain(&body)));
        put(&mut response, "content-type", CBOR);
        put(&mut response, "smithy-protocol", "rpc-v2-cbor");
    }
    response
}

fn refusal(table: Option<&Table>, error: &AwsError, request_id: &str) -> HttpResponse {
    let declared = table.and_then(|table| table.errors.get(&error.code));
    let status = error
        .status
        .or_else(|| declared.map(|shape| shape.status.unwrap_or(400)))
        .unwrap_or_else(|| common(table, &error.code));
    let shape = table.zip(declared).and_then(|(table, declared)| table.shape(&declared.shape));
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
        shape.is_some_and(|shape| shape.members.get(name).is_some_and(|place| place.at.is_some()))
    };
    body.insert(message_name(shape).to_owned(), Value::from(error.message.as_str()));
    let wire = |name: &str| {
        let place = shape.and_then(|shape| shape.members.get(name));
        place.map_or_else(|| name.to_owned(), |place| place.wire(name).to_owned())
    };
    for (name, value) in error.fields.iter().filter(|(name, _)| !in_header(name)) {
        body.insert(wire(name), value.clone());
    }
    let mut response = response(status, content_type(table), Value::Object(body).to_string(), request_id);
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
    let status = COMMON.iter().find(|(name, _)| *name == code).map_or(400, |(_, status)| *status);
    let json = table.is_some_and(|table| table.protocol == Protocol::Json);
    if json && status < 500 { 400 } else { status }
}

/// `Message` or `message`, whichever the error's shape has on the wire; `error_description` in those of OAuth.
fn message_name(shape: Option<&Shape>) -> &str {
    shape
        .and_then(|shape| {
            let is = |wanted: &'static str| move |(name, _): &(&String, _)| name.eq_ignore_ascii_case(wanted);
            shape
                .members
                .iter()
                .find(is("message"))
                .or_else(|| shape.members.iter().find(is("error_description")))
        })
        .map_or("message", |(name, place)| place.wire(name))
}

fn header_members(shape: &Shape, value: &Value, response: &mut HttpResponse) {
    for (member, place) in shape.members.iter().filter(|(_, place)| place.at.as_deref() == Some("header")) {
        match value.get(member) {
            Some(Value::String(text)) => put(response, place.wire(member), text),
            Some(Value::Null) | None => {}
            Some(other) => put(response, place.wire(member), other.to_string().trim_end_matches(".0")),
        }
    }
}

fn content_type(table: Option<&Table>) -> String {
    match table {
        Some(table) if table.protocol == Protocol::Query => "text/xml".to_owned(),
        Some(table) if table.protocol == Protocol::Json => {
            format!("application/x-amz-json-{}", table.json_version.as_deref().unwrap_or("1.1"))
        }
        _ => "application/json".to_owned(),
    }
}

fn put(response: &mut HttpResponse, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(name), http::HeaderValue::try_from(value)) {
        response.headers_mut().insert(name, value);
    }
}

fn response(status: u16, content_type: String, body: impl Into<Bytes>, request_id: &str) -> HttpResponse {
    let mut response = HttpResponse::new(body.into());
    *response.status_mut() =
        http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    put(&mut response, "content-type", &content_type);
    put(&mut response, "x-amzn-requestid", request_id);
    response
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sim::shapes::table;
    use crate::sim::throttle;

    fn call(service: &str, operation: &str) -> Call {
        let table = table(service).expect("a table");
        let operation_shape = table.operations.get(operation).expect("an operation");
        Call {
            table,
            name: operation.to_owned(),
            operation: operation_shape,
            labels: Vec::new(),
            cbor: false,
        }
    }

    fn text(response: &HttpResponse) -> String {
        String::from_utf8_lossy(response.body()).into_owned()
    }

    #[test]
    fn a_rest_error_names_itself_in_a_header_and_says_when_to_come_back() {
        let table = table("controltower");
        let error = throttle::refusal(table.expect("a table"), "GetLandingZone", 1.5);
        let response = refusal(table, &error, "id");
        assert_eq!(response.status().as_u16(), 429);
        assert_eq!(response.headers()["x-amzn-errortype"], "ThrottlingException");
        assert_eq!(response.headers()["retry-after"], "2");
        assert_eq!(response.headers()["x-amzn-requestid"], "id");
        assert_eq!(text(&response), "{\"message\":\"Rate exceeded\"}");
    }

    #[test]
    fn a_json_error_has_its_type_and_its_reason_in_the_body() {
        let error = AwsError::new("InvalidInputException", "no").field("Reason", "INVALID_ENUM");
        let response = refusal(table("organizations"), &error, "id");
        assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.1");
        let body: Value = serde_json::from_str(&text(&response)).expect("JSON");
        assert_eq!(
            body,
            json!({"__type": "InvalidInputException", "Message": "no", "Reason": "INVALID_ENUM"})
        );
    }

    #[test]
    fn a_message_goes_by_its_name_on_the_wire() {
        let response = refusal(table("guardduty"), &AwsError::new("BadRequestException", "no"), "id");
        assert_eq!(text(&response), "{\"message\":\"no\"}");
        let response = refusal(table("securityhub"), &AwsError::new("LimitExceededException", "no"), "id");
        assert_eq!(text(&response), "{\"Message\":\"no\"}");
    }

    #[test]
    fn a_query_answer_is_wrapped_and_escaped() {
        let answer = json!({"Role": {"RoleName": "a<b", "Tags": [{"Key": "k", "Value": "v"}], "CreateDate": 1_767_225_600.0}});
        let body = text(&success(&call("iam", "GetRole"), &answer, "id"));
        let start =
            "<GetRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><GetRoleResult><Role>";
        assert!(body.starts_with(start), "{body}");
        for part in [
            "<RoleName>a&lt;b</RoleName>",
            "<Tags><member><Key>k</Key><Value>v</Value></member></Tags>",
            "<CreateDate>2026-01-01T00:00:00Z</CreateDate>",
            "<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></GetRoleResponse>",
        ] {
            assert!(body.contains(part), "{part} in {body}");
        }
    }

    #[test]
    fn a_query_error_takes_its_code_and_status_from_the_table() {
        let response = refusal(table("iam"), &AwsError::new("NoSuchEntity", "gone"), "id");
        assert_eq!(response.status().as_u16(), 404);
        let body = text(&response);
        assert!(body.contains("<Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>gone</Message></Error><RequestId>id</RequestId>"), "{body}");
    }
}
