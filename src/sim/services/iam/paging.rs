//! Pages of IAM lists: `MaxItems` and `Marker` in, `IsTruncated` and `Marker` out.
//!
//! The marker is the hexadecimal key of the last item shown, so that a list may change between two pages without an item
//! appearing twice. Without `MaxItems` IAM shows at most 100
//! (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html>).

use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;

/// One page of `items`, which are in order of their keys, under the member `name`.
///
/// # Errors
/// `ValidationError` for a marker that no page gave out.
pub(super) fn page(
    request: &Request,
    name: &str,
    items: Vec<(String, Value)>,
) -> Result<Value, AwsError> {
    let after = match request.text("Marker") {
        None => None,
        Some(marker) => Some(
            key_of(marker)
                .ok_or_else(|| AwsError::new("ValidationError", "Invalid Marker.").status(400))?,
        ),
    };
    let size = request
        .integer("MaxItems")
        .and_then(|size| usize::try_from(size).ok())
        .unwrap_or(100);
    let rest: Vec<_> = items
        .into_iter()
        .filter(|(key, _)| after.as_ref().is_none_or(|after| key > after))
        .collect();
    let mut out = Map::new();
    let truncated = rest.len() > size;
    if let Some((key, _)) = rest.get(size.saturating_sub(1)).filter(|_| truncated) {
        out.insert("Marker".into(), json!(hex::encode(key)));
    }
    out.insert("IsTruncated".into(), json!(truncated));
    out.insert(
        name.into(),
        rest.into_iter()
            .take(size)
            .map(|(_, value)| value)
            .collect(),
    );
    Ok(Value::Object(out))
}

fn key_of(marker: &str) -> Option<String> {
    String::from_utf8(hex::decode(marker).ok()?).ok()
}
