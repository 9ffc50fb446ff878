//! What the resource-based delegation policy allows member accounts to do.
//!
//! In: the policy, the caller and the request. Out: allowed or not. Absent: the caller's own IAM permissions.
//!
//! Source, with the list of actions: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs-policy-delegate.html>.

use serde_json::Value;

use super::state::Organization;
use crate::sim::request::Request;

/// Actions that a delegation policy may name, beside those that begin with Describe or List.
const ACTIONS: &[&str] = &[
    "AttachPolicy",
    "CreatePolicy",
    "DeletePolicy",
    "DetachPolicy",
    "DisablePolicyType",
    "EnablePolicyType",
    "TagResource",
    "UntagResource",
    "UpdatePolicy",
];

/// Whether a delegation policy may name an action; wildcards are.
pub(super) fn is_delegable(action: &str) -> bool {
    let Some(name) = action.strip_prefix("organizations:") else {
        return false;
    };
    name.contains('*') || name.starts_with("Describe") || name.starts_with("List") || ACTIONS.contains(&name)
}

impl Organization {
    /// Whether the delegation policy lets the caller do what the request asks. A denial wins; a condition that this
    /// cannot judge is taken as not met.
    pub(super) fn delegates(&self, request: &Request) -> bool {
        let document = self
            .resource_policy
            .as_ref()
            .and_then(|policy| serde_json::from_str::<Value>(&policy.content).ok());
        let statements = document.as_ref().and_then(|document| document.get("Statement"));
        let fitting: Vec<&Value> =
            items(statements).into_iter().filter(|statement| self.fits(statement, request)).collect();
        let effect = |wanted: &str| fitting.iter().any(|statement| statement["Effect"] == wanted);
        is_delegable(&format!("organizations:{}", request.operation)) && effect("Allow") && !effect("Deny")
    }

    fn fits(&self, statement: &Value, request: &Request) -> bool {
        let account = &request.caller.account;
        let root = format!("arn:aws:iam::{account}:root");
        let principals =
            items(statement.get("Principal").map(|principal| principal.get("AWS").unwrap_or(principal)));
        let named = principals.iter().filter_map(|principal| principal.as_str()).any(|principal| {
            principal == "*" || principal == account || principal == root || principal == request.caller.arn
        });
        let action = format!("organizations:{}", request.operation);
        let actions = items(statement.get("Action"));
        let covered =
            actions.iter().filter_map(|pattern| pattern.as_str()).any(|pattern| matches(pattern, &action));
        named && covered && self.condition_holds(statement.get("Condition"), request)
    }

    /// Only `organizations:PolicyType` is judged, the key that delegation policies use.
    fn condition_holds(&self, condition: Option<&Value>, request: &Request) -> bool {
        let kind = self.requested_type(request);
        condition.and_then(Value::as_object).into_iter().flatten().all(|(operator, keys)| {
            let optional = operator.ends_with("IfExists");
            let known = matches!(operator.trim_end_matches("IfExists"), "StringEquals" | "StringLike");
            keys.as_object().into_iter().flatten().all(|(key, wanted)| {
                let wanted = items(Some(wanted));
                known
                    && key.eq_ignore_ascii_case("organizations:PolicyType")
                    && kind.as_ref().map_or(optional, |kind| {
                        wanted.iter().filter_map(|value| value.as_str()).any(|pattern| matches(pattern, kind))
                    })
            })
        })
    }

    fn requested_type(&self, request: &Request) -> Option<String> {
        let given = ["Type", "PolicyType", "Filter"].into_iter().find_map(|member| request.text(member));
        given.or_else(|| self.policy_kind(request.text("PolicyId")?)).map(str::to_owned)
    }
}

fn items(value: Option<&Value>) -> Vec<&Value> {
    match value {
        None => Vec::new(),
        Some(Value::Array(items)) => items.iter().collect(),
        Some(one) => vec![one],
    }
}

/// Whether a text fits a pattern with `*`, without regard to case.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::matches;
    use crate::sim::testing::{account, ask_as, done, organization, quiet, refused};

    const ORG: &str = "organizations";

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, fits) in [
            ("a:List*", "a:ListRoots", true),
            ("*", "x", true),
            ("a*b*c", "aXbYc", true),
            ("a*b", "ab", true),
            ("a", "ab", false),
            ("a*c", "ab", false),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_member_may_do_what_the_delegation_policy_allows_for_its_policy_type() {
        let (sim, root) = organization(quiet()).await;
        let member = account(&sim, "backup").await;
        let policy = |kind: &str| {
            let content = if kind == "TAG_POLICY" { "{\"tags\":{}}" } else { "{\"plans\":{}}" };
            json!({"Name": kind, "Description": "", "Type": kind, "Content": content})
        };
        let create =
            async |kind: &str| ask_as(&sim, &member, None, ORG, "CreatePolicy", policy(kind)).await.code();
        assert_eq!(create("BACKUP_POLICY").await.as_deref(), Some("AccessDeniedException"));
        let document = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": member},
            "Action": ["organizations:CreatePolicy", "organizations:List*"],
            "Resource": "*",
            "Condition": {"StringLikeIfExists": {"organizations:PolicyType": ["BACKUP_POLICY"]}},
        }]});
        done(&sim, ORG, "PutResourcePolicy", json!({"Content": document.to_string()})).await;
        assert_eq!(create("BACKUP_POLICY").await, None);
        assert_eq!(create("TAG_POLICY").await.as_deref(), Some("AccessDeniedException"));
        let listed = ask_as(&sim, &member, None, ORG, "ListAccounts", json!({})).await;
        assert_eq!(listed.code(), None);
        let unit = json!({"ParentId": root, "Name": "A"});
        let written = ask_as(&sim, &member, None, ORG, "CreateOrganizationalUnit", unit).await;
        assert_eq!(written.code().as_deref(), Some("AccessDeniedException"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_delegation_policy_names_only_what_can_be_delegated() {
        let (sim, _) = organization(quiet()).await;
        let document = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "organizations:MoveAccount", "Resource": "*"}]});
        let refusal = refused(&sim, ORG, "PutResourcePolicy", json!({"Content": document.to_string()})).await;
        assert_eq!(refusal, "InvalidInputException/UNSUPPORTED_ACTION_IN_RESOURCE_POLICY");
    }
}
