//! The section `stack_sets`, key by key, and the words that only it has.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::Located;
use super::content::Text;
use super::read::{Read, Reader, nearest, section};
use super::sections::Tags;
use super::security::PurposeWord;
use super::words::KeyRegions;
use crate::spec::node::Node;

section! {
    /// What stands in every account of some units, by a service-managed CloudFormation stack set.
    StackSetSection {
        /// A path beside this document, or the template itself.
        template: Located<Text> = required,
        /// What it is about.
        description: Located<String>,
        /// What the template takes, each a text.
        parameters: Tags,
        /// What the template may make: `iam`, `named_iam`, `auto_expand`.
        capabilities: Vec<Located<CapabilityWord>>,
        /// Paths of units (every account below), or `root`. All of them: from others the
        /// stacks are withdrawn, which needs a consent. The management account is never
        /// deployed to.
        targets: Vec<Located<String>> = required,
        /// `governed` (unless said), or a list of Regions. One that is left out stays as it is.
        regions: Located<KeyRegions>,
        /// Whether accounts that come into a target get the stacks by themselves; `true`
        /// unless said.
        auto_deployment: Located<bool>,
        /// Whether stacks stay in accounts that leave a target.
        retain: Located<bool>,
        /// The account that manages it, by its name under `accounts`; the management account
        /// unless said.
        administrator: Located<String>,
        /// What it is for: `preventive`, `proactive`, `detective` or `responsive`.
        purpose: Located<PurposeWord>,
        /// Tags of the stack set and of what it makes, in full.
        tags: Tags,
    }
}

/// All stack sets.
pub(crate) type StackSets = BTreeMap<Located<String>, StackSetSection>;

const CAPABILITIES: &[(&str, &str)] = &[
    ("iam", "CAPABILITY_IAM"),
    ("named_iam", "CAPABILITY_NAMED_IAM"),
    ("auto_expand", "CAPABILITY_AUTO_EXPAND"),
];

/// A capability, in AWS's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CapabilityWord(pub(crate) &'static str);

impl Read for CapabilityWord {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let word = String::read(node, reader)?;
        let found = CAPABILITIES.iter().find(|(known, _)| *known == word);
        if found.is_none() {
            let known = || CAPABILITIES.iter().map(|(known, _)| *known);
            let near = nearest(&word, known());
            let hint = near.map_or_else(
                || format!("wanted is one of {}", known().collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            reader.invalid(node, &format!("`{word}` is no capability; {hint}"));
        }
        found.map(|(_, name)| Self(name))
    }
}

impl JsonSchema for CapabilityWord {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Capability".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<&str> = CAPABILITIES.iter().map(|(known, _)| *known).collect();
        json_schema!({ "type": "string", "enum": words })
    }
}
