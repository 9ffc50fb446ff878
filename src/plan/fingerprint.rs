//! What a plan was made for, as digests of each thing it read.
//!
//! A plan whose fingerprints no longer hold was made for another world (I9).
//! Changes of what the plan did not read do not matter.

use std::collections::BTreeMap;

use crate::model::{Address, canonical};
use crate::observe::Snapshot;

/// The fingerprint of a thing that is not there.
pub const ABSENT: &str = "absent";

/// The fingerprint of each address: a digest of what is live, or [`ABSENT`].
#[must_use]
pub fn of<'a>(
    snapshot: &Snapshot,
    addresses: impl Iterator<Item = &'a Address>,
) -> BTreeMap<Address, String> {
    addresses
        .map(|address| {
            let live = snapshot.live.get(address);
            let print = live.and_then(|live| canonical::digest(live).ok());
            (address.clone(), print.unwrap_or_else(|| ABSENT.to_owned()))
        })
        .collect()
}

/// The addresses whose fingerprints differ between two readings.
#[must_use]
pub fn moved(before: &BTreeMap<Address, String>, now: &BTreeMap<Address, String>) -> Vec<Address> {
    before
        .iter()
        .filter(|(address, print)| now.get(*address) != Some(print))
        .map(|(a, _)| a.clone())
        .collect()
}
