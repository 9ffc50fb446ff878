//! Roles: create, read, change, delete.
//!
//! Sources: the IAM API reference page of each operation,
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html>, and the quotas of
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::document::{Document, Kind};
use super::paging::page;
use super::state::Role;
use super::tags::{add_tags, tags};
use super::{managed_policies, principals, queries, render};

/// Default quotas of an account.
const ROLES_PER_ACCOUNT: usize = 1000;
const TRUST_SIZE: usize = 2048;
/// The session length of a role that names none, in seconds.
const HOUR: i64 = 3600;

pub(super) fn no_role(name: &str) -> AwsError {
    AwsError::new("NoSuchEntity", format!("The role with name {name} cannot be found."))
}

/// The role of the request's account that `RoleName` names.
pub(super) fn named<'w>(world: &'w World, request: &Request) -> Result<&'w Role, AwsError> {
    let name = request.required("RoleName");
    world.iam.role(&request.caller.account, name).ok_or_else(|| no_role(name))
}

/// The same, to change it. Service-linked roles are refused: only their service changes them.
pub(super) fn changeable<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut Role, AwsError> {
    let name = request.required("RoleName");
    let account = world.iam.account_mut(&request.caller.account);
    let role = account.roles.get_mut(name).ok_or_else(|| no_role(name))?;
    // Roles under this path are Identity Center's
    // (https://docs.aws.amazon.com/singlesignon/latest/userguide/troubleshooting.html).
    if role.linked_service.is_some() || role.path.starts_with("/aws-reserved/") {
        return Err(protected(name));
    }
    Ok(role)
}

fn protected(name: &str) -> AwsError {
    let words = format!(
        "Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
    );
    AwsError::new("UnmodifiableEntity", words)
}

/// A trust policy that IAM would take.
fn checked_trust(world: &World, text: &str) -> Result<(), AwsError> {
    let malformed = |words: String| AwsError::new("MalformedPolicyDocument", words);
    let document = Document::parse(text, Kind::Trust).map_err(|error| malformed(error.0))?;
    if let Some((kind, name)) = principals::unknown(world, &document) {
        return Err(malformed(format!(
            "Invalid principal in policy: \"{}\":\"{name}\"",
            kind.to_ascii_uppercase()
        )));
    }
    if text.chars().filter(|c| !c.is_whitespace()).count() > TRUST_SIZE {
        return Err(AwsError::new(
            "LimitExceeded",
            format!("Cannot exceed quota for ACLSizePerRole: {TRUST_SIZE}"),
        ));
    }
    Ok(())
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let name = request.required("RoleName");
    let path = request.text("Path").unwrap_or("/");
    let trust = request.required("AssumeRolePolicyDocument");
    checked_trust(world, trust)?;
    let tags = tags(request)?;
    let boundary = request.text("PermissionsBoundary").map(str::to_owned);
    if let Some(boundary) = &boundary {
        managed_policies::must_be_attachable(world, &request.caller.account, boundary)?;
    }
    let account = world.iam.account_mut(&request.caller.account);
    // Role names are unique in an account whatever their case and path.
    if account.roles.keys().any(|known| known.eq_ignore_ascii_case(name)) {
        return Err(AwsError::new("EntityAlreadyExists", format!("Role with name {name} already exists.")));
    }
    if account.roles.len() >= ROLES_PER_ACCOUNT {
        let words = format!("Cannot exceed quota for RolesPerAccount: {ROLES_PER_ACCOUNT}");
        return Err(AwsError::new("LimitExceeded", words));
    }
    let mut role = Role {
        path: path.to_owned(),
        name: name.to_owned(),
        id: format!("AROA{}", world.ids.upper(17)),
        arn: format!("arn:aws:iam::{}:role{path}{name}", request.caller.account),
        created: request.now,
        trust: trust.to_owned(),
        description: request.text("Description").map(str::to_owned),
        max_session: request.integer("MaxSessionDuration").unwrap_or(HOUR),
        boundary,
        tags: BTreeMap::new(),
        attached: Default::default(),
        inline: BTreeMap::new(),
        last_used: None,
        linked_service: None,
    };
    add_tags(&mut role.tags, tags)?;
    let answer = json!({ "Role": render::role(&role) });
    world.iam.account_mut(&request.caller.account).roles.insert(name.to_owned(), role);
    Ok(answer)
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    Ok(json!({ "Role": render::role(named(world, request)?) }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let prefix = request.text("PathPrefix").unwrap_or("/");
    let roles = world.iam.account_mut(&request.caller.account).roles.values();
    let items = roles
        .filter(|role| role.path.starts_with(prefix))
        .map(|role| (role.name.clone(), Value::Object(render::listed_role(role))))
        .collect();
    page(request, "Roles", items)
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let role = changeable(world, request)?;
    let conflict = |words: &str| Err(AwsError::new("DeleteConflict", words));
    if !role.attached.is_empty() {
        return conflict("Cannot delete entity, must detach all policies first.");
    }
    if !role.inline.is_empty() {
        return conflict("Cannot delete entity, must delete policies first.");
    }
    queries::remove_role(world, &request.caller.account, request.required("RoleName"));
    Ok(json!({}))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let role = changeable(world, request)?;
    if let Some(description) = request.text("Description") {
        role.description = Some(description.to_owned());
    }
    // A session length that is left out falls back to one hour, says the page of UpdateRole.
    role.max_session = request.integer("MaxSessionDuration").unwrap_or(HOUR);
    Ok(json!({}))
}

pub(super) fn update_description(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let role = changeable(world, request)?;
    role.description = Some(request.required("Description").to_owned());
    Ok(json!({ "Role": render::role(role) }))
}

pub(super) fn update_trust(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    named(world, request)?;
    let trust = request.required("PolicyDocument");
    checked_trust(world, trust)?;
    trust.clone_into(&mut changeable(world, request)?.trust);
    Ok(json!({}))
}

pub(super) fn put_boundary(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    named(world, request)?;
    let boundary = request.required("PermissionsBoundary");
    managed_policies::must_be_attachable(world, &request.caller.account, boundary)?;
    changeable(world, request)?.boundary = Some(boundary.to_owned());
    Ok(json!({}))
}

pub(super) fn delete_boundary(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    changeable(world, request)?.boundary = None;
    Ok(json!({}))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{MANAGEMENT, READ_S3, alone, element, organization, session, trust};
    use crate::sim::testing::ask;

    fn role(name: &str) -> serde_json::Value {
        let trust = trust(r#"{"Service":"controltower.amazonaws.com"}"#);
        json!({"RoleName": name, "Path": "/service-role/", "AssumeRolePolicyDocument": trust})
    }

    #[tokio::test(start_paused = true)]
    async fn a_role_is_created_under_its_path_and_shown_with_an_encoded_trust_policy() {
        let simulator = alone();
        let made = ask(&simulator, "iam", "CreateRole", role("AWSControlTowerAdmin")).await;
        assert_eq!(made.status, 200, "{}", made.text);
        let got = ask(&simulator, "iam", "GetRole", json!({"RoleName": "AWSControlTowerAdmin"})).await;
        assert_eq!(
            element(&got, "Arn"),
            format!("arn:aws:iam::{MANAGEMENT}:role/service-role/AWSControlTowerAdmin")
        );
        assert!(element(&got, "AssumeRolePolicyDocument").starts_with("%7B%22Version%22%3A%222012-10-17%22"));
        assert!(element(&got, "RoleId").starts_with("AROA"));
        assert_eq!(element(&got, "MaxSessionDuration"), "3600");
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_role_of_a_name_is_refused_whatever_its_case() {
        let simulator = alone();
        ask(&simulator, "iam", "CreateRole", role("Admin")).await;
        let again = ask(&simulator, "iam", "CreateRole", role("ADMIN")).await;
        assert_eq!((again.status, again.code().as_deref()), (409, Some("EntityAlreadyExists")));
        assert_eq!(element(&again, "Message"), "Role with name ADMIN already exists.");
    }

    #[tokio::test(start_paused = true)]
    async fn a_trust_policy_that_names_nobody_is_malformed() {
        let simulator = alone();
        let mut asked = role("R");
        asked["AssumeRolePolicyDocument"] =
            json!(trust(&format!(r#"{{"AWS":"arn:aws:iam::{MANAGEMENT}:role/Nobody"}}"#)));
        let refused = ask(&simulator, "iam", "CreateRole", asked).await;
        assert_eq!((refused.status, refused.code().as_deref()), (400, Some("MalformedPolicyDocument")));
        let words = format!(r#"Invalid principal in policy: "AWS":"arn:aws:iam::{MANAGEMENT}:role/Nobody""#);
        assert_eq!(element(&refused, "Message"), words);
        let absent = ask(&simulator, "iam", "GetRole", json!({"RoleName": "R"})).await;
        assert_eq!((absent.status, absent.code().as_deref()), (404, Some("NoSuchEntity")));
    }

    #[tokio::test(start_paused = true)]
    async fn a_role_goes_only_after_its_policies() {
        let simulator = alone();
        ask(&simulator, "iam", "CreateRole", role("R")).await;
        let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
        ask(&simulator, "iam", "AttachRolePolicy", json!({"RoleName": "R", "PolicyArn": arn})).await;
        ask(
            &simulator,
            "iam",
            "PutRolePolicy",
            json!({"RoleName": "R", "PolicyName": "p", "PolicyDocument": READ_S3}),
        )
        .await;
        let first = ask(&simulator, "iam", "DeleteRole", json!({"RoleName": "R"})).await;
        assert_eq!(
            (first.status, element(&first, "Message").as_str()),
            (409, "Cannot delete entity, must detach all policies first.")
        );
        ask(&simulator, "iam", "DetachRolePolicy", json!({"RoleName": "R", "PolicyArn": arn})).await;
        let second = ask(&simulator, "iam", "DeleteRole", json!({"RoleName": "R"})).await;
        assert_eq!(element(&second, "Message"), "Cannot delete entity, must delete policies first.");
        ask(&simulator, "iam", "DeleteRolePolicy", json!({"RoleName": "R", "PolicyName": "p"})).await;
        assert_eq!(ask(&simulator, "iam", "DeleteRole", json!({"RoleName": "R"})).await.code(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn an_update_keeps_the_description_and_resets_the_session_length_it_leaves_out() {
        let simulator = alone();
        ask(&simulator, "iam", "CreateRole", role("R")).await;
        let both = json!({"RoleName": "R", "Description": "d", "MaxSessionDuration": 7200});
        assert_eq!(ask(&simulator, "iam", "UpdateRole", both).await.code(), None);
        let long = ask(&simulator, "iam", "GetRole", json!({"RoleName": "R"})).await;
        assert_eq!(element(&long, "MaxSessionDuration"), "7200");
        ask(&simulator, "iam", "UpdateRole", json!({"RoleName": "R"})).await;
        let short = ask(&simulator, "iam", "GetRole", json!({"RoleName": "R"})).await;
        assert_eq!(
            (element(&short, "MaxSessionDuration").as_str(), element(&short, "Description").as_str()),
            ("3600", "d")
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_does_not_see_the_roles_of_another() {
        let (simulator, member) = organization().await;
        let inside = session(&simulator, &member).await;
        inside.ask(&simulator, "iam", "CreateRole", role("Inside")).await;
        let outside = ask(&simulator, "iam", "GetRole", json!({"RoleName": "Inside"})).await;
        assert_eq!(outside.code().as_deref(), Some("NoSuchEntity"));
        assert_eq!(
            inside.ask(&simulator, "iam", "GetRole", json!({"RoleName": "Inside"})).await.code(),
            None
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_pages_of_a_list_hold_every_role_once() {
        let simulator = alone();
        for number in 0..7 {
            ask(&simulator, "iam", "CreateRole", role(&format!("R{number}"))).await;
        }
        let mut names = Vec::new();
        let mut marker = String::new();
        loop {
            let mut asked = json!({"MaxItems": 3});
            if !marker.is_empty() {
                asked["Marker"] = json!(marker);
            }
            let page = ask(&simulator, "iam", "ListRoles", asked).await;
            names.extend(
                page.text
                    .split("<RoleName>")
                    .skip(1)
                    .filter_map(|rest| rest.split('<').next().map(str::to_owned)),
            );
            marker = element(&page, "Marker");
            assert_eq!(marker.is_empty(), element(&page, "IsTruncated") == "false");
            if marker.is_empty() {
                break;
            }
        }
        assert_eq!(names, ["R0", "R1", "R2", "R3", "R4", "R5", "R6"]);
    }
}
