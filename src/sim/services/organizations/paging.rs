//! Pages of a listing and the tokens between them.
//!
//! In: all items and the request. Out: one page. Absent: which items there are.
//!
//! A page has 20 items at most, and may be empty although more follow
//! (<https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListParents.html>).

use aws_smithy_types::base64;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::refusal::invalid;
use crate::sim::error::AwsError;
use crate::sim::request::Request;

/// The greatest and the usual size of a page.
const PAGE: usize = 20;

/// The page that a request asks for, under the member `name`; `empty_first` makes the first page an empty one.
pub(super) fn page(
    request: &Request,
    name: &str,
    items: Vec<Value>,
    empty_first: bool,
) -> Result<Value, AwsError> {
    page_of(request, name, items, empty_first, |item| item)
}

/// As [`page`], but only what the page shows is rendered: a listing of ten thousand accounts stays linear.
pub(super) fn page_of<T>(
    request: &Request,
    name: &str,
    items: Vec<T>,
    empty_first: bool,
    view: impl FnMut(T) -> Value,
) -> Result<Value, AwsError> {
    let size =
        request.integer("MaxResults").and_then(|size| usize::try_from(size).ok()).unwrap_or(PAGE).min(PAGE);
    let token = request.text("NextToken");
    let start = token.map_or(Ok(0), |token| place(request, token))?;
    let size = if empty_first && token.is_none() && !items.is_empty() { 0 } else { size };
    let total = items.len();
    let shown: Vec<Value> = items.into_iter().skip(start).take(size).map(view).collect();
    let next = start + shown.len();
    let mut answer = Map::new();
    answer.insert(name.to_owned(), Value::Array(shown));
    if next < total {
        answer.insert("NextToken".to_owned(), json!(issue(request, next)));
    }
    Ok(Value::Object(answer))
}

/// What a token is bound to: the operation and its filters, so that it fits no other listing.
fn seal(request: &Request, place: usize) -> String {
    let mut filters = request.input.clone();
    if let Some(members) = filters.as_object_mut() {
        members.remove("NextToken");
        members.remove("MaxResults");
    }
    let digest =
        Sha256::digest(format!("{}/{}/{filters}/{place}", request.caller.account, request.operation));
    hex::encode(digest)
}

fn issue(request: &Request, place: usize) -> String {
    base64::encode(format!("{place}/{}", seal(request, place)))
}

fn place(request: &Request, token: &str) -> Result<usize, AwsError> {
    let opened = base64::decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let (place, given) = opened
        .as_deref()
        .and_then(|text| text.split_once('/'))
        .ok_or_else(|| invalid("INVALID_NEXT_TOKEN"))?;
    let place: usize = place.parse().map_err(|_| invalid("INVALID_NEXT_TOKEN"))?;
    if seal(request, place) == given { Ok(place) } else { Err(invalid("INVALID_NEXT_TOKEN")) }
}
