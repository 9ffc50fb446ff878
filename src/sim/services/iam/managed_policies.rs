//! Managed policies: the account's own and those of AWS.
//!
//! Sources: the IAM API reference page of each operation
//! (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html> and its neighbours); quota: 6,144 characters
//! without white space (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::aws_managed::{self, AwsPolicy};
use super::document::{Document, Kind};
use super::paging::page;
use super::render;
use super::role_policies::size;
use super::state::{Account, ManagedPolicy, Version};
use super::tags::{add_tags, tags};

const POLICY_SIZE: usize = 6144;

/// The name in a policy's ARN.
pub(super) fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}

/// The path in a policy's ARN, e.g. `/service-role/`.
pub(super) fn path_of(arn: &str) -> &str {
    let after = arn.split_once(":policy").map_or("/", |(_, rest)| rest);
    after
        .rfind('/')
        .and_then(|at| after.get(..=at))
        .unwrap_or("/")
}

fn not_found(arn: &str) -> AwsError {
    AwsError::new("NoSuchEntity", format!("Policy {arn} was not found."))
}

pub(super) fn valid(arn: &str) -> Result<&str, AwsError> {
    if arn.starts_with("arn:aws:iam::") && arn.contains(":policy/") {
        return Ok(arn);
    }
    Err(AwsError::new(
        "InvalidInput",
        format!("ARN {arn} is not valid."),
    ))
}

/// Refuses a policy that cannot be attached to a role of `account`.
pub(super) fn must_be_attachable(world: &World, account: &str, arn: &str) -> Result<(), AwsError> {
    valid(arn)?;
    let own = world
        .iam
        .accounts
        .get(account)
        .is_some_and(|account| account.policies.contains_key(arn));
    match aws_managed::find(arn) {
        _ if own => Ok(()),
        Some(policy) if policy.attachable => Ok(()),
        Some(_) => Err(AwsError::new(
            "PolicyNotAttachable",
            format!("Cannot attach a Service Role Policy to a Customer Role: {arn}"),
        )),
        None => Err(AwsError::new(
            "NoSuchEntity",
            format!("Policy {arn} does not exist or is not attachable."),
        )),
    }
}

pub(super) fn own<'w>(
    world: &'w mut World,
    request: &Request,
) -> Result<&'w mut ManagedPolicy, AwsError> {
    let arn = valid(request.required("PolicyArn"))?;
    if aws_managed::find(arn).is_some() {
        // Only AWS changes its managed policies; IAM answers AccessDenied whatever the caller's rights are.
        let words = format!("Policy {arn} is managed by AWS and cannot be changed.");
        return Err(AwsError::new("AccessDenied", words).status(403));
    }
    world
        .iam
        .account_mut(&request.caller.account)
        .policies
        .get_mut(arn)
        .ok_or_else(|| not_found(arn))
}

pub(super) fn checked(document: &str) -> Result<(), AwsError> {
    Document::parse(document, Kind::Identity)
        .map_err(|e| AwsError::new("MalformedPolicyDocument", e.0))?;
    if size(document) > POLICY_SIZE {
        return Err(AwsError::new(
            "LimitExceeded",
            format!("Cannot exceed quota for PolicySize: {POLICY_SIZE}"),
        ));
    }
    Ok(())
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (name, path) = (
        request.required("PolicyName"),
        request.text("Path").unwrap_or("/"),
    );
    let document = request.required("PolicyDocument");
    checked(document)?;
    let mut policy = ManagedPolicy {
        name: name.to_owned(),
        path: path.to_owned(),
        id: format!("ANPA{}", world.ids.upper(17)),
        arn: format!("arn:aws:iam::{}:policy{path}{name}", request.caller.account),
        description: request.text("Description").map(str::to_owned),
        created: request.now,
        updated: request.now,
        tags: BTreeMap::new(),
        default_version: 1,
        next_version: 2,
        versions: BTreeMap::from([(
            1,
            Version {
                document: document.to_owned(),
                created: request.now,
            },
        )]),
    };
    add_tags(&mut policy.tags, tags(request)?)?;
    let account = world.iam.account_mut(&request.caller.account);
    // Policy names are unique in an account whatever their case and path.
    if account
        .policies
        .values()
        .any(|known| known.name.eq_ignore_ascii_case(name))
    {
        let words =
            format!("A policy called {name} already exists. Duplicate names are not allowed.");
        return Err(AwsError::new("EntityAlreadyExists", words));
    }
    let answer = json!({ "Policy": render::policy(&policy, 0, 0, true) });
    account.policies.insert(policy.arn.clone(), policy);
    Ok(answer)
}

/// A policy of AWS as IAM shows it; AWS's own dates are not kept, so all carry the beginning of IAM's API, 2010-05-08.
fn aws_policy(policy: &AwsPolicy, account: &Account) -> Value {
    let published = Timestamp::from_second(1_273_276_800).map_or(0.0, epoch);
    json!({
        "PolicyName": policy.name,
        "PolicyId": aws_policy_id(&policy.name),
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.version,
        "AttachmentCount": account.attachments(&policy.arn),
        "PermissionsBoundaryUsageCount": account.boundaries(&policy.arn),
        "IsAttachable": policy.attachable,
        "CreateDate": published,
        "UpdateDate": published,
    })
}

/// A stable unique id of AWS's form: `ANPA` and 17 letters or digits.
fn aws_policy_id(name: &str) -> String {
    let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, name.as_bytes());
    let hexadecimal = id.simple().to_string().to_ascii_uppercase();
    format!("ANPA{}", hexadecimal.get(..17).unwrap_or_default())
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let arn = valid(request.required("PolicyArn"))?;
    let account = world.iam.account_mut(&request.caller.account);
    if let Some(policy) = aws_managed::find(arn) {
        return Ok(json!({ "Policy": aws_policy(&policy, account) }));
    }
    let policy = account.policies.get(arn).ok_or_else(|| not_found(arn))?;
    let rendered = render::policy(
        policy,
        account.attachments(arn),
        account.boundaries(arn),
        true,
    );
    Ok(json!({ "Policy": rendered }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let scope = request.text("Scope").unwrap_or("All");
    let prefix = request.text("PathPrefix").unwrap_or("/");
    let only_attached = request.boolean("OnlyAttached").unwrap_or(false);
    let boundaries_only = request.text("PolicyUsageFilter") == Some("PermissionsBoundary");
    let account = world.iam.account_mut(&request.caller.account);
    let shown = |arn: &str, path: &str| {
        let used = if boundaries_only {
            account.boundaries(arn)
        } else {
            account.attachments(arn)
        };
        path.starts_with(prefix) && (used > 0 || !only_attached)
    };
    let mut items: Vec<(String, Value)> = Vec::new();
    if scope != "Local" {
        let aws = aws_managed::all().filter(|policy| shown(&policy.arn, &policy.path));
        items.extend(aws.map(|policy| (policy.arn.clone(), aws_policy(&policy, account))));
    }
    if scope != "AWS" {
        let own = account
            .policies
            .values()
            .filter(|policy| shown(&policy.arn, &policy.path));
        items.extend(own.map(|policy| {
            let (attached, bounding) = (
                account.attachments(&policy.arn),
                account.boundaries(&policy.arn),
            );
            (
                policy.arn.clone(),
                render::policy(policy, attached, bounding, false),
            )
        }));
    }
    items.sort_by(|a, b| a.0.cmp(&b.0));
    page(request, "Policies", items)
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let versions = own(world, request)?.versions.len();
    let account = world.iam.account_mut(&request.caller.account);
    let arn = request.required("PolicyArn");
    if account.attachments(arn) > 0 || account.boundaries(arn) > 0 {
        return Err(AwsError::new(
            "DeleteConflict",
            "Cannot delete a policy attached to entities.",
        ));
    }
    if versions > 1 {
        let words = "This policy has more than one version. Before you delete a policy, you must delete the policy's \
                     versions. The default version is deleted with the policy.";
        return Err(AwsError::new("DeleteConflict", words));
    }
    account.policies.remove(arn);
    Ok(json!({}))
}

pub(super) fn list_entities(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let arn = valid(request.required("PolicyArn"))?;
    if aws_managed::find(arn).is_none() {
        own(world, request)?;
    }
    let wanted = matches!(request.text("EntityFilter"), None | Some("Role"));
    let prefix = request.text("PathPrefix").unwrap_or("/");
    let boundary = request.text("PolicyUsageFilter") == Some("PermissionsBoundary");
    let items = world
        .iam
        .account_mut(&request.caller.account)
        .roles
        .values()
        .filter(|role| {
            let used = if boundary {
                role.boundary.as_deref() == Some(arn)
            } else {
                role.attached.contains(arn)
            };
            wanted && used && role.path.starts_with(prefix)
        })
        .map(|role| {
            (
                role.name.clone(),
                json!({ "RoleName": role.name, "RoleId": role.id }),
            )
        })
        .collect();
    let mut answer = page(request, "PolicyRoles", items)?;
    for nobody in ["PolicyGroups", "PolicyUsers"] {
        answer[nobody] = json!([]);
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{alone, element};
    use super::{name_of, path_of};
    use crate::sim::testing::ask;

    #[test]
    fn name_and_path_are_read_from_the_arn() {
        assert_eq!(
            path_of("arn:aws:iam::aws:policy/service-role/X"),
            "/service-role/"
        );
        assert_eq!(path_of("arn:aws:iam::aws:policy/X"), "/");
        assert_eq!(name_of("arn:aws:iam::aws:policy/service-role/X"), "X");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_changes_a_policy_of_aws() {
        let simulator = alone();
        let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
        let refused = ask(&simulator, "iam", "DeletePolicy", json!({"PolicyArn": arn})).await;
        assert_eq!(
            (refused.status, refused.code().as_deref()),
            (403, Some("AccessDenied"))
        );
        let read = ask(
            &simulator,
            "iam",
            "GetPolicyVersion",
            json!({"PolicyArn": arn, "VersionId": "v1"}),
        )
        .await;
        assert!(element(&read, "Document").contains("%22Action%22%3A%22%2A%22"));
    }
}
