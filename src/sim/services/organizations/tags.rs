//! Tags of roots, units, accounts, policies and the resource policy.
//!
//! In: requests with tags. Out: tags stored, or refused. Absent: tag policies, which do not bind Organizations here.

use serde_json::{Value, json};

use super::access;
use super::paging::page;
use super::refusal::{constraint, invalid, refuse};
use super::state::{Organization, Tags};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

/// Tags per resource: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>.
const MOST: usize = 50;

/// The tags of a request, checked: no key twice, none reserved, not too many.
pub(super) fn given(request: &Request) -> Result<Tags, AwsError> {
    let mut tags = Tags::new();
    for tag in request.list("Tags") {
        let text = |member: &str| tag.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (key, value) = (text("Key"), text("Value"));
        reserved(&key)?;
        if tags.insert(key, value).is_some() {
            return Err(invalid("DUPLICATE_TAG_KEY"));
        }
    }
    if tags.len() > MOST { Err(constraint("MAX_TAG_LIMIT_EXCEEDED")) } else { Ok(tags) }
}

fn reserved(key: &str) -> Result<(), AwsError> {
    if key.to_ascii_lowercase().starts_with("aws:") {
        Err(invalid("INVALID_SYSTEM_TAGS_PARAMETER"))
    } else {
        Ok(())
    }
}

fn of<'a>(organization: &'a mut Organization, id: &str) -> Result<&'a mut Tags, AwsError> {
    if organization.root.id == id {
        return Ok(&mut organization.root.tags);
    }
    if let Some(policy) = organization.resource_policy.as_mut().filter(|policy| policy.id == id) {
        return Ok(&mut policy.tags);
    }
    let unit = organization.units.get_mut(id).map(|unit| &mut unit.tags);
    let account = organization.accounts.get_mut(id).map(|account| &mut account.tags);
    let policy = organization.policies.get_mut(id).map(|policy| &mut policy.tags);
    unit.or(account).or(policy).ok_or_else(|| refuse("TargetNotFoundException"))
}

pub(super) fn tag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let id = request.required("ResourceId");
    let new = given(request)?;
    let mut merged = of(organization, id)?.clone();
    merged.extend(new);
    if merged.len() > MOST {
        return Err(constraint("MAX_TAG_LIMIT_EXCEEDED"));
    }
    organization.lock(&[id], request.now, window)?;
    *of(organization, id)? = merged;
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let id = request.required("ResourceId");
    let keys: Vec<&str> = request.list("TagKeys").iter().filter_map(Value::as_str).collect();
    keys.iter().try_for_each(|key| reserved(key))?;
    of(organization, id)?;
    organization.lock(&[id], request.now, window)?;
    of(organization, id)?.retain(|key, _| !keys.contains(&key.as_str()));
    Ok(json!({}))
}

/// The operation has no MaxResults; a page holds what a resource may have at most.
pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = access::reader(&mut world.organizations, request)?;
    let tags = of(organization, request.required("ResourceId"))?;
    let items: Vec<Value> = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    let all = json!({"Tags": items});
    if request.text("NextToken").is_some() { page(request, "Tags", Vec::new(), false) } else { Ok(all) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::testing::{done, organization, quiet, refused};

    const ORG: &str = "organizations";

    #[tokio::test(start_paused = true)]
    async fn fifty_tags_no_reserved_key_and_none_twice() {
        let (sim, root) = organization(quiet()).await;
        let tag = |tags: serde_json::Value| json!({"ResourceId": root, "Tags": tags});
        let many: Vec<serde_json::Value> =
            (0..50).map(|number| json!({"Key": format!("k{number}"), "Value": ""})).collect();
        done(&sim, ORG, "TagResource", tag(json!(many))).await;
        done(&sim, ORG, "TagResource", tag(json!([{"Key": "k1", "Value": "changed"}]))).await;
        assert_eq!(
            refused(&sim, ORG, "TagResource", tag(json!([{"Key": "one", "Value": "more"}]))).await,
            "ConstraintViolationException/MAX_TAG_LIMIT_EXCEEDED"
        );
        assert_eq!(
            refused(&sim, ORG, "TagResource", tag(json!([{"Key": "aws:x", "Value": ""}]))).await,
            "InvalidInputException/INVALID_SYSTEM_TAGS_PARAMETER"
        );
        let twice = tag(json!([{"Key": "a", "Value": ""}, {"Key": "a", "Value": ""}]));
        assert_eq!(refused(&sim, ORG, "TagResource", twice).await, "InvalidInputException/DUPLICATE_TAG_KEY");
        done(&sim, ORG, "UntagResource", json!({"ResourceId": root, "TagKeys": ["k1", "absent"]})).await;
        let listed = done(&sim, ORG, "ListTagsForResource", json!({"ResourceId": root})).await;
        assert_eq!(listed["Tags"].as_array().map(Vec::len), Some(49));
        assert_eq!(
            refused(&sim, ORG, "ListTagsForResource", json!({"ResourceId": "ou-zzzz-zzzzzzzz"})).await,
            "TargetNotFoundException"
        );
    }
}
