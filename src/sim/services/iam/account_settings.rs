//! What IAM keeps for an account as a whole: alias, password policy, summary; and the empty lists of users,
//! groups and instance profiles.
//!
//! Sources: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html>,
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html> (defaults),
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>.

use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::paging::page;
use super::roles::named;

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

pub(super) fn list_instance_profiles(_: &mut World, request: &Request) -> Result<Value, AwsError> {
    page(request, "InstanceProfiles", Vec::new())
}

pub(super) fn list_instance_profiles_for_role(
    world: &mut World,
    request: &Request,
) -> Result<Value, AwsError> {
    named(world, request)?;
    page(request, "InstanceProfiles", Vec::new())
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{alone, element};
    use crate::sim::testing::{ask, ask_as};

    #[tokio::test(start_paused = true)]
    async fn an_alias_is_unique_in_all_of_aws_and_a_new_one_replaces_the_old() {
        let simulator = alone();
        ask(
            &simulator,
            "iam",
            "CreateAccountAlias",
            json!({"AccountAlias": "acme"}),
        )
        .await;
        let taken = ask_as(
            &simulator,
            "999988887777",
            None,
            "iam",
            "CreateAccountAlias",
            json!({"AccountAlias": "acme"}),
        )
        .await;
        assert_eq!(
            (taken.status, taken.code().as_deref()),
            (409, Some("EntityAlreadyExists"))
        );
        ask(
            &simulator,
            "iam",
            "CreateAccountAlias",
            json!({"AccountAlias": "acme-2"}),
        )
        .await;
        let list = ask(&simulator, "iam", "ListAccountAliases", json!({})).await;
        assert!(list.text.contains("acme-2") && !list.text.contains("<member>acme</member>"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_password_policy_falls_back_to_defaults_for_what_a_request_leaves_out() {
        let simulator = alone();
        let none = ask(&simulator, "iam", "GetAccountPasswordPolicy", json!({})).await;
        assert_eq!(
            (none.status, none.code().as_deref()),
            (404, Some("NoSuchEntity"))
        );
        let strict =
            json!({"MinimumPasswordLength": 14, "RequireSymbols": true, "MaxPasswordAge": 90});
        ask(&simulator, "iam", "UpdateAccountPasswordPolicy", strict).await;
        ask(
            &simulator,
            "iam",
            "UpdateAccountPasswordPolicy",
            json!({"RequireNumbers": true}),
        )
        .await;
        let policy = ask(&simulator, "iam", "GetAccountPasswordPolicy", json!({})).await;
        assert_eq!(element(&policy, "MinimumPasswordLength"), "6");
        assert_eq!(element(&policy, "RequireSymbols"), "false");
        assert_eq!(element(&policy, "RequireNumbers"), "true");
        assert_eq!(element(&policy, "ExpirePasswords"), "false");
    }
}
