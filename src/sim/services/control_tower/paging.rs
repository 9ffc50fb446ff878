//! Pages of a list answer.
//!
//! In: the whole list in a stable order, `maxResults` and `nextToken` of the request. Out: one page as the answer.
//! Absent: bounds of `maxResults`, which the shape table has checked. A token names the operation and the place where
//! the next page begins; one that was not given out by the same operation is refused.

use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;

use super::refusal::validation;

/// The page of `items` that `request` asks for, under the member `name`; `usual` items if it does not say how many. Only
/// the items of the page are rendered.
pub(super) fn answer<T>(
    request: &Request,
    name: &str,
    items: Vec<T>,
    usual: usize,
    render: impl FnMut(T) -> Value,
) -> Result<Value, AwsError> {
    let size =
        request.integer("maxResults").and_then(|size| usize::try_from(size).ok()).unwrap_or(usual).max(1);
    let start = match request.text("nextToken") {
        None => 0,
        Some(token) => place(&request.operation, token)
            .filter(|start| *start <= items.len())
            .ok_or_else(|| validation("The nextToken is not valid for this request."))?,
    };
    let more = items.len() > start + size;
    let page: Vec<Value> = items.into_iter().skip(start).take(size).map(render).collect();
    let mut out = Map::new();
    out.insert(name.to_owned(), Value::Array(page));
    if more {
        let next = hex::encode(format!("{}:{}", request.operation, start + size));
        out.insert("nextToken".to_owned(), json!(next));
    }
    Ok(Value::Object(out))
}

fn place(operation: &str, token: &str) -> Option<usize> {
    let text = String::from_utf8(hex::decode(token).ok()?).ok()?;
    let (named, start) = text.rsplit_once(':')?;
    (named == operation).then(|| start.parse().ok()).flatten()
}
