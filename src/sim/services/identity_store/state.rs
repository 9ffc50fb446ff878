//! What identity stores hold: groups, users and who is in which group.
//!
//! In: changes by the operations of this folder and by Identity Center. Out: plain data that is saved with the world.
//! Absent: rules, passwords, devices.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Every identity store.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By id, e.g. `d-1234567890`.
    pub(crate) stores: BTreeMap<String, Store>,
}

/// Where the users and groups of a store come from
/// (<https://docs.aws.amazon.com/singlesignon/latest/userguide/manage-your-identity-source.html>).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The store itself.
    #[default]
    IdentityCenter,
    /// An external identity provider, which provisions by SCIM.
    ExternalProvider,
    /// Active Directory.
    ActiveDirectory,
}

/// One identity store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Store {
    pub(crate) id: String,
    /// The account of its Identity Center instance.
    pub(crate) owner: String,
    /// The Region of that instance.
    pub(crate) region: String,
    #[serde(default)]
    pub(crate) source: Source,
    /// By group id.
    pub(crate) groups: BTreeMap<String, Group>,
    /// By user id.
    pub(crate) users: BTreeMap<String, User>,
    /// By membership id.
    pub(crate) memberships: BTreeMap<String, Membership>,
}

/// When and by whom something was made and changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct History {
    pub(crate) created: Timestamp,
    pub(crate) created_by: String,
    pub(crate) updated: Timestamp,
    pub(crate) updated_by: String,
    /// Grows with each change.
    pub(crate) revision: u64,
}

/// A group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Group {
    /// `DisplayName`, `Description`, `ExternalIds`, as the model names them.
    pub(crate) attributes: Map<String, Value>,
    pub(crate) history: History,
}

/// A user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    /// The attributes by the model's names, e.g. `UserName`, `Name`, `Emails`.
    pub(crate) attributes: Map<String, Value>,
    pub(crate) history: History,
}

/// A user in a group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Membership {
    pub(crate) group: String,
    pub(crate) user: String,
    pub(crate) history: History,
}

impl Store {
    /// An empty store.
    pub(crate) fn new(id: &str, owner: &str, region: &str) -> Self {
        Self {
            id: id.to_owned(),
            owner: owner.to_owned(),
            region: region.to_owned(),
            source: Source::default(),
            groups: BTreeMap::new(),
            users: BTreeMap::new(),
            memberships: BTreeMap::new(),
        }
    }

    /// The ARN, which names no Region.
    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:identitystore::{}:identitystore/{}", self.owner, self.id)
    }

    /// The id of the group of a name; names are unique whatever their case.
    pub(crate) fn group_named(&self, name: &str) -> Option<&String> {
        holder(self.groups.iter().map(|(id, group)| (id, &group.attributes)), "DisplayName", name)
    }

    /// The id of the user of a name.
    pub(crate) fn user_named(&self, name: &str) -> Option<&String> {
        holder(self.users.iter().map(|(id, user)| (id, &user.attributes)), "UserName", name)
    }
}

fn holder<'a>(
    mut all: impl Iterator<Item = (&'a String, &'a Map<String, Value>)>,
    attribute: &str,
    value: &str,
) -> Option<&'a String> {
    let same = |attributes: &Map<String, Value>| {
        attributes.get(attribute).and_then(Value::as_str).is_some_and(|own| own.eq_ignore_ascii_case(value))
    };
    all.find(|(_, attributes)| same(attributes)).map(|(id, _)| id)
}

impl History {
    /// Something made now.
    pub(crate) fn begun(by: &str, now: Timestamp) -> Self {
        Self { created: now, created_by: by.to_owned(), updated: now, updated_by: by.to_owned(), revision: 1 }
    }

    /// Something changed now.
    pub(crate) fn change(&mut self, by: &str, now: Timestamp) {
        self.updated = now;
        by.clone_into(&mut self.updated_by);
        self.revision += 1;
    }
}
