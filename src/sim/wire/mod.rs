//! Protocols: from an HTTP request to an operation with its input, and from an answer to an HTTP response.
//!
//! In: method, URI, headers, body. Out: a [`Call`], later a response. Absent: every rule of a service.

mod cbor;
mod form;
mod json;
mod render;
mod rest;
pub(crate) mod route;
mod time;
mod validate;
mod xml;

use bytes::Bytes;
use serde_json::Value;

use super::error::AwsError;
use super::shapes::{Operation, Protocol, Table};

pub(crate) use render::{failure, is_common, success};

/// An HTTP request with its whole body.
pub(crate) type HttpRequest = http::Request<Bytes>;
/// An HTTP response with its whole body.
pub(crate) type HttpResponse = http::Response<Bytes>;

/// A request that was recognised.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) table: &'static Table,
    pub(crate) name: String,
    pub(crate) operation: &'static Operation,
    labels: Vec<(String, String)>,
    cbor: bool,
}

/// The input of a call by member names, checked against its shapes.
pub(crate) fn input(call: &Call, request: &HttpRequest) -> Result<Value, AwsError> {
    let table = call.table;
    let Some(shape) = table.input(call.operation) else {
        return Ok(Value::Object(serde_json::Map::new()));
    };
    let value = match table.protocol {
        Protocol::Json if call.cbor => cbor::body(table, shape, request.body())?,
        Protocol::Json => json::body(table, shape, request.body())?,
        Protocol::RestJson => rest::input(table, shape, request, &call.labels)?,
        Protocol::Query => form::input(table, shape, request)?,
    };
    validate::check(call, shape, &value)?;
    Ok(value)
}
