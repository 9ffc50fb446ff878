//! The section `stack_sets`, key by key, and the words that only it has.

use std::collections::BTreeMap;

use super::Located;
use super::chosen::{Pair, chosen};
use super::content::Text;
use super::purpose::PurposeWord;
use super::read::section;
use super::sections::Tags;
use super::words::KeyRegions;

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

pub(crate) const CAPABILITIES: &[Pair] = &[
    ("iam", "CAPABILITY_IAM"),
    ("named_iam", "CAPABILITY_NAMED_IAM"),
    ("auto_expand", "CAPABILITY_AUTO_EXPAND"),
];

chosen! {
    /// What a template may make, in AWS's word.
    CapabilityWord, CAPABILITIES, "capability"
}
