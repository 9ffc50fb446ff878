//! One thing as it was seen in AWS.
//!
//! Fields are what the document may speak of, in the same names and canonical
//! form as a [`crate::model::Resource`] states them; attributes are what AWS
//! assigned (ids, ARNs) and others refer to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Field names to canonical values. A name with dots is one leaf of a group,
/// e.g. `tags.owner` or `alternate_contacts.security`.
pub type Fields = BTreeMap<String, Value>;

/// What AWS assigned: `id`, `arn` and the like.
pub type Attributes = BTreeMap<String, String>;

/// A resource that exists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// What can be compared with the document.
    pub fields: Fields,
    /// What others may refer to.
    pub attributes: Attributes,
}

impl Live {
    /// An attribute by name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}
