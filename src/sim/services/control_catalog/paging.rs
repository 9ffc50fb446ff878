//! Pages of a list of the catalogue.
//!
//! In: all items, `MaxResults` and `NextToken` of the request. Out: one page. Absent: bounds of `MaxResults`, which the
//! shape table has checked.

use serde_json::{Map, Value, json};

use super::validation;
use crate::sim::error::AwsError;
use crate::sim::request::Request;

/// The page that a request asks for, under the member `name`; `usual` items when it does not say how many.
pub(super) fn answer(
    request: &Request,
    name: &str,
    items: Vec<Value>,
    usual: usize,
) -> Result<Value, AwsError> {
    let size =
        request.integer("MaxResults").and_then(|size| usize::try_from(size).ok()).unwrap_or(usual).max(1);
    let start = match request.text("NextToken").filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => place(&request.operation, token)
            .filter(|start| *start <= items.len())
            .ok_or_else(|| validation("The pagination token is not valid for this request."))?,
    };
    let more = items.len() > start + size;
    let page: Vec<Value> = items.into_iter().skip(start).take(size).collect();
    let mut out = Map::from_iter([(name.to_owned(), Value::Array(page))]);
    if more {
        let next = hex::encode(format!("{}:{}", request.operation, start + size));
        out.insert("NextToken".to_owned(), json!(next));
    }
    Ok(Value::Object(out))
}

fn place(operation: &str, token: &str) -> Option<usize> {
    let text = String::from_utf8(hex::decode(token).ok()?).ok()?;
    let (named, start) = text.rsplit_once(':')?;
    (named == operation).then(|| start.parse().ok()).flatten()
}
