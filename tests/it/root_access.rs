//! Centralised root access: switched on behind the trust in IAM, left alone when it is
//! not spoken of, switched off only with consent.

use std::collections::BTreeSet;

use lzctl::observe::leftovers::{Leftover, leftovers};
use lzctl::rehearse::{Bench, Rehearsal, rehearse, virtual_runtime};
use lzctl::sim::World;

use super::documents::graph;
use super::rehearsal::{rehearsed, setting};

const ON: &str = "version: 1\norganization:\n  home_region: us-east-1\n  root_access: [credentials_management, sessions]\n";
const HOME: &str = "version: 1\norganization: { home_region: us-east-1 }\n";

fn again(yaml: &str, world: &World, consents: &[&str]) -> Rehearsal {
    let consents: BTreeSet<String> = consents.iter().map(|name| (*name).to_owned()).collect();
    rehearse(&graph(yaml), &setting(yaml), Some(world.clone()), &consents, &mut |_, _, _| {}).unwrap()
}

fn ids(rehearsal: &Rehearsal) -> Vec<&str> {
    rehearsal.plan.steps.iter().map(|step| step.id.0.as_str()).collect()
}

/// What the document that speaks of nothing finds switched on, and how to switch it off.
fn on(world: &World) -> Vec<Leftover> {
    let wanted: Vec<_> = graph(HOME).resources.into_values().collect();
    let found = virtual_runtime().unwrap().block_on(async {
        let bench = Bench::open(&setting(HOME), Some(world.clone())).await.unwrap();
        Box::pin(leftovers(&bench.connection, &wanted)).await.unwrap()
    });
    found.into_iter().filter(|left| left.name.starts_with("root_")).collect()
}

#[test]
fn both_switches_go_on_behind_the_trust_in_iam_and_a_second_plan_is_empty_i4() {
    let done = rehearsed(ON);
    assert_eq!(
        ids(&done),
        [
            "organization:create",
            "trusted_access.iam.amazonaws.com:create",
            "root_credentials_management:create",
            "root_sessions:create"
        ]
    );
    assert!(done.succeeded(), "{:#?}", done.outcome.map(|outcome| outcome.causes));
    assert_eq!(on(&done.world).len(), 2);
}

#[test]
fn a_switch_that_is_not_spoken_of_stays_and_is_told_as_left_over() {
    let world = rehearsed(ON).world;
    assert!(ids(&again(HOME, &world, &[])).is_empty());
    let found = on(&world);
    let sessions = found.iter().find(|left| left.name == "root_sessions").expect("root sessions");
    assert!(sessions.remove.contains("root_access_removal.root_sessions"), "{}", sessions.remove);
}

#[test]
fn a_switch_goes_off_only_with_the_consent_that_names_it_and_before_the_trust_i10() {
    let world = rehearsed(ON).world;
    let yaml = format!(
        "{HOME}remove: [trusted_access.iam.amazonaws.com, root_sessions, root_credentials_management]\n"
    );
    let consents = [
        "trusted_access_removal.iam.amazonaws.com",
        "root_access_removal.root_credentials_management",
        "root_access_removal.root_sessions",
    ];
    let refused = again(&yaml, &world, &consents[..2]);
    assert!(refused.outcome.is_none(), "a consent is missing");
    assert_eq!(on(&refused.world).len(), 2);
    let done = again(&yaml, &world, &consents);
    assert_eq!(ids(&done).last(), Some(&"trusted_access.iam.amazonaws.com:delete"));
    assert!(done.succeeded(), "{:#?}", done.outcome.map(|outcome| outcome.causes));
    assert!(on(&done.world).is_empty());
}
