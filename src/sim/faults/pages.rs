//! Faults of listings: empty pages, expired tokens, items that move between pages.
//!
//! In: an operation whose shapes have a page token, and its answer. Out: the page as the fault leaves it.
//! Absent: real paging, which each service does itself.

use serde_json::{Map, Value, json};

use super::Encounter;
use crate::sim::error::AwsError;
use crate::sim::shapes::{Kind, Protocol, Shape};

/// The token of an empty first page; the engine takes it off again, and the service sees a first page.
const FIRST: &str = "b25seS10aGUtYmVnaW5uaW5n";

/// Names of the token in the input and in the output, and the member that holds the items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tokens {
    input: &'static str,
    output: &'static str,
    items: &'static str,
    /// A member that says whether more follow.
    more: Option<&'static str>,
}

/// How the operation pages, if it does.
pub(super) fn tokens(met: &Encounter<'_>) -> Option<Tokens> {
    let table = met.table();
    let input = table.input(met.call.operation)?;
    let output = met.call.operation.output.as_ref().and_then(|name| table.shape(name))?;
    let named = |shape: &'static Shape, names: &[&str]| {
        shape.members.keys().find(|member| names.contains(&member.as_str())).map(String::as_str)
    };
    let items = output
        .members
        .iter()
        .find(|(_, place)| table.shape(&place.shape).is_some_and(|shape| shape.kind == Kind::List));
    Some(Tokens {
        input: named(input, &["NextToken", "nextToken", "Marker"])?,
        output: named(output, &["NextToken", "nextToken", "NextMarker"])
            .or_else(|| named(output, &["Marker"]))?,
        items: items.map(|(member, _)| member.as_str())?,
        more: named(output, &["IsTruncated", "Truncated"]),
    })
}

/// The page token of the request.
pub(super) fn token<'a>(met: &Encounter<'a>) -> Option<&'a str> {
    met.input.get(tokens(met)?.input).and_then(Value::as_str)
}

/// The request without the token of an empty first page.
pub(super) fn strip(met: &Encounter<'_>) -> Option<Value> {
    let tokens = tokens(met)?;
    (token(met)? == FIRST).then(|| {
        let mut input = met.input.clone();
        if let Some(members) = input.as_object_mut() {
            members.remove(tokens.input);
        }
        input
    })
}

/// The request with a page size of no more than `most`, where the operation takes one.
pub(super) fn shortened(met: &Encounter<'_>, mut input: Value, most: u32) -> Value {
    let sized = tokens(met).and_then(|_| met.table().input(met.call.operation)).and_then(|shape| {
        let names = ["MaxResults", "maxResults", "MaxItems", "Limit"];
        shape.members.keys().find(|member| names.contains(&member.as_str()))
    });
    if let (Some(member), Some(members)) = (sized, input.as_object_mut()) {
        let asked = members.get(member).and_then(Value::as_u64).unwrap_or(u64::MAX);
        members.insert(member.clone(), json!(asked.min(most.into())));
    }
    input
}

/// A page without items; its token asks for the page that should have been here.
pub(super) fn empty(met: &Encounter<'_>) -> Option<Value> {
    let tokens = tokens(met)?;
    let mut page = Map::new();
    page.insert(tokens.items.to_owned(), json!([]));
    page.insert(tokens.output.to_owned(), json!(token(met).unwrap_or(FIRST)));
    if let Some(more) = tokens.more {
        page.insert(more.to_owned(), json!(true));
    }
    Some(Value::Object(page))
}

/// The items of an answer.
pub(super) fn items<'a>(met: &Encounter<'_>, answer: &'a mut Value) -> Option<&'a mut Vec<Value>> {
    answer.get_mut(tokens(met)?.items)?.as_array_mut()
}

/// The error for a token that is no longer good, as each service has it.
pub(super) fn expired(met: &Encounter<'_>) -> AwsError {
    let table = met.table();
    let declared = ["InvalidMarkerException", "InvalidPaginationTokenException"]
        .into_iter()
        .find(|wanted| met.call.operation.errors.iter().any(|code| code == wanted));
    match (table.service.as_str(), declared, table.protocol) {
        ("organizations", ..) => crate::sim::services::organizations::refusal::invalid("INVALID_NEXT_TOKEN"),
        (_, Some(code), _) => AwsError::new(code, "The pagination token is not valid or has expired."),
        (_, None, Protocol::Query) => AwsError::new("ValidationError", "Invalid Marker").status(400),
        (_, None, _) => {
            AwsError::new("ValidationException", "The pagination token is not valid or has expired.")
        }
    }
}
