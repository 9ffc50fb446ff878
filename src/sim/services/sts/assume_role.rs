//! AssumeRole: a session of a role, if the role's trust policy lets the caller in.
//!
//! Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>; trust policies:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>. Every caller is taken to
//! have `sts:AssumeRole` in its own account's policies, so only the trust policy decides.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::identity::Key;
use crate::sim::request::Request;
use crate::sim::services::iam::Role;
use crate::sim::services::iam::document::{Document, Kind};
use crate::sim::services::iam::evaluate::{Context, Question, Verdict, decide};
use crate::sim::services::iam::principals::is_account;
use crate::sim::services::iam::queries::principal_of;
use crate::sim::services::organizations::AccountState;
use crate::sim::world::World;

use super::sessions::{Session, in_open_region, issue};

/// The longest session of a role that was assumed from a role.
const CHAINED: i64 = 3600;
/// Session policies and tags together, in characters.
const PACKED: usize = 2048;
/// Managed session policies.
const POLICIES: usize = 10;

fn invalid(words: impl Into<String>) -> AwsError {
    AwsError::new("ValidationError", words).status(400)
}

fn denied(request: &Request, action: &str) -> AwsError {
    let (user, role) = (&request.caller.arn, request.required("RoleArn"));
    let words = format!("User: {user} is not authorized to perform: {action} on resource: {role}");
    AwsError::new("AccessDenied", words).status(403)
}

/// Account and name in a role's ARN.
fn parts(arn: &str) -> Option<(&str, &str)> {
    let (account, path) = arn.strip_prefix("arn:aws:iam::")?.split_once(":role/")?;
    let name = path.rsplit('/').next()?;
    (is_account(account) && !name.is_empty()).then_some((account, name))
}

/// Whether sessions can begin in an account: not in one that is suspended or closed.
fn is_open(world: &World, account: &str) -> bool {
    let member = world
        .organizations
        .of(account)
        .and_then(|organization| organization.accounts.get(account));
    member.is_none_or(|member| member.state == AccountState::Active)
}

/// The role of the request, if the caller may assume it. Whether the role is missing or does not trust the caller, the
/// answer is the same: STS tells nobody which roles exist.
fn trusted<'w>(world: &'w World, request: &Request) -> Result<&'w Role, AwsError> {
    let arn = request.required("RoleArn");
    let (account, name) = parts(arn).ok_or_else(|| invalid(format!("{arn} is invalid")))?;
    let role = world
        .iam
        .role(account, name)
        .filter(|role| role.arn == arn && is_open(world, account));
    let role = role.ok_or_else(|| denied(request, "sts:AssumeRole"))?;
    let principal = principal_of(world, &request.caller);
    let context = context(world, request, principal.arn());
    let document =
        Document::parse(&role.trust, Kind::Trust).map_err(|_| denied(request, "sts:AssumeRole"))?;
    for action in needed(request) {
        let question = Question {
            action,
            principal: &principal,
            context: &context,
        };
        if decide(&document, &question) != Verdict::Allowed {
            return Err(denied(request, action));
        }
    }
    Ok(role)
}

/// Tags and a source identity need permissions of their own in the trust policy
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>).
fn needed(request: &Request) -> impl Iterator<Item = &'static str> {
    let tags = (!request.list("Tags").is_empty()).then_some("sts:TagSession");
    let source = request
        .text("SourceIdentity")
        .map(|_| "sts:SetSourceIdentity");
    std::iter::once("sts:AssumeRole").chain(tags).chain(source)
}

/// What the simulator can vouch for in a trust policy's conditions.
fn context(world: &World, request: &Request, principal: &str) -> Context {
    let caller = &request.caller;
    let text = |member: &str| request.text(member).map(str::to_owned);
    let kind = if caller.arn.contains(":assumed-role/") {
        "AssumedRole"
    } else {
        "User"
    };
    let organization = world
        .organizations
        .of(&caller.account)
        .map(|organization| organization.id.clone());
    let known = [
        ("sts:externalid", text("ExternalId")),
        ("sts:rolesessionname", text("RoleSessionName")),
        ("sts:sourceidentity", text("SourceIdentity")),
        ("aws:principalaccount", Some(caller.account.clone())),
        ("aws:principalarn", Some(principal.to_owned())),
        ("aws:principalorgid", organization),
        ("aws:principaltype", Some(kind.to_owned())),
        ("aws:userid", Some(caller.user_id.clone())),
        ("aws:requestedregion", Some(request.region.clone())),
        // No simulated credential carries multi-factor authentication; AWS leaves the key out then.
        ("aws:multifactorauthpresent", None),
    ];
    known
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
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
        return Err(invalid(
            "The number of session policy ARNs exceeds the limit of 10.",
        ));
    }
    let mut tags = BTreeMap::new();
    for tag in request.list("Tags") {
        let (key, value) = (
            tag["Key"].as_str().unwrap_or_default(),
            tag["Value"].as_str().unwrap_or_default(),
        );
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            let words = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
            return Err(AwsError::new("InvalidParameterValue", words).status(400));
        }
    }
    let size = policy.as_ref().map_or(0, String::len)
        + arns.iter().map(String::len).sum::<usize>()
        + tags
            .iter()
            .map(|(key, value)| key.len() + value.len())
            .sum::<usize>();
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
    let (account, name) =
        parts(&role.arn).ok_or_else(|| AwsError::internal("a role has no ARN"))?;
    let (account, name) = (account.to_owned(), name.to_owned());
    let session_name = request.required("RoleSessionName");
    let key = Key {
        secret: String::new(),
        token: None,
        account: account.clone(),
        arn: format!("arn:aws:sts::{account}:assumed-role/{name}/{session_name}"),
        user_id: format!("{}:{session_name}", role.id),
        expires: None,
    };
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
