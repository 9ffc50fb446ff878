//! The digest of one thing as it was read: what must not have moved when a plan
//! is applied (invariant I9).
//!
//! In: what a snapshot holds of an address, or nothing. Out: a text that is equal
//! exactly when the thing is.

use std::collections::{BTreeMap, BTreeSet};

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

/// Hexadecimal digits of a field's digest: enough to tell values apart. Nothing
/// rests on them, see [`of`].
const FIELD_DIGITS: usize = 16;

/// A short digest of each field and attribute of one thing, by name.
#[must_use]
pub fn fields_of(live: &Live) -> BTreeMap<String, String> {
    let names = live.fields.keys().chain(live.attributes.keys());
    let digest = |name: &String| canonical::digest(&(live.fields.get(name), live.attributes.get(name)));
    let short = |name: &String| digest(name).unwrap_or_default().chars().take(FIELD_DIGITS).collect();
    names.map(|name| (name.clone(), short(name))).collect()
}

/// The same for several addresses in a snapshot; what is not there is left out.
#[must_use]
pub fn fields_of_all<'a>(
    addresses: impl IntoIterator<Item = &'a Address>,
    snapshot: &Snapshot,
) -> BTreeMap<Address, BTreeMap<String, String>> {
    let there = addresses.into_iter().filter_map(|address| Some((address, snapshot.live.get(address)?)));
    there.map(|(address, live)| (address.clone(), fields_of(live))).collect()
}

/// The names whose digests are not the same, or that only one of two has.
#[must_use]
pub fn differing(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) -> Vec<String> {
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
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

    #[test]
    fn the_fields_that_moved_are_named_and_the_others_are_not() {
        let mut live = Live::default();
        live.fields.insert("name".to_owned(), "one".into());
        live.fields.insert("email".to_owned(), "a@example.com".into());
        live.attributes.insert("id".to_owned(), "444455556666".to_owned());
        let before = fields_of(&live);
        live.fields.insert("name".to_owned(), "two".into());
        live.fields.insert("tags.owner".to_owned(), "platform".into());
        assert_eq!(differing(&before, &fields_of(&live)), ["name", "tags.owner"]);
        assert!(differing(&before, &before).is_empty());
    }
}
