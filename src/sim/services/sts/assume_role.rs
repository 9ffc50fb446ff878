//! AssumeRole: a session of a role, if the role's trust policy lets the caller in.
//!
//! Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::Role;
use crate::sim::services::iam::document::{Document, Kind};
use crate::sim::world::World;

use super::sessions::{Session, in_open_region, issue, role_key};
use super::trust::{parts, trusted};

/// The longest session of a role that was assumed from a role.
const CHAINED: i64 = 3600;
/// Session policies and tags together, in characters.
const PACKED: usize = 2048;
/// Managed session policies.
const POLICIES: usize = 10;

pub(super) fn invalid(words: impl Into<String>) -> AwsError {
    AwsError::new("ValidationError", words).status(400)
}

fn duration(request: &Request, role: &Role) -> Result<i64, AwsError> {
    let seconds = request.integer("DurationSeconds").unwrap_or(3600);
    if seconds > role.max_session {
        return Err(invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    if seconds > CHAINED && request.caller.arn.contains(":assumed-role/") {
        return Err(invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        ));
    }
    Ok(seconds)
}

/// What comes with the session, and how full it makes the packed policy, in percent.
fn narrowing(request: &Request, role: &Role) -> Result<(Session, usize), AwsError> {
    let policy = request.text("Policy").map(str::to_owned);
    if let Some(policy) = &policy {
        Document::parse(policy, Kind::Identity)
            .map_err(|error| AwsError::new("MalformedPolicyDocument", error.0))?;
    }
    let arns: Vec<String> = request
        .list("PolicyArns")
        .iter()
        .filter_map(|item| item["arn"].as_str())
        .map(str::to_owned)
        .collect();
    if arns.len() > POLICIES {
        return Err(invalid("The number of session policy ARNs exceeds the limit of 10."));
    }
    let mut tags = BTreeMap::new();
    for tag in request.list("Tags") {
        let (key, value) =
            (tag["Key"].as_str().unwrap_or_default(), tag["Value"].as_str().unwrap_or_default());
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            let words = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
            return Err(AwsError::new("InvalidParameterValue", words).status(400));
        }
    }
    let size = policy.as_ref().map_or(0, String::len)
        + arns.iter().map(String::len).sum::<usize>()
        + tags.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
    if size > PACKED {
        let words = format!(
            "Packed policy consumes {}% of allotted space, please use smaller policy.",
            size * 100 / PACKED
        );
        return Err(AwsError::new("PackedPolicyTooLarge", words));
    }
    let session = Session {
        role: Some(role.arn.clone()),
        policy,
        policy_arns: arns,
        tags,
        transitive: request
            .list("TransitiveTagKeys")
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        source_identity: request.text("SourceIdentity").map(str::to_owned),
    };
    Ok((session, (size * 100).div_ceil(PACKED)))
}

pub(super) fn assume(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    in_open_region(world, request)?;
    let role = trusted(world, request)?;
    let seconds = duration(request, role)?;
    let (session, packed) = narrowing(request, role)?;
    let (account, name) = parts(&role.arn).ok_or_else(|| AwsError::internal("a role has no ARN"))?;
    let (account, name) = (account.to_owned(), name.to_owned());
    let session_name = request.required("RoleSessionName");
    let key = role_key(&account, role, session_name);
    let mut answer = json!({ "AssumedRoleUser": { "AssumedRoleId": key.user_id, "Arn": key.arn } });
    if packed > 0 {
        answer["PackedPolicySize"] = json!(packed);
    }
    if let Some(source) = &session.source_identity {
        answer["SourceIdentity"] = json!(source);
    }
    answer["Credentials"] = issue(world, key, session, seconds, request.now);
    if let Some(role) = world.iam.account_mut(&account).roles.get_mut(&name) {
        role.last_used = Some((request.now, request.region.clone()));
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sim::services::iam::testing::{MANAGEMENT, Session, element, organization, session, trust};
    use crate::sim::testing::ask;

    fn access(account: &str) -> Value {
        let arn = format!("arn:aws:iam::{account}:role/OrganizationAccountAccessRole");
        json!({"RoleArn": arn, "RoleSessionName": "test"})
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_is_its_role_in_the_other_account_until_it_expires() {
        let (simulator, member) = organization().await;
        let inside = session(&simulator, &member).await;
        let me = inside.ask(&simulator, "sts", "GetCallerIdentity", json!({})).await;
        assert_eq!(element(&me, "Account"), member);
        let arn = format!("arn:aws:sts::{member}:assumed-role/OrganizationAccountAccessRole/test");
        assert_eq!(element(&me, "Arn"), arn);
        simulator.advance(std::time::Duration::from_secs(3601));
        let late = inside.ask(&simulator, "sts", "GetCallerIdentity", json!({})).await;
        assert_eq!((late.status, late.code().as_deref()), (403, Some("ExpiredToken")));
    }

    #[tokio::test(start_paused = true)]
    async fn a_missing_role_and_an_untrusting_role_get_the_same_answer() {
        let (simulator, member) = organization().await;
        let inside = session(&simulator, &member).await;
        let closed = json!({"RoleName": "Closed", "AssumeRolePolicyDocument": trust(r#"{"Service":"config.amazonaws.com"}"#)});
        inside.ask(&simulator, "iam", "CreateRole", closed).await;
        for name in ["Closed", "Missing"] {
            let arn = format!("arn:aws:iam::{member}:role/{name}");
            let refused =
                ask(&simulator, "sts", "AssumeRole", json!({"RoleArn": arn, "RoleSessionName": "test"}))
                    .await;
            assert_eq!((refused.status, refused.code().as_deref()), (403, Some("AccessDenied")));
            let words = format!(
                "User: arn:aws:iam::{MANAGEMENT}:user/administrator is not authorized to perform: sts:AssumeRole on resource: {arn}"
            );
            assert_eq!(element(&refused, "Message"), words);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn external_id_and_organization_open_a_role_only_when_they_fit() {
        let (simulator, member) = organization().await;
        let inside = session(&simulator, &member).await;
        let organization =
            ask(&simulator, "organizations", "DescribeOrganization", json!({})).await.json()["Organization"]
                ["Id"]
                .clone();
        let policy = |organization: &Value| {
            json!({"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": "blue", "aws:PrincipalOrgID": organization}},
            }]})
            .to_string()
        };
        for (name, organization) in [("Ours", organization), ("Theirs", json!("o-aaaaaaaaaa"))] {
            let asked = json!({"RoleName": name, "AssumeRolePolicyDocument": policy(&organization)});
            assert_eq!(inside.ask(&simulator, "iam", "CreateRole", asked).await.code(), None);
        }
        let cases = [
            ("Ours", Some("blue"), None),
            ("Ours", Some("red"), Some("AccessDenied")),
            ("Ours", None, Some("AccessDenied")),
            ("Theirs", Some("blue"), Some("AccessDenied")),
        ];
        for (name, external, code) in cases {
            let mut asked =
                json!({"RoleArn": format!("arn:aws:iam::{member}:role/{name}"), "RoleSessionName": "test"});
            if let Some(external) = external {
                asked["ExternalId"] = json!(external);
            }
            assert_eq!(
                ask(&simulator, "sts", "AssumeRole", asked).await.code().as_deref(),
                code,
                "{name} {external:?}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_role_made_again_under_its_name_is_not_trusted_in_place_of_the_old_one() {
        let (simulator, member) = organization().await;
        let inside = session(&simulator, &member).await;
        let hop = json!({"RoleName": "Hop", "AssumeRolePolicyDocument": trust(&format!(r#"{{"AWS":"{MANAGEMENT}"}}"#))});
        inside.ask(&simulator, "iam", "CreateRole", hop.clone()).await;
        let target = trust(&format!(r#"{{"AWS":"arn:aws:iam::{member}:role/Hop"}}"#));
        inside
            .ask(
                &simulator,
                "iam",
                "CreateRole",
                json!({"RoleName": "Target", "AssumeRolePolicyDocument": target}),
            )
            .await;
        let to = |name: &str| json!({"RoleArn": format!("arn:aws:iam::{member}:role/{name}"), "RoleSessionName": "test"});
        let first = Session::of(&ask(&simulator, "sts", "AssumeRole", to("Hop")).await);
        assert_eq!(first.ask(&simulator, "sts", "AssumeRole", to("Target")).await.code(), None);
        assert_eq!(
            inside.ask(&simulator, "iam", "DeleteRole", json!({"RoleName": "Hop"})).await.code(),
            None
        );
        assert_eq!(inside.ask(&simulator, "iam", "CreateRole", hop).await.code(), None);
        let second = Session::of(&ask(&simulator, "sts", "AssumeRole", to("Hop")).await);
        let refused = second.ask(&simulator, "sts", "AssumeRole", to("Target")).await;
        assert_eq!(refused.code().as_deref(), Some("AccessDenied"));
        let shown = inside.ask(&simulator, "iam", "GetRole", json!({"RoleName": "Target"})).await;
        assert!(
            element(&shown, "AssumeRolePolicyDocument").contains("%22AWS%22%3A%22AROA"),
            "{}",
            shown.text
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_chained_session_lasts_an_hour_at_most() {
        let (simulator, member) = organization().await;
        let inside = session(&simulator, &member).await;
        let asked = json!({"RoleName": "Long", "MaxSessionDuration": 43200, "AssumeRolePolicyDocument": trust(&format!(r#"{{"AWS":["{member}","{MANAGEMENT}"]}}"#))});
        inside.ask(&simulator, "iam", "CreateRole", asked).await;
        let long = json!({"RoleArn": format!("arn:aws:iam::{member}:role/Long"), "RoleSessionName": "test", "DurationSeconds": 3601});
        let chained = inside.ask(&simulator, "sts", "AssumeRole", long.clone()).await;
        assert_eq!((chained.status, chained.code().as_deref()), (400, Some("ValidationError")));
        assert!(
            element(&chained, "Message").contains("1 hour session limit for roles assumed by role chaining")
        );
        assert_eq!(ask(&simulator, "sts", "AssumeRole", long).await.code(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_longer_than_the_role_allows_is_refused() {
        let (simulator, member) = organization().await;
        let mut asked = access(&member);
        asked["DurationSeconds"] = json!(3601);
        let refused = ask(&simulator, "sts", "AssumeRole", asked).await;
        assert_eq!(
            element(&refused, "Message"),
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        );
    }

    #[tokio::test(start_paused = true)]
    async fn session_tags_and_policies_are_kept_with_the_session() {
        let (simulator, member) = organization().await;
        let inside = session(&simulator, &member).await;
        let open = trust(&format!(r#"{{"AWS":"{MANAGEMENT}"}}"#)).replace("sts:AssumeRole", "sts:*");
        inside
            .ask(
                &simulator,
                "iam",
                "CreateRole",
                json!({"RoleName": "Open", "AssumeRolePolicyDocument": open}),
            )
            .await;
        let policy =
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;
        let tagged = |arn: String| json!({"RoleArn": arn, "RoleSessionName": "test", "Policy": policy, "Tags.member.1.Key": "plan", "Tags.member.1.Value": "7", "SourceIdentity": "alice"});
        let refused = ask(
            &simulator,
            "sts",
            "AssumeRole",
            tagged(access(&member)["RoleArn"].as_str().expect("an ARN").to_owned()),
        )
        .await;
        assert!(element(&refused, "Message").contains("sts:TagSession"), "{}", refused.text);
        let taken =
            ask(&simulator, "sts", "AssumeRole", tagged(format!("arn:aws:iam::{member}:role/Open"))).await;
        assert_eq!(element(&taken, "SourceIdentity"), "alice");
        let world = simulator.world();
        let kept = world.sts.sessions.get(&Session::of(&taken).key).expect("the session");
        assert_eq!(kept.tags.get("plan").map(String::as_str), Some("7"));
        assert_eq!(kept.policy.as_deref(), Some(policy));
    }

    #[tokio::test(start_paused = true)]
    async fn no_session_begins_in_a_closed_account() {
        let (simulator, member) = organization().await;
        assert_eq!(ask(&simulator, "sts", "AssumeRole", access(&member)).await.code(), None);
        let closing = ask(&simulator, "organizations", "CloseAccount", json!({"AccountId": member})).await;
        assert_eq!(closing.code(), None, "{}", closing.text);
        assert_eq!(
            ask(&simulator, "sts", "AssumeRole", access(&member)).await.code().as_deref(),
            Some("AccessDenied")
        );
    }
}
