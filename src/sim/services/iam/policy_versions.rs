//! Versions of managed policies: at most five, numbers never used twice.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html>.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::aws_managed::{self, AwsPolicy};
use super::managed_policies::{checked, own, valid};
use super::paging::page;
use super::render;
use super::state::Version;

const VERSIONS: usize = 5;

/// The version number of a `VersionId` like `v3`.
fn number(id: &str) -> Option<u32> {
    id.strip_prefix('v')?.parse().ok()
}

fn no_version(arn: &str, id: &str) -> AwsError {
    AwsError::new(
        "NoSuchEntity",
        format!("Policy {arn} version {id} does not exist or is not attachable."),
    )
}

pub(super) fn create_version(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let document = request.required("PolicyDocument");
    let policy = own(world, request)?;
    checked(document)?;
    if policy.versions.len() >= VERSIONS {
        let words = "A managed policy can have up to 5 versions. Before you create a new version, you must delete an \
                     existing version.";
        return Err(AwsError::new("LimitExceeded", words));
    }
    let version = Version {
        document: document.to_owned(),
        created: request.now,
    };
    let id = policy.next_version;
    policy.next_version += 1;
    policy.updated = request.now;
    if request.boolean("SetAsDefault").unwrap_or(false) {
        policy.default_version = id;
    }
    let answer = render::version(id, &version, policy.default_version, false);
    policy.versions.insert(id, version);
    Ok(json!({ "PolicyVersion": answer }))
}

pub(super) fn get_version(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (arn, id) = (
        valid(request.required("PolicyArn"))?,
        request.required("VersionId"),
    );
    if let Some(policy) = aws_managed::find(arn) {
        if policy.version != id {
            return Err(no_version(arn, id));
        }
        return Ok(json!({ "PolicyVersion": aws_version(&policy, true) }));
    }
    let policy = own(world, request)?;
    let (number, version) = number(id)
        .and_then(|number| policy.versions.get_key_value(&number))
        .ok_or_else(|| no_version(arn, id))?;
    Ok(json!({ "PolicyVersion": render::version(*number, version, policy.default_version, true) }))
}

/// The default version of an AWS managed policy. Its document is AWS's own for AdministratorAccess and an
/// abbreviation for every other policy.
fn aws_version(policy: &AwsPolicy, with_document: bool) -> Value {
    let mut out = Map::new();
    if with_document {
        let action = match policy.allows.as_slice() {
            [] => json!(["sts:GetCallerIdentity"]),
            [one] => json!(one),
            many => json!(many),
        };
        let statement = json!([{ "Effect": "Allow", "Action": action, "Resource": "*" }]);
        let document = json!({ "Version": "2012-10-17", "Statement": statement });
        out.insert(
            "Document".into(),
            json!(render::encoded(&document.to_string())),
        );
    }
    out.insert("VersionId".into(), json!(policy.version));
    out.insert("IsDefaultVersion".into(), json!(true));
    out.insert(
        "CreateDate".into(),
        json!(Timestamp::from_second(1_273_276_800).map_or(0.0, epoch)),
    );
    Value::Object(out)
}

pub(super) fn list_versions(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    if let Some(policy) = aws_managed::find(valid(request.required("PolicyArn"))?) {
        return page(
            request,
            "Versions",
            vec![(policy.version.clone(), aws_version(&policy, false))],
        );
    }
    let policy = own(world, request)?;
    let shown = |(number, version)| {
        let number: &u32 = number;
        (
            format!("{number:010}"),
            render::version(*number, version, policy.default_version, false),
        )
    };
    let items = policy.versions.iter().map(shown).collect();
    page(request, "Versions", items)
}

pub(super) fn delete_version(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (arn, id) = (request.required("PolicyArn"), request.required("VersionId"));
    let policy = own(world, request)?;
    let number = number(id)
        .filter(|number| policy.versions.contains_key(number))
        .ok_or_else(|| no_version(arn, id))?;
    if number == policy.default_version {
        return Err(AwsError::new(
            "DeleteConflict",
            "Cannot delete the default version of a policy.",
        ));
    }
    policy.versions.remove(&number);
    Ok(json!({}))
}

pub(super) fn set_default_version(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (arn, id) = (request.required("PolicyArn"), request.required("VersionId"));
    let policy = own(world, request)?;
    let number = number(id)
        .filter(|number| policy.versions.contains_key(number))
        .ok_or_else(|| no_version(arn, id))?;
    policy.default_version = number;
    policy.updated = request.now;
    Ok(json!({}))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{MANAGEMENT, READ_S3, alone, element};
    use crate::sim::testing::ask;

    #[tokio::test(start_paused = true)]
    async fn a_policy_has_five_versions_and_numbers_are_never_used_twice() {
        let simulator = alone();
        ask(
            &simulator,
            "iam",
            "CreatePolicy",
            json!({"PolicyName": "P", "PolicyDocument": READ_S3}),
        )
        .await;
        let arn = format!("arn:aws:iam::{MANAGEMENT}:policy/P");
        let next = json!({"PolicyArn": arn, "PolicyDocument": READ_S3});
        for _ in 0..4 {
            assert_eq!(
                ask(&simulator, "iam", "CreatePolicyVersion", next.clone())
                    .await
                    .code(),
                None
            );
        }
        let sixth = ask(&simulator, "iam", "CreatePolicyVersion", next.clone()).await;
        assert_eq!(sixth.code().as_deref(), Some("LimitExceeded"));
        let default = ask(
            &simulator,
            "iam",
            "DeletePolicyVersion",
            json!({"PolicyArn": arn, "VersionId": "v1"}),
        )
        .await;
        assert_eq!(
            (default.status, default.code().as_deref()),
            (409, Some("DeleteConflict"))
        );
        ask(
            &simulator,
            "iam",
            "DeletePolicyVersion",
            json!({"PolicyArn": arn, "VersionId": "v5"}),
        )
        .await;
        let made = ask(&simulator, "iam", "CreatePolicyVersion", next).await;
        assert_eq!(element(&made, "VersionId"), "v6");
        let whole = ask(&simulator, "iam", "DeletePolicy", json!({"PolicyArn": arn})).await;
        assert!(element(&whole, "Message").starts_with("This policy has more than one version."));
    }
}
