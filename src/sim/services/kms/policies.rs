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
    let document = json!({
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [{
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": { "AWS": format!("arn:aws:iam::{account}:root") },
            "Action": "kms:*",
            "Resource": "*",
        }],
    });
    format!("{document:#}")
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
