//! One thing as the document wants it.
//!
//! Only the fields that were said are present: an absent field means "leave
//! alone". Values may hold references to attributes of other resources (see
//! [`crate::model::reference`]).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::live::Fields;
use super::origin::Origin;

/// A desired resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Its stable name.
    pub address: Address,
    /// What it shall be, field by field.
    pub fields: Fields,
    /// What finds it in AWS and is not compared: natural keys such as the e-mail
    /// of an account, former names, the account a key lives in; and under `consent_as` the
    /// name that its consents go by, where one stands for several resources.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub keys: Fields,
    /// What a field starts from while it is not set in AWS: a policy's
    /// administration statement, the sections of a manifest that the document
    /// leaves unsaid, the parent AWS gives a new account. Never compared.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub at_creation: Fields,
    /// Groups of which the document lists every leaf (`targets`, say): a leaf that
    /// is live and not among `fields` is taken away by the rule's `surplus` verb.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub whole: BTreeSet<String>,
    /// How it comes into being: created when missing, only ever adopted, or removed.
    #[serde(default)]
    pub presence: Presence,
    /// The place in the documents that asks for it; none for what we add ourselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

impl Resource {
    /// Groups whose leaves are also the accounts below some units, wherever in the
    /// tree they are: the key `GROUP_below` lists the addresses of the units (and of
    /// the organization, for its root). Which accounts these are is known only from
    /// what is live; see `diff::below`.
    pub fn below(&self) -> impl Iterator<Item = (&str, Vec<Address>)> {
        self.keys.iter().filter_map(|(key, units)| {
            let group = key.strip_suffix("_below")?;
            let units = units.as_array()?.iter().filter_map(|unit| unit.as_str()?.parse().ok());
            Some((group, units.collect()))
        })
    }

    /// Groups whose leaves are also all the active accounts: the key `GROUP_everybody`
    /// says so; see `diff::below`.
    pub fn everybody(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().filter_map(|key| key.strip_suffix("_everybody"))
    }

    /// Whether a field is a leaf of a group to which what is live adds leaves.
    #[must_use]
    pub fn gathers(&self, field: &str) -> bool {
        let in_group = |group: &str| field.split_once('.').is_some_and(|(of, _)| of == group);
        self.everybody().any(in_group) || self.below().any(|(group, _)| in_group(group))
    }

    /// Whether a field is a leaf of a group that the document lists in full.
    #[must_use]
    pub fn lists_all_of(&self, field: &str) -> bool {
        field.split_once('.').is_some_and(|(group, _)| self.whole.contains(group))
    }
}

/// What to do about a resource's existence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Create it when it is missing.
    #[default]
    Ensure,
    /// It must exist already; a missing one is an error of the plan.
    Existing,
    /// It appears by the working of another resource (the Security unit of a 3.x
    /// landing zone); never created by us, and compared once it is there.
    MadeByAnother,
    /// Created only when a step that is planned anyway waits for it.
    OnDemand,
    /// It is named so that others can refer to it, and left as it is: neither created
    /// nor compared nor changed.
    LeftAlone,
    /// It shall go; needs a consent.
    Remove,
}
