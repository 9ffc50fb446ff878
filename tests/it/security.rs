//! GuardDuty of the whole organization, set by one account, on the simulated AWS.

use std::collections::BTreeSet;

use lzctl::model::Resource;
use lzctl::observe::survey;
use lzctl::plan::make;
use lzctl::rehearse::{Bench, Rehearsal, rehearse, virtual_runtime};
use lzctl::sim::World;

use super::documents::{graph, plan_text};
use super::rehearsal::{rehearsed, setting};

/// The document with so many more accounts.
fn with_accounts(more: usize) -> String {
    let lines: String =
        (0..more).map(|n| format!("  extra{n:03}: {{ email: extra{n:03}@example.com }}\n")).collect();
    plan_text("detect").replace("\nsecurity:\n", &format!("{lines}\nsecurity:\n"))
}

fn again(yaml: &str, world: World) -> Rehearsal {
    rehearse(&graph(yaml), &setting(yaml), Some(world), &BTreeSet::new(), &mut |_, _, _| {})
        .expect("a rehearsal")
}

/// Steps of a plan made now, and the requests that making it took.
fn planned(yaml: &str, world: World) -> (Vec<String>, u64) {
    let graph = graph(yaml);
    virtual_runtime().expect("a runtime").block_on(async {
        let bench = Bench::open(&setting(yaml), Some(world)).await.expect("a bench");
        let wanted: Vec<Resource> = graph.resources.values().cloned().collect();
        let seen = Box::pin(survey(&bench.connection, &wanted)).await.expect("a snapshot");
        let plan = make(&graph, &seen, &BTreeSet::new());
        let unread: Vec<_> = plan.notes.iter().filter(|note| note.code == "unreadable").collect();
        assert!(unread.is_empty(), "{unread:#?}");
        (plan.steps.iter().map(|step| step.id.0.clone()).collect(), bench.simulator.requests().reads)
    })
}

#[test]
fn guardduty_is_set_in_every_region_for_every_account_and_then_there_is_nothing_left_to_do_i4() {
    let rehearsal = rehearsed(&plan_text("detect"));
    assert!(rehearsal.succeeded(), "{:#?}", rehearsal.outcome.map(|outcome| outcome.causes));
    let left: Vec<_> = rehearsal.second_plan.steps.iter().map(|step| (&step.id, &step.changes)).collect();
    assert!(left.is_empty(), "{left:#?}");
    let enrolled = rehearsal.plan.steps.iter().filter(|step| step.verb == "enrol").count();
    assert_eq!(enrolled, 3, "one call in each Region");
}

#[test]
fn an_account_that_joins_the_document_later_is_brought_in_and_then_there_is_nothing_left_to_do() {
    let first = rehearsed(&plan_text("detect"));
    let second = again(&with_accounts(1), first.world);
    assert!(second.succeeded(), "{:#?}", second.outcome.map(|outcome| outcome.causes));
    assert!(second.second_plan.steps.is_empty());
}

#[test]
fn an_account_that_somebody_makes_later_is_a_member_by_itself_exactly_when_all_are_enabled_by_themselves() {
    for (reach, left) in [("all", 0), ("none", 3)] {
        let set = |yaml: String| {
            let line = format!("    auto_enable: {reach}\n    features:");
            yaml.replace("    features:", &line)
        };
        let first = rehearsed(&set(plan_text("detect")));
        let yaml = set(with_accounts(1));
        let silent = yaml.split("\nsecurity:\n").next().expect("a head").to_owned();
        let made = again(&silent, first.world);
        assert!(made.succeeded(), "{:#?}", made.outcome.map(|outcome| outcome.causes));
        assert!(made.plan.steps.iter().all(|step| !step.id.0.contains("guardduty")));
        let (steps, _) = planned(&yaml, made.world);
        assert_eq!(steps.len(), left, "{reach}: {steps:?}");
        assert!(steps.iter().all(|step| step.contains("enrol")), "{steps:?}");
    }
}

#[test]
fn excluding_a_region_changes_nothing_in_the_others_and_is_not_even_looked_at() {
    let first = rehearsed(&plan_text("detect"));
    let without =
        plan_text("detect").replace("    features:", "    exclude_regions: [eu-west-1]\n    features:");
    let (steps, _) = planned(&without, first.world);
    assert!(steps.is_empty(), "{steps:?}");
    let fresh = rehearsed(&without);
    assert!(fresh.succeeded());
    assert!(fresh.plan.steps.iter().all(|step| !step.id.0.contains("eu-west-1")));
}

#[test]
fn fifty_accounts_in_three_regions_are_planned_again_in_about_as_many_calls_as_there_are_pages() {
    let yaml = with_accounts(50);
    let rehearsal = rehearsed(&yaml);
    assert!(rehearsal.succeeded(), "{:#?}", rehearsal.outcome.map(|outcome| outcome.causes));
    let enrolled = rehearsal.plan.steps.iter().filter(|step| step.verb == "enrol").count();
    assert_eq!(enrolled, 6, "53 accounts are two batches in each Region");
    let (steps, reads) = planned(&yaml, rehearsal.world);
    assert!(steps.is_empty(), "{steps:?}");
    // In each Region: who administers, the administrator's detector twice, the settings, members in
    // pages of 50, the management account's detector twice. 54 accounts in pages of 20, two units and
    // the root, six questions about the organization as a whole (caller, organization, root, trust,
    // quotas, registrations), and at most five tries of roles to enter the administrator.
    let pages = 3 * (1 + 2 + 1 + 2 + 2) + 54_u64.div_ceil(20) + 3 + 6 + 5;
    assert!(reads <= pages, "{reads} calls, {pages} pages");
}
