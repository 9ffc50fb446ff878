//! Inline policies of roles, and managed policies attached to roles.
//!
//! Quotas: 10,240 characters of inline policies for a role without white space, 10 managed policies for a role
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::document::{Document, Kind};
use super::managed_policies::{must_be_attachable, name_of, path_of};
use super::paging::page;
use super::render;
use super::roles::{changeable, named};

const INLINE_SIZE: usize = 10_240;
const POLICIES_PER_ROLE: usize = 10;

pub(super) fn size(document: &str) -> usize {
    document.chars().filter(|c| !c.is_whitespace()).count()
}

fn no_policy(name: &str) -> AwsError {
    AwsError::new(
        "NoSuchEntity",
        format!("The role policy with name {name} cannot be found."),
    )
}

pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (name, document) = (
        request.required("PolicyName"),
        request.required("PolicyDocument"),
    );
    let role = changeable(world, request)?;
    Document::parse(document, Kind::Identity)
        .map_err(|e| AwsError::new("MalformedPolicyDocument", e.0))?;
    let others = role.inline.iter().filter(|(known, _)| *known != name);
    let total = others.map(|(_, text)| size(text)).sum::<usize>() + size(document);
    if total > INLINE_SIZE {
        let words = format!(
            "Maximum policy size of {INLINE_SIZE} bytes exceeded for role {}",
            role.name
        );
        return Err(AwsError::new("LimitExceeded", words));
    }
    role.inline.insert(name.to_owned(), document.to_owned());
    Ok(json!({}))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (role, name) = (named(world, request)?, request.required("PolicyName"));
    let document = role.inline.get(name).ok_or_else(|| no_policy(name))?;
    Ok(
        json!({ "RoleName": role.name, "PolicyName": name, "PolicyDocument": render::encoded(document) }),
    )
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let items = named(world, request)?
        .inline
        .keys()
        .map(|name| (name.clone(), json!(name)))
        .collect();
    page(request, "PolicyNames", items)
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let name = request.required("PolicyName");
    changeable(world, request)?
        .inline
        .remove(name)
        .ok_or_else(|| no_policy(name))?;
    Ok(json!({}))
}

pub(super) fn attach(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    named(world, request)?;
    let arn = request.required("PolicyArn");
    must_be_attachable(world, &request.caller.account, arn)?;
    let role = changeable(world, request)?;
    // Attaching what is attached succeeds and changes nothing.
    if !role.attached.contains(arn) && role.attached.len() >= POLICIES_PER_ROLE {
        let words = format!("Cannot exceed quota for PoliciesPerRole: {POLICIES_PER_ROLE}");
        return Err(AwsError::new("LimitExceeded", words));
    }
    role.attached.insert(arn.to_owned());
    Ok(json!({}))
}

pub(super) fn detach(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let arn = request.required("PolicyArn");
    if !changeable(world, request)?.attached.remove(arn) {
        return Err(AwsError::new(
            "NoSuchEntity",
            format!("Policy {arn} was not found."),
        ));
    }
    Ok(json!({}))
}

pub(super) fn list_attached(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let prefix = request.text("PathPrefix").unwrap_or("/");
    let role = named(world, request)?;
    let items = role
        .attached
        .iter()
        .filter(|arn| path_of(arn).starts_with(prefix))
        .map(|arn| {
            (
                arn.clone(),
                json!({ "PolicyName": name_of(arn), "PolicyArn": arn }),
            )
        })
        .collect();
    page(request, "AttachedPolicies", items)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{READ_S3, alone, element, trust};
    use crate::sim::Simulator;
    use crate::sim::testing::ask;

    async fn with_role() -> Simulator {
        let simulator = alone();
        let asked = json!({"RoleName": "R", "AssumeRolePolicyDocument": trust(r#"{"AWS":"111122223333"}"#)});
        assert_eq!(
            ask(&simulator, "iam", "CreateRole", asked).await.code(),
            None
        );
        simulator
    }

    #[tokio::test(start_paused = true)]
    async fn an_eleventh_managed_policy_exceeds_the_quota() {
        let simulator = with_role().await;
        for number in 0..=10 {
            let arn = format!("arn:aws:iam::aws:policy/AWSThing{number}");
            let answer = ask(
                &simulator,
                "iam",
                "AttachRolePolicy",
                json!({"RoleName": "R", "PolicyArn": arn}),
            )
            .await;
            if number < 10 {
                assert_eq!(answer.code(), None);
            } else {
                assert_eq!(
                    (answer.status, answer.code().as_deref()),
                    (409, Some("LimitExceeded"))
                );
                assert_eq!(
                    element(&answer, "Message"),
                    "Cannot exceed quota for PoliciesPerRole: 10"
                );
            }
        }
        let again = json!({"RoleName": "R", "PolicyArn": "arn:aws:iam::aws:policy/AWSThing0"});
        assert_eq!(
            ask(&simulator, "iam", "AttachRolePolicy", again)
                .await
                .code(),
            None
        );
    }

    #[tokio::test(start_paused = true)]
    async fn inline_policies_share_ten_thousand_characters_without_white_space() {
        let simulator = with_role().await;
        let bulk = |letters: usize| {
            format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"{}","Effect":"Allow","Action":"s3:*","Resource":"*"}}]}}"#,
                "a".repeat(letters)
            )
        };
        let put = |name: &str, document: String| json!({"RoleName": "R", "PolicyName": name, "PolicyDocument": document});
        assert_eq!(
            ask(&simulator, "iam", "PutRolePolicy", put("one", bulk(6000)))
                .await
                .code(),
            None
        );
        let over = ask(&simulator, "iam", "PutRolePolicy", put("two", bulk(5000))).await;
        assert_eq!(over.code().as_deref(), Some("LimitExceeded"));
        assert_eq!(
            ask(&simulator, "iam", "PutRolePolicy", put("one", bulk(9000)))
                .await
                .code(),
            None
        );
        let spaced = READ_S3.replace(':', &format!(":{}", " ".repeat(2000)));
        assert_eq!(
            ask(&simulator, "iam", "PutRolePolicy", put("two", spaced))
                .await
                .code(),
            None
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_inline_policy_comes_back_percent_encoded() {
        let simulator = with_role().await;
        let put = json!({"RoleName": "R", "PolicyName": "p", "PolicyDocument": READ_S3});
        ask(&simulator, "iam", "PutRolePolicy", put).await;
        let got = ask(
            &simulator,
            "iam",
            "GetRolePolicy",
            json!({"RoleName": "R", "PolicyName": "p"}),
        )
        .await;
        let decoded = percent_encoding::percent_decode_str(&element(&got, "PolicyDocument"))
            .decode_utf8_lossy()
            .into_owned();
        assert_eq!(decoded, READ_S3);
        let absent = ask(
            &simulator,
            "iam",
            "GetRolePolicy",
            json!({"RoleName": "R", "PolicyName": "q"}),
        )
        .await;
        assert_eq!(
            element(&absent, "Message"),
            "The role policy with name q cannot be found."
        );
    }
}
