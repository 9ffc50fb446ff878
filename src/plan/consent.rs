//! Irreversible acts and the operator's permission for each by name.
//!
//! A consent is `class.name`: `landing_zone_version.4.0`,
//! `unit_deletion.Old/Unit`. It can stand in the document or on the command line.

use std::collections::{BTreeMap, BTreeSet};

use super::document::Consent;
use super::step::Step;

/// What each class of consent lets happen, in words; `{}` is the name.
const CONSEQUENCES: &[(&str, &str)] = &[
    ("landing_zone_version", "the landing zone moves to version {} and can never go back to an earlier one"),
    (
        "unit_deletion",
        "the organizational unit {} is deleted; policies attached to it are detached and its id is gone",
    ),
    (
        "trusted_access_removal",
        "{} loses its access to the organization; what it does in the accounts of the organization ends or fails",
    ),
    (
        "baseline_removal",
        "the baseline {} is disabled; what it laid into the accounts is taken out and they are no longer governed by it",
    ),
];

/// The classes that exist.
pub fn classes() -> impl Iterator<Item = &'static str> {
    CONSEQUENCES.iter().map(|(class, _)| *class)
}

/// The consents that the steps need, each with whether it was given.
pub(super) fn needed(steps: &[Step], given: &BTreeSet<String>) -> Vec<Consent> {
    let names: BTreeSet<&String> = steps.iter().filter_map(|step| step.consent.as_ref()).collect();
    let consequences: BTreeMap<&str, &str> = CONSEQUENCES.iter().copied().collect();
    names
        .into_iter()
        .map(|name| {
            let (class, rest) = name.split_once('.').unwrap_or((name, ""));
            let words = consequences.get(class).copied().unwrap_or("{} cannot be taken back");
            Consent {
                name: name.clone(),
                consequence: words.replace("{}", rest),
                given: given.contains(name),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;
    use crate::model::kinds::info;

    #[test]
    fn every_class_that_a_kind_names_has_its_consequence_in_words() {
        let known: Vec<&str> = classes().collect();
        for kind in Kind::ALL {
            let info = info(*kind);
            let fields = info.fields.iter().filter_map(|rule| rule.consent);
            for class in info.verbs.iter().filter_map(|verb| verb.consent).chain(fields) {
                assert!(known.contains(&class), "{class}");
            }
        }
    }
}
