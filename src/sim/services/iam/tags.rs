//! Tags of roles and policies.
//!
//! Rules: at most 50, keys compared without regard to case, `aws:` reserved
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::managed_policies::own;
use super::paging::page;
use super::roles::{changeable, named};

const TAGS: usize = 50;

/// The tags of a request. IAM compares tag keys without regard to case.
pub(super) fn tags(request: &Request) -> Result<BTreeMap<String, String>, AwsError> {
    let mut tags = BTreeMap::new();
    for tag in request.list("Tags") {
        let part = |name: &str| {
            tag.get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let (key, value) = (part("Key"), part("Value"));
        if key.to_ascii_lowercase().starts_with("aws:") {
            let words = format!("Tag keys beginning with aws: are reserved: {key}");
            return Err(AwsError::new("InvalidInput", words));
        }
        if tags
            .keys()
            .any(|known: &String| known.eq_ignore_ascii_case(&key))
        {
            let words = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
            return Err(AwsError::new("InvalidInput", words));
        }
        tags.insert(key, value);
    }
    Ok(tags)
}

/// Adds tags within the quota of 50.
pub(super) fn add_tags(
    to: &mut BTreeMap<String, String>,
    more: BTreeMap<String, String>,
) -> Result<(), AwsError> {
    let mut all = to.clone();
    for (key, value) in more {
        all.retain(|known, _| !known.eq_ignore_ascii_case(&key));
        all.insert(key, value);
    }
    if all.len() > TAGS {
        let words = format!("The number of tags has reached the maximum limit: {TAGS}");
        return Err(AwsError::new("LimitExceeded", words));
    }
    *to = all;
    Ok(())
}

pub(super) fn tag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let tags = tags(request)?;
    add_tags(&mut changeable(world, request)?.tags, tags)?;
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    remove(&mut changeable(world, request)?.tags, request);
    Ok(json!({}))
}

pub(super) fn list_tags(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    shown(&named(world, request)?.tags, request)
}

pub(super) fn tag_policy(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let tags = tags(request)?;
    add_tags(&mut own(world, request)?.tags, tags)?;
    Ok(json!({}))
}

pub(super) fn untag_policy(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    remove(&mut own(world, request)?.tags, request);
    Ok(json!({}))
}

pub(super) fn list_policy_tags(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let tags = &own(world, request)?.tags;
    shown(tags, request)
}

fn remove(from: &mut BTreeMap<String, String>, request: &Request) {
    let gone: Vec<&str> = request
        .list("TagKeys")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    from.retain(|key, _| !gone.iter().any(|gone| gone.eq_ignore_ascii_case(key)));
}

fn shown(tags: &BTreeMap<String, String>, request: &Request) -> Result<Value, AwsError> {
    let row =
        |(key, value): (&String, &String)| (key.clone(), json!({ "Key": key, "Value": value }));
    page(request, "Tags", tags.iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{alone, trust};
    use crate::sim::testing::ask;

    #[tokio::test(start_paused = true)]
    async fn tag_keys_differ_by_more_than_case_and_stop_at_fifty() {
        let simulator = alone();
        let role = json!({"RoleName": "R", "AssumeRolePolicyDocument": trust(r#"{"AWS":"111122223333"}"#)});
        ask(&simulator, "iam", "CreateRole", role).await;
        let twice = json!({"RoleName": "R", "Tags.member.1.Key": "Team", "Tags.member.1.Value": "a", "Tags.member.2.Key": "team", "Tags.member.2.Value": "b"});
        assert_eq!(
            ask(&simulator, "iam", "TagRole", twice)
                .await
                .code()
                .as_deref(),
            Some("InvalidInput")
        );
        for number in 0..50 {
            let tag = json!({"RoleName": "R", "Tags.member.1.Key": format!("k{number}"), "Tags.member.1.Value": ""});
            assert_eq!(ask(&simulator, "iam", "TagRole", tag).await.code(), None);
        }
        let more = json!({"RoleName": "R", "Tags.member.1.Key": "k50", "Tags.member.1.Value": ""});
        assert_eq!(
            ask(&simulator, "iam", "TagRole", more)
                .await
                .code()
                .as_deref(),
            Some("LimitExceeded")
        );
        let replaced =
            json!({"RoleName": "R", "Tags.member.1.Key": "K1", "Tags.member.1.Value": "new"});
        assert_eq!(
            ask(&simulator, "iam", "TagRole", replaced).await.code(),
            None
        );
    }
}
