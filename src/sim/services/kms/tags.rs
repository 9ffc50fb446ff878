//! Tags of keys: at most 50, `aws:` reserved.
//!
//! Rules: <https://docs.aws.amazon.com/kms/latest/developerguide/tagging-keys.html>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::lookup::{key, key_mut, place, usable};
use super::render::page;

const TAGS: usize = 50;

/// The tags of a request, checked.
pub(super) fn tags(request: &Request) -> Result<BTreeMap<String, String>, AwsError> {
    let mut tags = BTreeMap::new();
    for tag in request.list("Tags") {
        let part = |name: &str| {
            tag.get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let key = part("TagKey");
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(AwsError::new(
                "TagException",
                "Tags beginning with aws: are reserved",
            ));
        }
        if tags.insert(key, part("TagValue")).is_some() {
            return Err(AwsError::new("TagException", "Duplicate tag keys"));
        }
    }
    within_quota(tags)
}

fn within_quota(tags: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, AwsError> {
    if tags.len() > TAGS {
        return Err(AwsError::new("TagException", "Too many tags"));
    }
    Ok(tags)
}

pub(super) fn tag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let more = tags(request)?;
    let place = place(world, request, false, false)?;
    let key = key_mut(world, &place)?;
    usable(key, false)?;
    let mut all = key.tags.clone();
    all.extend(more);
    key.tags = within_quota(all)?;
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = place(world, request, false, false)?;
    let gone: Vec<&str> = request
        .list("TagKeys")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let key = key_mut(world, &place)?;
    usable(key, false)?;
    key.tags.retain(|key, _| !gone.contains(&key.as_str()));
    Ok(json!({}))
}

pub(super) fn list_tags(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = place(world, request, false, false)?;
    let key = key(world, &place)?;
    let row = |(key, value): (&String, &String)| {
        (key.clone(), json!({ "TagKey": key, "TagValue": value }))
    };
    page(request, "Tags", 50, key.tags.iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::services::iam::testing::alone;
    use crate::sim::testing::ask;

    #[tokio::test(start_paused = true)]
    async fn tags_can_be_added_and_taken_but_not_in_the_name_of_aws() {
        let simulator = alone();
        let tags = json!([{"TagKey": "a", "TagValue": "1"}]);
        let key = ask(&simulator, "kms", "CreateKey", json!({"Tags": tags}))
            .await
            .json()["KeyMetadata"]["KeyId"]
            .clone();
        let add = json!({"KeyId": key, "Tags": [{"TagKey": "b", "TagValue": "2"}]});
        assert_eq!(
            ask(&simulator, "kms", "TagResource", add).await.code(),
            None
        );
        assert_eq!(
            ask(
                &simulator,
                "kms",
                "UntagResource",
                json!({"KeyId": key, "TagKeys": ["a"]})
            )
            .await
            .code(),
            None
        );
        let left = ask(&simulator, "kms", "ListResourceTags", json!({"KeyId": key}))
            .await
            .json();
        assert_eq!(left["Tags"], json!([{"TagKey": "b", "TagValue": "2"}]));
        let reserved = json!({"KeyId": key, "Tags": [{"TagKey": "aws:x", "TagValue": ""}]});
        assert_eq!(
            ask(&simulator, "kms", "TagResource", reserved)
                .await
                .code()
                .as_deref(),
            Some("TagException")
        );
    }
}
