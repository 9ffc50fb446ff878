//! The condition keys of a request.
//!
//! In: the world, a request, the ARN of what it is about. Out: [`Facts`]. A key is left out where AWS leaves it out.
//! Absent: keys of services that are not simulated.
//!
//! Global keys: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>; keys of the
//! services are columns of `actions.toml`.

use serde_json::Value;

use super::conditions::Facts;
use super::requirements::Row;
use crate::sim::request::Request;
use crate::sim::services::iam::queries::session_role;
use crate::sim::world::World;

/// A client of this process or this machine.
const LOCAL: &str = "127.0.0.1";

fn put(facts: &mut Facts, key: &str, values: impl IntoIterator<Item = impl Into<String>>) {
    let values: Vec<String> = values.into_iter().map(Into::into).collect();
    if !values.is_empty() {
        facts.insert(key.to_ascii_lowercase(), values);
    }
}

/// Everything that does not depend on the resource.
pub(super) fn of_request(world: &World, request: &Request, row: Option<&Row>) -> Facts {
    let mut facts = Facts::new();
    principal(world, request, &mut facts);
    put(&mut facts, "aws:RequestedRegion", [request.region.as_str()]);
    put(&mut facts, "aws:CurrentTime", [request.now.to_string()]);
    put(&mut facts, "aws:EpochTime", [request.now.as_second().to_string()]);
    put(&mut facts, "aws:SourceIp", [LOCAL]);
    // The simulator stands for AWS's endpoints, which speak TLS only.
    put(&mut facts, "aws:SecureTransport", ["true"]);
    put(&mut facts, "aws:ViaAWSService", ["false"]);
    put(&mut facts, "aws:PrincipalIsAWSService", ["false"]);
    if request.service == "kms" {
        put(&mut facts, "kms:CallerAccount", [request.caller.account.as_str()]);
    }
    if let Some(row) = row {
        for (key, member) in &row.keys {
            put(&mut facts, key, member_value(world, request, member));
        }
        request_tags(request, row.tags.as_deref(), &mut facts);
    }
    facts
}

/// `=` and a fixed value; `policy:` and a member with a policy id, whose type is meant; else a member.
fn member_value(world: &World, request: &Request, member: &str) -> Option<String> {
    if let Some(fixed) = member.strip_prefix('=') {
        return Some(fixed.to_owned());
    }
    if let Some(member) = member.strip_prefix("policy:") {
        let organization = world.organizations.of(&request.caller.account)?;
        return organization.policy_kind(request.text(member)?).map(str::to_owned);
    }
    match request.input.get(member)? {
        Value::String(text) => Some(text.clone()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        plain => Some(plain.to_string()),
    }
}

fn principal(world: &World, request: &Request, facts: &mut Facts) {
    let caller = &request.caller;
    let role = session_role(world, caller);
    let is_session = caller.arn.contains(":assumed-role/");
    let arn = role.map_or(caller.arn.as_str(), |role| role.arn.as_str());
    put(facts, "aws:PrincipalArn", [arn]);
    put(facts, "aws:PrincipalAccount", [caller.account.as_str()]);
    put(facts, "aws:PrincipalType", [if is_session { "AssumedRole" } else { "User" }]);
    put(facts, "aws:userid", [caller.user_id.as_str()]);
    if !is_session {
        put(facts, "aws:username", caller.arn.rsplit('/').next());
    }
    if let Some(organization) = world.organizations.of(&caller.account) {
        put(facts, "aws:PrincipalOrgID", [organization.id.as_str()]);
        put(facts, "aws:PrincipalOrgMasterAccountId", [organization.management.as_str()]);
        let paths = organization.parent_of(&caller.account).map(|parent| organization.path(parent));
        put(facts, "aws:PrincipalOrgPaths", paths);
    }
    for (key, value) in role.into_iter().flat_map(|role| &role.tags) {
        put(facts, &format!("aws:PrincipalTag/{key}"), [value.as_str()]);
    }
    if let Some(session) = world.sts.sessions.get(&caller.access_key) {
        for (key, value) in &session.tags {
            put(facts, &format!("aws:PrincipalTag/{key}"), [value.as_str()]);
        }
        put(facts, "aws:SourceIdentity", session.source_identity.as_deref());
    }
}

/// Tags come as a list of pairs, in KMS with longer names, in Control Tower as a map; keys alone as a list.
fn request_tags(request: &Request, member: Option<&str>, facts: &mut Facts) {
    let given = member.and_then(|member| request.input.get(member));
    let text = |value: &Value, names: [&str; 2]| {
        names.iter().find_map(|name| value.get(*name)).and_then(Value::as_str).map(str::to_owned)
    };
    let pairs: Vec<(String, Option<String>)> = match given {
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(|item| match item.as_str() {
                Some(key) => Some((key.to_owned(), None)),
                None => Some((text(item, ["Key", "TagKey"])?, text(item, ["Value", "TagValue"]))),
            })
            .collect(),
        Some(Value::Object(entries)) => {
            entries.iter().map(|(key, value)| (key.clone(), value.as_str().map(str::to_owned))).collect()
        }
        _ => return,
    };
    for (key, value) in &pairs {
        put(facts, &format!("aws:RequestTag/{key}"), value.clone());
    }
    put(facts, "aws:TagKeys", pairs.into_iter().map(|(key, _)| key));
}

/// What depends on the resource: its tags, its account, its place in the organization.
pub(super) fn of_resource(world: &World, request: &Request, arn: &str, facts: &mut Facts) {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let (service, owner, rest) = match parts.as_slice() {
        ["arn", _, service, _, owner, rest] => (*service, *owner, *rest),
        _ => ("", "", ""),
    };
    let owner = if owner.len() == 12 { owner } else { &request.caller.account };
    put(facts, "aws:ResourceAccount", [owner]);
    if let Some(organization) = world.organizations.of(owner) {
        put(facts, "aws:ResourceOrgID", [organization.id.as_str()]);
        let paths = organization.parent_of(owner).map(|parent| organization.path(parent));
        put(facts, "aws:ResourceOrgPaths", paths);
    }
    let id = rest.rsplit('/').next().unwrap_or_default();
    let tags = match service {
        "organizations" => world.organizations.of(&request.caller.account).and_then(|organization| {
            let unit = organization.units.get(id).map(|unit| &unit.tags);
            let account = organization.accounts.get(id).map(|account| &account.tags);
            let policy = organization.policies.get(id).map(|policy| &policy.tags);
            let root = (organization.root.id == id).then_some(&organization.root.tags);
            unit.or(account).or(policy).or(root)
        }),
        "iam" => world.iam.role(owner, id).filter(|role| role.arn == arn).map(|role| &role.tags),
        "backup" => world.backup.tags_of(arn),
        "kms" => parts.get(3).and_then(|region| world.kms.key(owner, region, id)).map(|key| &key.tags),
        _ => None,
    };
    if service == "kms" {
        put(
            facts,
            "kms:ResourceAliases",
            aliases(world, owner, parts.get(3).copied().unwrap_or_default(), id),
        );
    }
    for (key, value) in tags.into_iter().flatten() {
        put(facts, &format!("aws:ResourceTag/{key}"), [value.as_str()]);
        if service == "iam" {
            put(facts, &format!("iam:ResourceTag/{key}"), [value.as_str()]);
        }
    }
}

/// The aliases of a key in its own Region
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-resource-aliases>).
fn aliases(world: &World, owner: &str, region: &str, id: &str) -> Vec<String> {
    let there = world.kms.accounts.get(owner).and_then(|regions| regions.get(region));
    let named = there.into_iter().flat_map(|region| &region.aliases);
    named.filter(|(_, alias)| alias.target == id).map(|(name, _)| name.clone()).collect()
}
