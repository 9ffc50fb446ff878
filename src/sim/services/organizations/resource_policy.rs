//! The resource-based delegation policy of an organization: one or none.
//!
//! In: requests. Out: the policy. Absent: its effect on permissions.

use serde_json::{Value, json};

use super::delegated_rights::is_delegable;
use super::refusal::{constraint, invalid, refuse};
use super::state::{Organization, ResourcePolicy};
use super::{access, tags};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

impl Organization {
    fn resource_policy_view(&self) -> Option<Value> {
        let policy = self.resource_policy.as_ref()?;
        let arn =
            format!("arn:aws:organizations::{}:resourcepolicy/{}/{}", self.management, self.id, policy.id);
        Some(json!({"ResourcePolicySummary": {"Id": policy.id, "Arn": arn}, "Content": policy.content}))
    }
}

/// Statements with effect and principal: what
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html> asks for.
fn check(content: &str) -> Result<(), AwsError> {
    let document: Value =
        serde_json::from_str(content).map_err(|_| invalid("INVALID_RESOURCE_POLICY_JSON"))?;
    let statements = match document.get("Statement") {
        Some(Value::Array(items)) if !items.is_empty() => items.iter().collect(),
        Some(one @ Value::Object(_)) => vec![one],
        _ => return Err(invalid("INVALID_RESOURCE_POLICY_JSON")),
    };
    for statement in statements {
        if !matches!(statement.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny")) {
            return Err(invalid("INVALID_RESOURCE_POLICY_JSON"));
        }
        if statement.get("Principal").is_none() {
            return Err(invalid("INVALID_PRINCIPAL"));
        }
        let actions = match statement.get("Action") {
            Some(Value::Array(actions)) => actions.iter().collect(),
            Some(one) => vec![one],
            None => return Err(invalid("INVALID_RESOURCE_POLICY_JSON")),
        };
        let delegable = |action: &&Value| action.as_str().is_some_and(is_delegable);
        if !actions.iter().all(delegable) {
            return Err(invalid("UNSUPPORTED_ACTION_IN_RESOURCE_POLICY"));
        }
    }
    Ok(())
}

pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    if !organization.all_features() {
        return Err(constraint("ORGANIZATION_NOT_IN_ALL_FEATURES_MODE"));
    }
    let content = request.required("Content");
    check(content)?;
    let tags = tags::given(request)?;
    if organization.resource_policy.is_some() && !tags.is_empty() {
        // Tags are taken when the policy is created; later they are refused, AWS does not say with which reason.
        return Err(invalid("TARGET_NOT_SUPPORTED"));
    }
    organization.lock(&["resource-policy"], request.now, window)?;
    match &mut organization.resource_policy {
        Some(policy) => {
            content.clone_into(&mut policy.content);
        }
        none => {
            *none = Some(ResourcePolicy {
                id: format!("rp-{}", world.ids.alphanumeric(8)),
                content: content.to_owned(),
                tags,
            });
        }
    }
    Ok(json!({"ResourcePolicy": organization.resource_policy_view()}))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = access::reader(&mut world.organizations, request)?;
    let view =
        organization.resource_policy_view().ok_or_else(|| refuse("ResourcePolicyNotFoundException"))?;
    Ok(json!({"ResourcePolicy": view}))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    if organization.resource_policy.is_none() {
        return Err(refuse("ResourcePolicyNotFoundException"));
    }
    organization.lock(&["resource-policy"], request.now, window)?;
    organization.resource_policy = None;
    Ok(json!({}))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::testing::{done, organization, quiet, refused};

    #[tokio::test(start_paused = true)]
    async fn there_is_one_resource_policy_or_none() {
        const ORG: &str = "organizations";
        let (sim, _) = organization(quiet()).await;
        assert_eq!(
            refused(&sim, ORG, "DescribeResourcePolicy", json!({})).await,
            "ResourcePolicyNotFoundException"
        );
        let broken = json!({"Content": "{"});
        assert_eq!(
            refused(&sim, ORG, "PutResourcePolicy", broken).await,
            "InvalidInputException/INVALID_RESOURCE_POLICY_JSON"
        );
        let document = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "222233334444"}, "Action": "organizations:List*", "Resource": "*"}]});
        let first = done(&sim, ORG, "PutResourcePolicy", json!({"Content": document.to_string()})).await;
        let second = done(&sim, ORG, "PutResourcePolicy", json!({"Content": document.to_string()})).await;
        assert_eq!(
            first["ResourcePolicy"]["ResourcePolicySummary"]["Id"],
            second["ResourcePolicy"]["ResourcePolicySummary"]["Id"]
        );
        done(&sim, ORG, "DeleteResourcePolicy", json!({})).await;
        assert_eq!(
            refused(&sim, ORG, "DeleteResourcePolicy", json!({})).await,
            "ResourcePolicyNotFoundException"
        );
    }
}
