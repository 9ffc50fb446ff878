//! How a key appears in answers, and pages of KMS lists.
//!
//! In: state. Out: JSON by member names of the model.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::shapes;

use super::specs;
use super::state::{Key, MultiRegion};

/// `KeyMetadata` of the model.
pub(super) fn metadata(key: &Key) -> Value {
    let mut out = Map::new();
    out.insert("AWSAccountId".into(), json!(key.account));
    out.insert("KeyId".into(), json!(key.id));
    out.insert("Arn".into(), json!(key.arn));
    out.insert("CreationDate".into(), json!(epoch(key.created)));
    out.insert("Enabled".into(), json!(key.is_enabled()));
    out.insert("Description".into(), json!(key.description));
    out.insert("KeyUsage".into(), json!(key.usage));
    out.insert("KeyState".into(), json!(key.state));
    out.insert("Origin".into(), json!(key.origin));
    out.insert("KeyManager".into(), json!("CUSTOMER"));
    out.insert("KeySpec".into(), json!(key.spec));
    // The old name of the spec knows only the old specs.
    if old_spec(&key.spec) {
        out.insert("CustomerMasterKeySpec".into(), json!(key.spec));
    }
    if let Some((member, algorithms)) = specs::algorithms(&key.spec, &key.usage) {
        out.insert(member.into(), json!(algorithms));
    }
    if key.spec == "SYMMETRIC_DEFAULT" && key.origin == "AWS_KMS" {
        // Members of a multi-Region set share their key material, and so its id.
        out.insert(
            "CurrentKeyMaterialId".into(),
            json!(hex::encode(Sha256::digest(&key.id))),
        );
    }
    if let Some(deletion) = key.deletion {
        match deletion.at {
            Some(at) => out.insert("DeletionDate".into(), json!(epoch(at))),
            None => out.insert(
                "PendingDeletionWindowInDays".into(),
                json!(deletion.window_days),
            ),
        };
    }
    out.insert("MultiRegion".into(), json!(key.multi_region.is_some()));
    if let Some(set) = &key.multi_region {
        out.insert("MultiRegionConfiguration".into(), multi_region(key, set));
    }
    Value::Object(out)
}

fn old_spec(spec: &str) -> bool {
    let shape = shapes::table("kms").and_then(|table| table.shape("CustomerMasterKeySpec"));
    shape
        .and_then(|shape| shape.values.as_ref())
        .is_some_and(|values| values.iter().any(|value| value == spec))
}

fn multi_region(key: &Key, set: &MultiRegion) -> Value {
    let member = |region: &String| {
        let arn = format!("arn:aws:kms:{region}:{}:key/{}", key.account, key.id);
        json!({ "Arn": arn, "Region": region })
    };
    json!({
        "MultiRegionKeyType": if key.is_primary() { "PRIMARY" } else { "REPLICA" },
        "PrimaryKey": member(&set.primary),
        "ReplicaKeys": set.replicas.iter().map(member).collect::<Vec<_>>(),
    })
}

pub(super) fn tags(tags: &BTreeMap<String, String>) -> Value {
    tags.iter()
        .map(|(key, value)| json!({ "TagKey": key, "TagValue": value }))
        .collect()
}

/// One page of `items`, which are in order of their keys, under the member `name`. `usual` is the size of a page when
/// the request sets none.
///
/// # Errors
/// `InvalidMarkerException` for a marker that no page gave out.
pub(super) fn page(
    request: &Request,
    name: &str,
    usual: usize,
    items: Vec<(String, Value)>,
) -> Result<Value, AwsError> {
    let after = match request.text("Marker") {
        None => None,
        Some(marker) => Some(
            hex::decode(marker)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or_else(|| {
                    AwsError::new("InvalidMarkerException", "Could not deserialize marker.")
                })?,
        ),
    };
    let size = request
        .integer("Limit")
        .and_then(|size| usize::try_from(size).ok())
        .unwrap_or(usual);
    let rest: Vec<_> = items
        .into_iter()
        .filter(|(key, _)| after.as_ref().is_none_or(|after| key > after))
        .collect();
    let mut out = Map::new();
    let truncated = rest.len() > size;
    if let Some((key, _)) = rest.get(size.saturating_sub(1)).filter(|_| truncated) {
        out.insert("NextMarker".into(), json!(hex::encode(key)));
    }
    out.insert("Truncated".into(), json!(truncated));
    out.insert(
        name.into(),
        rest.into_iter()
            .take(size)
            .map(|(_, value)| value)
            .collect(),
    );
    Ok(Value::Object(out))
}
