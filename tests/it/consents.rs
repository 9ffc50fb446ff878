//! I10 over random worlds: nothing that cannot be taken back runs without its consent.

use std::collections::BTreeSet;

use lzctl::apply::{Engine, InvalidPlan, Settings, preconditions};
use lzctl::catalog::operations;
use lzctl::model::Live;
use lzctl::observe::Snapshot;
use lzctl::plan::{Plan, consent, make};
use proptest::prelude::*;
use serde_json::json;

use super::documents::{graph, nothing_yet};

/// What becomes of a unit: whether it is there, and what the document says of it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Kept,
    Made,
    Removed,
    Foreign,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![Just(Fate::Kept), Just(Fate::Made), Just(Fate::Removed), Just(Fate::Foreign)]
}

fn names(fates: &[Fate], which: &[Fate]) -> Vec<String> {
    let those = (0_usize..).zip(fates).filter(|(_, fate)| which.contains(fate));
    those.map(|(number, _)| format!("Unit{number}")).collect()
}

fn document(fates: &[Fate]) -> String {
    let mut text =
        "version: 1\norganization: { home_region: us-east-1 }\norganizational_units:\n  Base: {}\n"
            .to_owned();
    for name in names(fates, &[Fate::Kept, Fate::Made]) {
        text.push_str(&format!("  {name}: {{}}\n"));
    }
    let removed = names(fates, &[Fate::Removed]);
    if !removed.is_empty() {
        let list: Vec<String> = removed.iter().map(|name| format!("organizational_unit.{name}")).collect();
        text.push_str(&format!("remove: [{}]\n", list.join(", ")));
    }
    text
}

fn world(fates: &[Fate]) -> Snapshot {
    let mut snapshot = nothing_yet();
    snapshot.organization = Some("o-exampleorgid".parse().unwrap());
    let mut live = |address: &str, id: &str, fields: &[(&str, &str)]| {
        let mut it = Live::default();
        it.attributes.insert("id".to_owned(), id.to_owned());
        it.attributes.insert("root_id".to_owned(), "r-abcd".to_owned());
        it.fields.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
        snapshot.live.insert(address.parse().unwrap(), it);
    };
    live("organization", "o-exampleorgid", &[("feature_set", "ALL")]);
    for name in names(fates, &[Fate::Kept, Fate::Removed, Fate::Foreign]) {
        let id = format!("ou-abcd-{:0>8}", name.trim_start_matches("Unit"));
        live(&format!("organizational_unit.{name}"), &id, &[("name", &name), ("parent", "r-abcd")]);
    }
    snapshot
}

fn begins(plan: &Plan) -> Result<Engine, InvalidPlan> {
    Engine::new(plan, operations::table(), Settings::default())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_irreversible_runs_without_its_consent_i10(
        fates in prop::collection::vec(fate(), 0..8),
        given in prop::collection::vec(any::<bool>(), 8),
        stripped: bool,
    ) {
        let removed = names(&fates, &[Fate::Removed]);
        let given: BTreeSet<String> = removed
            .iter()
            .zip(&given)
            .filter(|(_, given)| **given)
            .map(|(name, _)| format!("unit_deletion.{name}"))
            .collect();
        let mut plan = make(&graph(&document(&fates)), &world(&fates), &given);

        // Exactly what the document removes by name is removed, under its own consent.
        let irreversible: Vec<(String, Option<String>)> = plan
            .steps
            .iter()
            .filter(|step| consent::owed(step).is_some())
            .map(|step| (step.address.name.clone(), step.consent.clone()))
            .collect();
        let expected: BTreeSet<(String, Option<String>)> =
            removed.iter().map(|name| (name.clone(), Some(format!("unit_deletion.{name}")))).collect();
        prop_assert_eq!(irreversible.len(), removed.len());
        prop_assert_eq!(irreversible.into_iter().collect::<BTreeSet<_>>(), expected);
        prop_assert!(plan.consents.iter().all(|consent| !consent.consequence.is_empty() && !consent.window.is_empty()));

        let allowed = given.len() == removed.len();
        prop_assert_eq!(preconditions::of_itself(&plan).is_empty(), allowed);
        match begins(&plan) {
            Ok(_) => prop_assert!(allowed),
            Err(InvalidPlan::NoConsent(step)) => {
                let name = step.0.trim_start_matches("organizational_unit.").trim_end_matches(":delete");
                let consent = format!("unit_deletion.{name}");
                prop_assert!(!given.contains(&consent));
            }
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        }

        // A plan edited so that its steps ask for nothing is refused all the same.
        for step in &mut plan.steps {
            if stripped { step.consent = None } else { step.consent = step.consent.take().map(|_| "landing_zone_version.4.0".to_owned()) }
        }
        plan.consents.clear();
        prop_assert_eq!(begins(&plan).is_ok(), removed.is_empty());
        prop_assert_eq!(preconditions::of_itself(&plan).len(), removed.len());
    }
}
