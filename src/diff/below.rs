//! Leaves that the live tree adds: the accounts below a unit.
//!
//! In: a resource whose key `GROUP_below` lists units, and a snapshot. Out: a leaf with
//! the account's id for each account that was seen below them and that the document
//! does not place itself. Those that it places are leaves of the resource already,
//! wherever they are now, so that an account which the plan moves is where it will be.

use serde_json::Value;

use crate::model::{Fields, Resource};
use crate::observe::Snapshot;

/// The leaves that the snapshot adds to a resource.
pub(super) fn leaves(resource: &Resource, snapshot: &Snapshot) -> Fields {
    let mut found = Fields::new();
    for (group, units) in resource.below() {
        let accounts = units.iter().filter_map(|unit| snapshot.facts.accounts_below.get(unit)).flatten();
        found.extend(accounts.map(|(leaf, id)| (format!("{group}.{leaf}"), Value::String(id.clone()))));
    }
    found
}
