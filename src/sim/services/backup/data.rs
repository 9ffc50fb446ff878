//! What there is to back up: volumes, tables, buckets of an account, as far as AWS Backup sees them.
//!
//! In: what a world is given, by its file or by an act. Out: [`Data`] by ARN. Absent: the services that hold the data; a
//! simulated world has none of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::resource_types;
use super::state::{State, Tags};

/// A resource with data in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Data {
    /// Its type, where the ARN does not say it: `DocumentDB`, `Neptune`.
    pub(crate) kind: Option<String>,
    pub(crate) tags: Tags,
    pub(crate) bytes: i64,
    /// ARN of the customer's key that encrypts it, if one does.
    pub(crate) key: Option<String>,
}

/// By Region, then by account, then by ARN.
pub(crate) type Everything = BTreeMap<String, BTreeMap<String, BTreeMap<String, Data>>>;

impl Data {
    /// The type of the resource at an ARN; `None` if AWS Backup knows none.
    pub(super) fn kind(&self, arn: &str) -> Option<&'static resource_types::Type> {
        match &self.kind {
            Some(name) => resource_types::named(name),
            None => resource_types::of(arn),
        }
    }
}

impl State {
    /// The resource at an ARN of an account in a Region.
    pub(super) fn data_at(&self, account: &str, region: &str, arn: &str) -> Option<&Data> {
        self.data.get(region)?.get(account)?.get(arn)
    }

    /// Every resource of an account in a Region, by ARN.
    pub(super) fn data_of(&self, account: &str, region: &str) -> impl Iterator<Item = (&String, &Data)> {
        self.data.get(region).and_then(|accounts| accounts.get(account)).into_iter().flatten()
    }

    /// Puts a resource of a type and a name there, or changes it. False: AWS Backup knows no such type.
    pub(crate) fn put_named(
        &mut self,
        (account, region): (&str, &str),
        (kind, name): (&str, &str),
        tags: Tags,
        bytes: i64,
    ) -> bool {
        let Some(kind) = resource_types::named(kind) else { return false };
        let arn = kind.resource(region, account, name);
        self.put_data(account, region, arn, Data { kind: Some(kind.name.clone()), tags, bytes, key: None });
        true
    }

    /// Puts a resource there, or changes it.
    pub(super) fn put_data(&mut self, account: &str, region: &str, arn: String, data: Data) {
        let accounts = self.data.entry(region.to_owned()).or_default();
        accounts.entry(account.to_owned()).or_default().insert(arn, data);
    }
}
