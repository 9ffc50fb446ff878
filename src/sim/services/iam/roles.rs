//! Roles: create, read, change, tag, delete.
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
use super::{managed_policies, principals, render};

/// Default quotas of an account.
const ROLES_PER_ACCOUNT: usize = 1000;
const TRUST_SIZE: usize = 2048;
const TAGS: usize = 50;

pub(super) fn no_role(name: &str) -> AwsError {
    AwsError::new(
        "NoSuchEntity",
        format!("The role with name {name} cannot be found."),
    )
}

/// The role of the request's account that `RoleName` names.
pub(super) fn named<'w>(world: &'w World, request: &Request) -> Result<&'w Role, AwsError> {
    let name = request.required("RoleName");
    world
        .iam
        .role(&request.caller.account, name)
        .ok_or_else(|| no_role(name))
}

/// The same, to change it. Service-linked roles are refused: only their service changes them.
pub(super) fn changeable<'w>(
    world: &'w mut World,
    request: &Request,
) -> Result<&'w mut Role, AwsError> {
    let name = request.required("RoleName");
    let account = world.iam.account_mut(&request.caller.account);
    let role = account.roles.get_mut(name).ok_or_else(|| no_role(name))?;
    if role.linked_service.is_some() {
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

/// The tags of a request. IAM compares tag keys without regard to case.
pub(super) fn tags(request: &Request) -> Result<BTreeMap<String, String>, AwsError> {
    let mut tags = BTreeMap::new();
    for tag in request.list("Tags") {
        let part = |name: &str| {
            tag.get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let (key, value) = (part("Key"), part("Value"));
        if key.to_ascii_lowercase().starts_with("aws:") {
            let words = format!("Tag keys beginning with aws: are reserved: {key}");
            return Err(AwsError::new("InvalidInput", words));
        }
        if tags
            .keys()
            .any(|known: &String| known.eq_ignore_ascii_case(&key))
        {
            let words = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
            return Err(AwsError::new("InvalidInput", words));
        }
        tags.insert(key, value);
    }
    Ok(tags)
}

/// Adds tags within the quota of 50.
pub(super) fn add_tags(
    to: &mut BTreeMap<String, String>,
    more: BTreeMap<String, String>,
) -> Result<(), AwsError> {
    let mut all = to.clone();
    for (key, value) in more {
        all.retain(|known, _| !known.eq_ignore_ascii_case(&key));
        all.insert(key, value);
    }
    if all.len() > TAGS {
        let words = format!("The number of tags has reached the maximum limit: {TAGS}");
        return Err(AwsError::new("LimitExceeded", words));
    }
    *to = all;
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
    if account
        .roles
        .keys()
        .any(|known| known.eq_ignore_ascii_case(name))
    {
        return Err(AwsError::new(
            "EntityAlreadyExists",
            format!("Role with name {name} already exists."),
        ));
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
        max_session: request.integer("MaxSessionDuration").unwrap_or(3600),
        boundary,
        tags: BTreeMap::new(),
        attached: Default::default(),
        inline: BTreeMap::new(),
        last_used: None,
        linked_service: None,
    };
    add_tags(&mut role.tags, tags)?;
    let answer = json!({ "Role": render::role(&role) });
    world
        .iam
        .account_mut(&request.caller.account)
        .roles
        .insert(name.to_owned(), role);
    Ok(answer)
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    Ok(json!({ "Role": render::role(named(world, request)?) }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let prefix = request.text("PathPrefix").unwrap_or("/");
    let roles = world
        .iam
        .account_mut(&request.caller.account)
        .roles
        .values();
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
    world
        .iam
        .account_mut(&request.caller.account)
        .roles
        .remove(request.required("RoleName"));
    Ok(json!({}))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let role = changeable(world, request)?;
    // UpdateRole sets both: a member that is left out falls back to its default, except the description, which stays.
    if let Some(description) = request.text("Description") {
        role.description = Some(description.to_owned());
    }
    if let Some(seconds) = request.integer("MaxSessionDuration") {
        role.max_session = seconds;
    }
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

pub(super) fn tag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let tags = tags(request)?;
    add_tags(&mut changeable(world, request)?.tags, tags)?;
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let gone: Vec<&str> = request
        .list("TagKeys")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let role = changeable(world, request)?;
    role.tags
        .retain(|key, _| !gone.iter().any(|gone| gone.eq_ignore_ascii_case(key)));
    Ok(json!({}))
}

pub(super) fn list_tags(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let role = named(world, request)?;
    let items = role
        .tags
        .iter()
        .map(|(key, value)| (key.clone(), json!({ "Key": key, "Value": value })))
        .collect();
    page(request, "Tags", items)
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
