//! Key policies: what KMS takes, the default, reading and replacing.
//!
//! Rules of the parameter Policy: <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html>; the default policy:
//! <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::document::{Document, Kind};
use crate::sim::services::iam::evaluate::{Context, Question, Verdict, decide};
use crate::sim::services::iam::principals;
use crate::sim::services::iam::queries::principal_of;
use crate::sim::world::World;

use super::lookup::{key, key_mut, not_found, place};
use super::render::page;

/// Longest key policy in bytes
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>).
const SIZE: usize = 32 * 1024;

/// The policy of a new key for which none is given.
pub(super) fn default(account: &str) -> String {
    // Written out, so that the members keep the order in which AWS returns them.
    format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {{
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "arn:aws:iam::{account}:root"
    }},
    "Action" : "kms:*",
    "Resource" : "*"
  }} ]
}}"#
    )
}

/// The policy of a request, checked; `None` if the request has none.
pub(super) fn given(world: &World, request: &Request) -> Result<Option<String>, AwsError> {
    let Some(text) = request.text("Policy") else {
        return Ok(None);
    };
    if text.len() > SIZE {
        return Err(AwsError::new(
            "LimitExceededException",
            "The key policy exceeds the maximum size of 32768 bytes.",
        ));
    }
    let malformed = |words: String| AwsError::new("MalformedPolicyDocumentException", words);
    let document = Document::parse(text, Kind::Key).map_err(|error| malformed(error.0))?;
    if principals::unknown(world, &document).is_some() {
        return Err(malformed(
            "Policy contains a statement with one or more invalid principals.".into(),
        ));
    }
    let bypass = request
        .boolean("BypassPolicyLockoutSafetyCheck")
        .unwrap_or(false);
    let principal = principal_of(world, &request.caller);
    let context = Context::from([
        (
            "kms:bypasspolicylockoutsafetycheck".to_owned(),
            Some(bypass.to_string()),
        ),
        ("kms:policyname".to_owned(), Some("default".to_owned())),
        (
            "kms:calleraccount".to_owned(),
            Some(request.caller.account.clone()),
        ),
        ("kms:viaservice".to_owned(), None),
        (
            "aws:principalarn".to_owned(),
            Some(principal.arn().to_owned()),
        ),
        (
            "aws:principalaccount".to_owned(),
            Some(request.caller.account.clone()),
        ),
    ]);
    let question = Question {
        action: "kms:PutKeyPolicy",
        principal: &principal,
        context: &context,
    };
    if !bypass && decide(&document, &question) != Verdict::Allowed {
        let words = "The new key policy will not allow you to update the key policy in the future.";
        return Err(malformed(words.into()));
    }
    Ok(Some(text.to_owned()))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = place(world, request, false, false)?;
    if request
        .text("PolicyName")
        .is_some_and(|name| name != "default")
    {
        return Err(not_found("No such policy exists".into()));
    }
    Ok(json!({ "Policy": key(world, &place)?.policy, "PolicyName": "default" }))
}

pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = place(world, request, false, false)?;
    match request.text("PolicyName") {
        None | Some("default") => {}
        Some("AWS_RAM") => {
            let words = "The AWS_RAM policy can only be managed by the RAM service.";
            return Err(AwsError::new("ValidationException", words));
        }
        Some(_) => return Err(not_found("No such policy exists".into())),
    }
    let policy = given(world, request)?.unwrap_or_default();
    key_mut(world, &place)?.policy = policy;
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    place(world, request, false, false)?;
    page(
        request,
        "PolicyNames",
        100,
        vec![("default".to_owned(), json!("default"))],
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::sim::services::iam::testing::{MANAGEMENT, alone};
    use crate::sim::services::kms::queries;
    use crate::sim::testing::ask;

    fn policy(statements: &Value) -> String {
        json!({"Version": "2012-10-17", "Statement": statements}).to_string()
    }

    fn allow(principal: &Value, action: &str) -> Value {
        json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"})
    }

    #[tokio::test(start_paused = true)]
    async fn a_policy_that_locks_its_writer_out_needs_the_bypass() {
        let simulator = alone();
        let key =
            ask(&simulator, "kms", "CreateKey", json!({})).await.json()["KeyMetadata"]["KeyId"]
                .clone();
        let mut asked = json!({"KeyId": key, "Policy": policy(&json!([allow(&json!({"AWS": MANAGEMENT}), "kms:Describe*")]))});
        let refused = ask(&simulator, "kms", "PutKeyPolicy", asked.clone()).await;
        assert_eq!(
            refused.code().as_deref(),
            Some("MalformedPolicyDocumentException")
        );
        assert_eq!(
            refused.json()["message"],
            "The new key policy will not allow you to update the key policy in the future."
        );
        asked["BypassPolicyLockoutSafetyCheck"] = json!(true);
        assert_eq!(
            ask(&simulator, "kms", "PutKeyPolicy", asked).await.code(),
            None
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_policy_names_only_principals_that_exist() {
        let simulator = alone();
        let nobody = format!("arn:aws:iam::{MANAGEMENT}:role/Nobody");
        let text = policy(&json!([allow(
            &json!({"AWS": [MANAGEMENT, nobody]}),
            "kms:*"
        )]));
        let refused = ask(&simulator, "kms", "CreateKey", json!({"Policy": text})).await;
        assert_eq!(
            refused.code().as_deref(),
            Some("MalformedPolicyDocumentException")
        );
        assert_eq!(
            refused.json()["message"],
            "Policy contains a statement with one or more invalid principals."
        );
        assert_eq!(
            ask(&simulator, "kms", "ListKeys", json!({})).await.json()["Keys"],
            json!([])
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_is_let_in_by_the_conditions_it_can_vouch_for() {
        let simulator = alone();
        let trail =
            "arn:aws:cloudtrail:us-east-1:111122223333:trail/aws-controltower-BaselineCloudTrail";
        let mut cloudtrail = allow(
            &json!({"Service": "cloudtrail.amazonaws.com"}),
            "kms:GenerateDataKey*",
        );
        cloudtrail["Condition"] = json!({
            "StringEquals": {"aws:SourceArn": trail},
            "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:111122223333:trail/*"},
        });
        let config = allow(&json!({"Service": "config.amazonaws.com"}), "kms:Decrypt");
        let text = policy(&json!([
            allow(&json!({"AWS": MANAGEMENT}), "kms:*"),
            config,
            cloudtrail
        ]));
        let made = ask(&simulator, "kms", "CreateKey", json!({"Policy": text}))
            .await
            .json();
        let world = simulator.world();
        let key = queries::key(&world, made["KeyMetadata"]["Arn"].as_str().expect("an ARN"))
            .expect("the key");
        assert!(queries::allows_service(
            key,
            "config.amazonaws.com",
            "kms:Decrypt",
            &[]
        ));
        assert!(!queries::allows_service(
            key,
            "config.amazonaws.com",
            "kms:GenerateDataKey",
            &[]
        ));
        let action = "kms:GenerateDataKeyWithoutPlaintext";
        let whole = [
            ("aws:SourceArn", trail),
            ("kms:EncryptionContext:aws:cloudtrail:arn", trail),
        ];
        assert!(queries::allows_service(
            key,
            "cloudtrail.amazonaws.com",
            action,
            &whole
        ));
        assert!(!queries::allows_service(
            key,
            "cloudtrail.amazonaws.com",
            action,
            &whole[..1]
        ));
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_without_a_policy_gets_the_default_one() {
        let simulator = alone();
        let key =
            ask(&simulator, "kms", "CreateKey", json!({})).await.json()["KeyMetadata"]["KeyId"]
                .clone();
        let got = ask(&simulator, "kms", "GetKeyPolicy", json!({"KeyId": key}))
            .await
            .json();
        let document: Value =
            serde_json::from_str(got["Policy"].as_str().expect("a policy")).expect("JSON");
        assert_eq!(
            document["Statement"][0]["Principal"]["AWS"],
            "arn:aws:iam::111122223333:root"
        );
        let other = ask(
            &simulator,
            "kms",
            "GetKeyPolicy",
            json!({"KeyId": key, "PolicyName": "mine"}),
        )
        .await;
        assert_eq!(other.code().as_deref(), Some("NotFoundException"));
    }
}
