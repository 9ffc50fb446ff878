//! What IAM keeps for an account as a whole: alias, password policy, summary; and the empty lists of users and groups.
//!
//! Sources: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html>,
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html> (defaults),
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>.

use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::paging::page;

pub(super) fn create_alias(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let alias = request.required("AccountAlias");
    let account = request.caller.account.as_str();
    // An alias is unique across all of AWS.
    if world
        .iam
        .accounts
        .iter()
        .any(|(id, other)| id != account && other.alias.as_deref() == Some(alias))
    {
        return Err(AwsError::new(
            "EntityAlreadyExists",
            format!("The account alias {alias} already exists."),
        ));
    }
    // An account has one alias: a new one replaces the old one.
    world.iam.account_mut(account).alias = Some(alias.to_owned());
    Ok(json!({}))
}

pub(super) fn delete_alias(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let alias = request.required("AccountAlias");
    let account = world.iam.account_mut(&request.caller.account);
    if account.alias.as_deref() != Some(alias) {
        return Err(AwsError::new(
            "NoSuchEntity",
            format!("The account alias {alias} cannot be found."),
        ));
    }
    account.alias = None;
    Ok(json!({}))
}

pub(super) fn list_aliases(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let alias = world.iam.account_mut(&request.caller.account).alias.clone();
    page(
        request,
        "AccountAliases",
        alias
            .into_iter()
            .map(|alias| (alias.clone(), json!(alias)))
            .collect(),
    )
}

/// Members of the password policy and the value each falls back to when a request leaves it out.
const PASSWORD_DEFAULTS: [(&str, Option<i64>); 8] = [
    ("MinimumPasswordLength", Some(6)),
    ("RequireSymbols", None),
    ("RequireNumbers", None),
    ("RequireUppercaseCharacters", None),
    ("RequireLowercaseCharacters", None),
    ("AllowUsersToChangePassword", None),
    ("HardExpiry", None),
    ("ExpirePasswords", None),
];

fn no_password_policy(account: &str) -> AwsError {
    AwsError::new(
        "NoSuchEntity",
        format!("The Password Policy with domain name {account} cannot be found."),
    )
}

pub(super) fn update_password_policy(
    world: &mut World,
    request: &Request,
) -> Result<Value, AwsError> {
    let mut policy = Map::new();
    for (member, default) in PASSWORD_DEFAULTS {
        let default = default.map_or(json!(false), |number| json!(number));
        policy.insert(
            member.to_owned(),
            request.input.get(member).cloned().unwrap_or(default),
        );
    }
    for member in ["MaxPasswordAge", "PasswordReusePrevention"] {
        if let Some(value) = request.input.get(member) {
            policy.insert(member.to_owned(), value.clone());
        }
    }
    policy.insert(
        "ExpirePasswords".to_owned(),
        json!(policy.contains_key("MaxPasswordAge")),
    );
    world
        .iam
        .account_mut(&request.caller.account)
        .password_policy = Some(policy);
    Ok(json!({}))
}

pub(super) fn get_password_policy(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = &request.caller.account;
    let policy = world.iam.account_mut(account).password_policy.clone();
    policy
        .map(|policy| json!({ "PasswordPolicy": policy }))
        .ok_or_else(|| no_password_policy(account))
}

pub(super) fn delete_password_policy(
    world: &mut World,
    request: &Request,
) -> Result<Value, AwsError> {
    let account = &request.caller.account;
    let policy = world.iam.account_mut(account).password_policy.take();
    policy
        .map(|_| json!({}))
        .ok_or_else(|| no_password_policy(account))
}

pub(super) fn list_users(_: &mut World, request: &Request) -> Result<Value, AwsError> {
    page(request, "Users", Vec::new())
}

pub(super) fn list_groups(_: &mut World, request: &Request) -> Result<Value, AwsError> {
    page(request, "Groups", Vec::new())
}

pub(super) fn summary(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = world.iam.account_mut(&request.caller.account);
    let in_use: usize = account
        .policies
        .values()
        .map(|policy| policy.versions.len())
        .sum();
    let summary = json!({
        "AccessKeysPerUserQuota": 2,
        "AccountAccessKeysPresent": 0,
        "AccountMFAEnabled": 0,
        "AccountPasswordPresent": 1,
        "AccountSigningCertificatesPresent": 0,
        "AssumeRolePolicySizeQuota": 2048,
        "AttachedPoliciesPerGroupQuota": 10,
        "AttachedPoliciesPerRoleQuota": 10,
        "AttachedPoliciesPerUserQuota": 10,
        "GlobalEndpointTokenVersion": 1,
        "GroupPolicySizeQuota": 5120,
        "Groups": 0,
        "GroupsPerUserQuota": 10,
        "GroupsQuota": 300,
        "InstanceProfiles": 0,
        "InstanceProfilesQuota": 1000,
        "MFADevices": 0,
        "MFADevicesInUse": 0,
        "Policies": account.policies.len(),
        "PoliciesQuota": 1500,
        "PolicySizeQuota": 6144,
        "PolicyVersionsInUse": in_use,
        "PolicyVersionsInUseQuota": 10000,
        "Providers": 0,
        "RolePolicySizeQuota": 10240,
        "Roles": account.roles.len(),
        "RolesQuota": 1000,
        "ServerCertificates": 0,
        "ServerCertificatesQuota": 20,
        "SigningCertificatesPerUserQuota": 2,
        "UserPolicySizeQuota": 2048,
        "Users": 0,
        "UsersQuota": 5000,
        "VersionsPerPolicyQuota": 5,
    });
    Ok(json!({ "SummaryMap": summary }))
}
