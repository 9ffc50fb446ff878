//! What a document does not speak of: found, adopted, or removed with consent.

use std::collections::BTreeSet;

use lzctl::model::Resource;
use lzctl::observe::leftovers::{Leftover, leftovers};
use lzctl::rehearse::{Bench, Rehearsal, Setting, rehearse, virtual_runtime};
use lzctl::sim::World;

use super::documents::{graph, plan_text};
use super::rehearsal::rehearsed;

fn setting(yaml: &str) -> Setting {
    Setting::of(&graph(yaml), &"ap-northeast-1".parse().unwrap())
}

fn beyond(yaml: &str, world: &World) -> Vec<Leftover> {
    let wanted: Vec<Resource> = graph(yaml).resources.into_values().collect();
    virtual_runtime().unwrap().block_on(async {
        let bench = Bench::open(&setting(yaml), Some(world.clone())).await.unwrap();
        let found = Box::pin(leftovers(&bench.connection, &wanted)).await.unwrap();
        assert_eq!(bench.connection.counts().writes, 0);
        found
    })
}

fn names(found: &[Leftover]) -> Vec<String> {
    found.iter().map(|left| format!("{}.{}", left.kind, left.name)).collect()
}

fn again(yaml: &str, world: &World, consents: &[&str]) -> Rehearsal {
    let consents: BTreeSet<String> = consents.iter().map(|name| (*name).to_owned()).collect();
    let graph = graph(yaml);
    rehearse(&graph, &setting(yaml), Some(world.clone()), &consents, &mut |_, _, _| {}).unwrap()
}

/// The standard document with one text in place of another, and something at its end.
fn changed(changes: &[(&str, &str)], end: &str) -> String {
    let mut yaml = plan_text("standard");
    for (from, to) in changes {
        assert!(yaml.contains(from), "{from}");
        yaml = yaml.replace(from, to);
    }
    yaml + end
}

const DEV: &str = "  Workloads/Dev:\n    baselines: [control_tower]\n    tags: { environment: dev }\n";
const PROD: &str = "    baselines: [control_tower, backup]\n    tags: { environment: prod }\n";

#[test]
fn only_what_control_tower_switched_on_itself_is_beyond_a_whole_document() {
    let world = rehearsed(&plan_text("standard")).world;
    let found = beyond(&plan_text("standard"), &world);
    assert!(found.iter().all(|left| left.kind == lzctl::model::Kind::TrustedAccess), "{found:#?}");
    let shorter = changed(
        &[
            (DEV, ""),
            ("organizational_unit: Workloads/Dev", "organizational_unit: Sandbox"),
            ("  playground:\n    email: aws+playground@example.com\n    organizational_unit: Sandbox\n", ""),
            (PROD, "    baselines: [control_tower]\n"),
        ],
        "",
    );
    let names = names(&beyond(&shorter, &world));
    for expected in [
        "organizational_unit.Workloads/Dev",
        "account.playground",
        "baseline.Workloads/Dev:control_tower",
        "baseline.Workloads/Prod:backup",
    ] {
        assert!(names.contains(&expected.to_owned()), "{expected}: {names:?}");
    }
    assert!(!names.contains(&"organizational_unit.Sandbox".to_owned()), "{names:?}");
}

#[test]
fn leaving_things_out_of_the_document_removes_nothing() {
    let world = rehearsed(&plan_text("standard")).world;
    let bare = "version: 1\norganization: { home_region: ap-northeast-1 }\n";
    let plan = again(bare, &world, &[]).plan;
    assert!(plan.steps.is_empty(), "{:#?}", plan.steps);
}

#[test]
fn baselines_trusted_access_and_units_go_in_order_and_only_with_consent() {
    let world = rehearsed(&plan_text("standard")).world;
    let yaml = changed(
        &[
            (DEV, ""),
            ("organizational_unit: Workloads/Dev", "organizational_unit: Sandbox"),
            (PROD, "    baselines: [control_tower]\n"),
            ("  trusted_access: [ram.amazonaws.com]\n", ""),
        ],
        "remove:\n  - trusted_access.ram.amazonaws.com\n  - baseline.Workloads/Prod:backup\n  \
         - baseline.Workloads/Dev:control_tower\n  - organizational_unit.Workloads/Dev\n",
    );
    let consents = [
        "trusted_access_removal.ram.amazonaws.com",
        "baseline_removal.Workloads/Prod:backup",
        "baseline_removal.Workloads/Dev:control_tower",
        "unit_deletion.Workloads/Dev",
    ];
    let refused = again(&yaml, &world, &consents[..3]);
    assert!(refused.outcome.is_none(), "a consent is missing");
    let done = again(&yaml, &world, &consents);
    let blockers: Vec<_> = done.plan.blockers().collect();
    assert!(blockers.is_empty(), "{blockers:#?}");
    let place =
        |id: &str| done.plan.steps.iter().position(|step| step.id.0 == id).unwrap_or_else(|| panic!("{id}"));
    let (disable, delete) = (
        place("baseline.Workloads/Dev:control_tower:delete"),
        place("organizational_unit.Workloads/Dev:delete"),
    );
    assert!(place("account.web-dev:move") < disable && disable < delete);
    assert_eq!(done.failed(), 0, "{:#?}", done.outcome.map(|outcome| outcome.causes));
    // Accounts that joined another unit are still being enrolled there.
    let left: Vec<_> = done.second_plan.steps.iter().filter(|step| step.verb != "reset").collect();
    assert!(left.is_empty(), "{left:#?}");
    assert!(beyond(&yaml, &done.world).iter().all(|left| left.kind == lzctl::model::Kind::TrustedAccess));
}

#[test]
fn a_unit_with_accounts_and_trusted_access_of_a_landing_zone_stay() {
    let world = rehearsed(&plan_text("standard")).world;
    let yaml = "version: 1\norganization: { home_region: ap-northeast-1 }\n\
                remove: [organizational_unit.Workloads/Dev, trusted_access.sso.amazonaws.com]\n\
                consents: [unit_deletion.Workloads/Dev, trusted_access_removal.sso.amazonaws.com]\n";
    let refused = again(yaml, &world, &[]);
    assert!(refused.outcome.is_none());
    let codes: Vec<&str> = refused.plan.blockers().map(|note| note.code.as_str()).collect();
    assert_eq!(codes, ["trusted-access-needed", "unit-not-empty"]);
}
