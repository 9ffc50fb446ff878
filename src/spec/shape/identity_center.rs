//! The section `identity_center`, key by key, and the words that only it has.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::Located;
use super::content::Content;
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
        /// A path beside this document, the policy itself, or `none` to have none.
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
        /// Paths of units (every account below), names of accounts, `root`, `management`; or the id of an
        /// account that the document does not name.
        targets: Vec<Located<String>> = required,
    }
}

/// The word that takes something away.
const NOTHING: &str = "none";

/// An inline policy or none.
#[derive(Debug, Clone)]
pub(crate) enum InlineWord {
    /// None.
    Nothing,
    /// This one, written here or in a file.
    Document(Located<Content>),
}

impl Read for InlineWord {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::Text(text) if text == NOTHING => Some(Self::Nothing),
            _ => Content::read(node, reader).map(|value| Self::Document(Located { value, span: node.span })),
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
        json_schema!({ "type": ["string", "object"] })
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
