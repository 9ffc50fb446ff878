//! GuardDuty of the whole organization, set by one account, on the simulated AWS.

use std::collections::BTreeSet;

use lzctl::model::Resource;
use lzctl::observe::survey;
use lzctl::plan::make;
use lzctl::rehearse::{Bench, Rehearsal, rehearse, virtual_runtime};
use lzctl::sim::caller::Asker;
use lzctl::sim::{Settings, Simulator, World};
use serde_json::{Value, json};

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

/// The world after the management account has asked AWS for something.
fn asked(world: World, service: &str, operation: &str, input: &Value) -> World {
    let key = world.account.clone();
    let settings = Settings { account: key.clone(), ..Settings::default() };
    virtual_runtime().expect("a runtime").block_on(async {
        let simulator = Simulator::from_world(world, settings);
        let asker = Asker { key: &key, token: None, region: "us-east-1" };
        let answer = simulator.ask(asker, service, operation, input).await.expect("an answer");
        assert_eq!(answer.code(), None, "{}", answer.text);
        simulator.world()
    })
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

/// The document with a Region left alone by every service.
fn excluding(region: &str) -> String {
    let line = format!("    administrator: security\n    exclude_regions: [{region}]\n");
    plan_text("detect").replace("    administrator: security\n", &line)
}

#[test]
fn excluding_a_region_changes_that_region_only_and_it_is_not_even_looked_at() {
    let first = rehearsed(&plan_text("detect"));
    let without = excluding("eu-west-1");
    let second = again(&without, first.world.clone());
    let steps: Vec<&str> = second.plan.steps.iter().map(|step| step.id.0.as_str()).collect();
    // All that says something about the Region is what sends its findings elsewhere.
    assert_eq!(steps, ["finding_aggregator:update"]);
    assert!(second.succeeded() && second.second_plan.steps.is_empty());
    let told = |world: &World, region: &str| {
        let all = serde_json::to_value(world).expect("a value");
        assert!(!all["guardduty"]["regions"][region].is_null(), "{region}");
        [all["guardduty"]["regions"][region].clone(), all["security_hub"]["hubs"][region].clone()]
    };
    for region in ["us-east-1", "eu-west-1", "ap-northeast-1"] {
        assert_eq!(told(&first.world, region), told(&second.world, region), "{region}");
    }
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
    // GuardDuty in each Region: who administers, the administrator's detector twice, the settings, members in pages
    // of 50, the management account's detector twice.
    let guardduty = 3 * (1 + 2 + 1 + 2 + 2);
    // Security Hub in each Region: who administers, the management account's hub. At home: the administrator's hub,
    // the aggregator twice, the configuration, its policies and the one of ours, what follows them.
    let security_hub = 3 * (1 + 1) + (1 + 2 + 1 + 2 + 1);
    // Analyzers of external access in each Region, and of unused access at home.
    let analyzers = 3 + 1;
    // Who is registered for each service; 54 accounts in pages of 20, two units and the root, five questions about the
    // organization as a whole (caller, organization, root, trust, quotas), and at most five tries of roles to enter
    // the administrator.
    let organization = 3 + 54_u64.div_ceil(20) + 3 + 5 + 5;
    let pages = guardduty + security_hub + analyzers + organization;
    println!("{reads} calls for {pages} pages");
    assert!(reads <= pages, "{reads} calls, {pages} pages");
}

#[test]
fn what_follows_another_policy_is_moved_in_one_call_and_what_is_left_out_needs_a_consent() {
    let first = rehearsed(&plan_text("detect"));
    let moved = plan_text("detect").replace(
        "    disabled_controls: [IAM.6]\n",
        "    disabled_controls: [IAM.6]\n    policies: { quiet: { enabled: false, targets: [Workloads] } }\n    \
         self_managed: [app-one]\n",
    );
    let second = again(&moved, first.world);
    assert!(second.succeeded(), "{:#?}", second.outcome.map(|outcome| outcome.causes));
    assert!(second.second_plan.steps.is_empty());
    let other = moved.replace("self_managed: [app-one]", "self_managed: [app-two]");
    let (steps, _) =
        planned(&other.replace("targets: [Workloads]", "targets: [app-one]"), second.world.clone());
    let mut verbs: Vec<&str> =
        steps.iter().filter_map(|step| step.split_once(':')).map(|(_, verb)| verb).collect();
    verbs.sort_unstable();
    let left = verbs.pop().expect("a step");
    assert_eq!(verbs, ["associate[app-one]", "associate[app-two]"]);
    assert!(left.starts_with("disassociate[ou-"), "{left}");
    let refused = again(&other.replace("targets: [Workloads]", "targets: [app-one]"), second.world);
    assert!(refused.outcome.is_none(), "nothing is let go of without consent");
}

#[test]
fn a_policy_type_that_drives_the_same_stops_the_plan_before_anything_is_set() {
    let world = rehearsed(&plan_text("detect")).world;
    let root = world.organizations.of(&world.account).expect("an organization").root.id.clone();
    let input = json!({ "RootId": root, "PolicyType": "GUARDDUTY_POLICY" });
    let world = asked(world, "organizations", "EnablePolicyType", &input);
    let yaml = plan_text("detect").replace("s3_data_events, ", "s3_data_events, rds_login_events, ");
    let refused = again(&yaml, world);
    let blockers: Vec<&str> = refused.plan.blockers().map(|note| note.code.as_str()).collect();
    assert_eq!(blockers, ["driven-by-policies"]);
    assert!(refused.outcome.is_none());
}
