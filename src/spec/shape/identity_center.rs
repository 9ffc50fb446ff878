//! The section `identity_center`, key by key, and the words that only it has.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value as Json};

use super::Located;
use super::read::{Read, Reader, section};
use super::sections::Tags;
use crate::spec::node::{Node, Value};

section! {
    /// IAM Identity Center: permission sets, groups and who works where.
    IdentityCenterSection {
        /// Permission sets by name.
        permission_sets: BTreeMap<Located<String>, PermissionSetSection>,
        /// Groups by display name. Who is in a group is not managed.
        groups: BTreeMap<Located<String>, GroupSection>,
        /// Who works with which permission set in which accounts.
        assignments: Vec<AssignmentSection>,
    }
}

section! {
    /// One permission set. What is changed is provisioned again where the set is assigned.
    PermissionSetSection {
        /// What it is for.
        description: Located<String>,
        /// How long a session lasts, from `PT1H` to `PT12H`.
        session_duration: Located<String>,
        /// The address that users are sent to.
        relay_state: Located<String>,
        /// ARNs of AWS-managed policies. Others are detached, which needs a consent.
        managed_policies: Vec<Located<String>>,
        /// Policies that each account has of its own, by name and path. Others are detached.
        customer_managed_policies: Vec<PolicyReferenceSection>,
        /// A policy document, or `none` to have none.
        inline_policy: Located<InlineWord>,
        /// The ARN of an AWS-managed policy, a name and path, or `none` to have none.
        permissions_boundary: Located<BoundaryWord>,
        /// Tags to have; others are left alone.
        tags: Tags,
    }
}

section! {
    /// A policy that each account has of its own.
    PolicyReferenceSection {
        /// Its name.
        name: Located<String> = required,
        /// Its path, `/` unless said.
        path: Located<String>,
    }
}

section! {
    /// One group.
    GroupSection {
        /// What it is for.
        description: Located<String>,
        /// Whether it comes from an identity provider outside AWS; it is then never created.
        existing: Located<bool>,
    }
}

section! {
    /// One permission set for one group or user, with all the places where it is assigned.
    AssignmentSection {
        /// The group, by its name under `groups`.
        group: Located<String>,
        /// Or the user, by user name. Users are not managed.
        user: Located<String>,
        /// The permission set, by its name under `permission_sets`.
        permission_set: Located<String> = required,
        /// Paths of units (every account below), names of accounts, `root`, `management`.
        targets: Vec<Located<String>> = required,
    }
}

/// The word that takes something away.
const NOTHING: &str = "none";

/// An inline policy or none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum InlineWord {
    /// None.
    Nothing,
    /// This one.
    Document(Json),
}

impl Read for InlineWord {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::Text(text) if text == NOTHING => Some(Self::Nothing),
            Value::Map(_) => Some(Self::Document(json(node))),
            _ => {
                reader.wrong(node, "a policy document or `none`");
                None
            }
        }
    }
}

impl JsonSchema for InlineWord {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "InlinePolicy".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "object" }, { "const": "none" }] })
    }
}

/// A value as JSON. A number that JSON does not have stays a text.
fn json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => {
            serde_json::from_str(number).unwrap_or_else(|_| Json::String(number.clone()))
        }
        Value::Text(text) => Json::String(text.clone()),
        Value::List(items) => Json::Array(items.iter().map(json).collect()),
        Value::Map(entries) => {
            let pairs = entries.iter().filter_map(|(key, value)| Some((key.text()?.to_owned(), json(value))));
            Json::Object(pairs.collect::<Map<_, _>>())
        }
    }
}

/// A permissions boundary or none.
#[derive(Debug, Clone)]
pub(crate) enum BoundaryWord {
    /// None.
    Nothing,
    /// An AWS-managed policy.
    Managed(String),
    /// A policy of the account.
    Customer(PolicyReferenceSection),
}

impl Read for BoundaryWord {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::Text(text) if text == NOTHING => Some(Self::Nothing),
            Value::Text(text) => Some(Self::Managed(text.clone())),
            Value::Map(_) => PolicyReferenceSection::read(node, reader).map(Self::Customer),
            _ => {
                reader.wrong(node, "a policy's ARN, a mapping with `name`, or `none`");
                None
            }
        }
    }
}

impl JsonSchema for BoundaryWord {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "PermissionsBoundary".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let own = generator.subschema_for::<PolicyReferenceSection>();
        json_schema!({ "anyOf": [{ "type": "string" }, own] })
    }
}
