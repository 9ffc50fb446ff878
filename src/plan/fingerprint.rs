//! The digest of one thing as it was read: what must not have moved when a plan
//! is applied (invariant I9).
//!
//! In: what a snapshot holds of an address, or nothing. Out: a text that is equal
//! exactly when the thing is.

use std::collections::BTreeMap;

use crate::model::{Address, Live, canonical};
use crate::observe::Snapshot;

/// The fingerprint of something that is not there.
pub const ABSENT: &str = "absent";

/// The fingerprint of one thing.
#[must_use]
pub fn of(live: Option<&Live>) -> String {
    // A `Live` is JSON by its types, so the digest always exists; should that
    // ever change, the error's text differs from every digest and from absence.
    live.map_or_else(
        || ABSENT.to_owned(),
        |live| canonical::digest(live).unwrap_or_else(|error| format!("no digest: {error}")),
    )
}

/// The fingerprints of several addresses in a snapshot.
#[must_use]
pub fn of_all<'a>(
    addresses: impl IntoIterator<Item = &'a Address>,
    snapshot: &Snapshot,
) -> BTreeMap<Address, String> {
    let each = addresses.into_iter();
    each.map(|address| (address.clone(), of(snapshot.live.get(address)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_field_and_a_missing_thing_have_other_fingerprints() {
        let mut live = Live::default();
        live.fields.insert("name".to_owned(), "one".into());
        let before = of(Some(&live));
        live.fields.insert("name".to_owned(), "two".into());
        assert_ne!(before, of(Some(&live)));
        assert_ne!(of(Some(&Live::default())), of(None));
    }
}
