//! How IAM entities appear in answers: members of the model, documents percent-encoded as RFC 3986 says.
//!
//! In: state. Out: JSON by member names, timestamps as epoch seconds.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;

use super::state::{ManagedPolicy, Role, Version};

/// Everything but RFC 3986's unreserved characters, the encoding IAM documents for returned policies
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) fn encoded(document: &str) -> String {
    utf8_percent_encode(document, RESERVED).to_string()
}

pub(super) fn tags(tags: &BTreeMap<String, String>) -> Value {
    tags.iter()
        .map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect()
}

/// A role as the list operations show it: without tags, boundary and last use.
pub(super) fn listed_role(role: &Role) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("Path".into(), json!(role.path));
    out.insert("RoleName".into(), json!(role.name));
    out.insert("RoleId".into(), json!(role.id));
    out.insert("Arn".into(), json!(role.arn));
    out.insert("CreateDate".into(), json!(epoch(role.created)));
    out.insert(
        "AssumeRolePolicyDocument".into(),
        json!(encoded(&role.trust)),
    );
    if let Some(description) = &role.description {
        out.insert("Description".into(), json!(description));
    }
    out.insert("MaxSessionDuration".into(), json!(role.max_session));
    out
}

/// A role in full.
pub(super) fn role(role: &Role) -> Value {
    let mut out = listed_role(role);
    if let Some(boundary) = &role.boundary {
        let kind = "PermissionsBoundaryPolicy";
        out.insert(
            "PermissionsBoundary".into(),
            json!({ "PermissionsBoundaryType": kind, "PermissionsBoundaryArn": boundary }),
        );
    }
    if !role.tags.is_empty() {
        out.insert("Tags".into(), tags(&role.tags));
    }
    let last_used = match &role.last_used {
        Some((at, region)) => json!({ "LastUsedDate": epoch(*at), "Region": region }),
        None => json!({}),
    };
    out.insert("RoleLastUsed".into(), last_used);
    Value::Object(out)
}

/// A customer managed policy. `whole` adds what the list operation leaves out: description and tags.
pub(super) fn policy(
    policy: &ManagedPolicy,
    attachments: usize,
    boundaries: usize,
    whole: bool,
) -> Value {
    let mut out = Map::new();
    out.insert("PolicyName".into(), json!(policy.name));
    out.insert("PolicyId".into(), json!(policy.id));
    out.insert("Arn".into(), json!(policy.arn));
    out.insert("Path".into(), json!(policy.path));
    out.insert(
        "DefaultVersionId".into(),
        json!(format!("v{}", policy.default_version)),
    );
    out.insert("AttachmentCount".into(), json!(attachments));
    out.insert("PermissionsBoundaryUsageCount".into(), json!(boundaries));
    out.insert("IsAttachable".into(), json!(true));
    out.insert("CreateDate".into(), json!(epoch(policy.created)));
    out.insert("UpdateDate".into(), json!(epoch(policy.updated)));
    if whole {
        if let Some(description) = &policy.description {
            out.insert("Description".into(), json!(description));
        }
        if !policy.tags.is_empty() {
            out.insert("Tags".into(), tags(&policy.tags));
        }
    }
    Value::Object(out)
}

/// One version of a managed policy; its document only where the model's operation returns it.
pub(super) fn version(number: u32, version: &Version, default: u32, with_document: bool) -> Value {
    let mut out = Map::new();
    if with_document {
        out.insert("Document".into(), json!(encoded(&version.document)));
    }
    out.insert("VersionId".into(), json!(format!("v{number}")));
    out.insert("IsDefaultVersion".into(), json!(number == default));
    out.insert("CreateDate".into(), json!(epoch(version.created)));
    Value::Object(out)
}
