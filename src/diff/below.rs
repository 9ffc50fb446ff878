//! Leaves that the live tree adds: the accounts below a unit.
//!
//! In: a resource whose key `GROUP_below` lists units, and a snapshot. Out: a leaf with
//! the account's id for each account that was seen below them and that the document
//! does not place itself. Those that it places are leaves of the resource already,
//! wherever they are now, so that an account which the plan moves is where it will be.
//!
//! A key `GROUP_everybody` adds every active account instead, with its id and e-mail
//! address; the account that the resource lives in is not among them.

use serde_json::Value;

use crate::model::reference::{Reference, resolve};
use crate::model::{Fields, Resource};
use crate::observe::Snapshot;

/// The leaves that the snapshot adds to a resource.
pub(super) fn leaves(
    resource: &Resource,
    snapshot: &Snapshot,
    known: &dyn Fn(&Reference) -> Option<String>,
) -> Fields {
    let mut found = Fields::new();
    for (group, units) in resource.below() {
        let accounts = units.iter().filter_map(|unit| snapshot.facts.accounts_below.get(unit)).flatten();
        found.extend(accounts.map(|(leaf, id)| (format!("{group}.{leaf}"), Value::String(id.clone()))));
    }
    let home = resource.keys.get("account").map(|account| resolve(account, known));
    for group in resource.everybody() {
        let others = snapshot.facts.everybody.iter().filter(|(_, one)| one.get("id") != home.as_ref());
        found.extend(others.map(|(leaf, one)| (format!("{group}.{leaf}"), one.clone())));
    }
    found
}
