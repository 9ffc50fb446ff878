//! GuardDuty of the whole organization, set by one account, on the simulated AWS.

use std::collections::BTreeSet;
use std::time::Duration;

use lzctl::catalog::services;
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

/// The world some time later.
fn after(world: World, time: Duration) -> World {
    let settings = Settings { account: world.account.clone(), ..Settings::default() };
    virtual_runtime().expect("a runtime").block_on(async {
        let simulator = Simulator::from_world(world, settings);
        simulator.advance(time);
        simulator.world()
    })
}

/// Steps of a plan made now, and the requests that making it took.
pub(crate) fn planned(yaml: &str, world: World) -> (Vec<String>, u64) {
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
    let enrolled = rehearsal
        .plan
        .steps
        .iter()
        .filter(|step| step.id.0.starts_with("guardduty.") && step.verb == "enrol")
        .count();
    assert_eq!(enrolled, 3, "one call in each Region");
}

#[test]
fn an_account_that_joins_the_document_later_is_brought_in_and_then_there_is_nothing_left_to_do() {
    let first = rehearsed(&plan_text("detect"));
    let second = again(&with_accounts(1), first.world);
    assert!(second.succeeded(), "{:#?}", second.outcome.map(|outcome| outcome.causes));
    assert!(second.second_plan.steps.is_empty());
}

/// GuardDuty alone, with this reach.
fn guardduty_alone(reach: &str, more: usize) -> String {
    let line = format!("    auto_enable: {reach}\n    features:");
    let yaml = with_accounts(more).replace("    features:", &line);
    yaml.split("\n  security_hub:\n").next().expect("a head").to_owned() + "\n"
}

#[test]
fn an_account_that_somebody_makes_later_is_a_member_by_itself_exactly_when_all_are_enabled_by_themselves() {
    for (reach, left) in [("all", 0), ("none", 3)] {
        let first = rehearsed(&guardduty_alone(reach, 0));
        let yaml = guardduty_alone(reach, 1);
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
fn an_account_that_somebody_makes_later_is_covered_by_every_service_without_another_run() {
    let first = rehearsed(&plan_text("detect"));
    let ripe = again(&plan_text("detect"), after(first.world, Duration::from_secs(49 * 3600)));
    assert!(ripe.succeeded() && ripe.second_plan.steps.is_empty());
    let silent = with_accounts(1).split("\nsecurity:\n").next().expect("a head").to_owned();
    let made = again(&silent, ripe.world);
    assert!(made.succeeded(), "{:#?}", made.outcome.map(|outcome| outcome.causes));
    // Central configuration takes a while to reach it.
    let (steps, _) = planned(&with_accounts(1), after(made.world, Duration::from_secs(600)));
    assert!(steps.is_empty(), "{steps:?}");
}

#[test]
fn a_feature_that_is_off_is_switched_off_in_every_account_and_stays_off_in_those_that_join() {
    let yaml = guardduty_alone("all", 0);
    let first = rehearsed(&yaml);
    let off = yaml.replace("features: [s3_data_events, ", "off: [s3_data_events]\n    features: [");
    let second = again(&off, first.world);
    assert!(second.succeeded(), "{:#?}", second.outcome.map(|outcome| outcome.causes));
    let left: Vec<_> = second.second_plan.steps.iter().map(|step| (&step.id, &step.changes)).collect();
    assert!(left.is_empty(), "{left:#?}");
    let switched = second.plan.steps.iter().filter(|step| step.verb == "switch_off").count();
    assert_eq!(switched, 3, "one call in each Region");
    let world = serde_json::to_value(&second.world).expect("a value");
    let places = world["guardduty"]["regions"]["eu-west-1"].as_object().expect("accounts");
    assert_eq!(places.len(), 4);
    for (account, place) in places {
        assert_eq!(place["detector"]["features"]["S3_DATA_EVENTS"]["enabled"], false, "{account}");
        assert_eq!(place["detector"]["features"]["LAMBDA_NETWORK_LOGS"]["enabled"], true, "{account}");
    }
}

/// The document with another administrator of one service.
fn handed_over(section: &str) -> String {
    let (mut yaml, mut within) = (String::new(), false);
    for line in plan_text("detect").lines() {
        let own = line.strip_prefix("  ").filter(|rest| !rest.starts_with([' ', '#', '-']));
        within = own.map_or(within, |rest| rest.starts_with(&format!("{section}:")));
        let line = if within {
            line.replace("administrator: security", "administrator: app-one")
        } else {
            line.to_owned()
        };
        yaml.push_str(&line);
        yaml.push('\n');
    }
    assert_ne!(yaml, plan_text("detect"), "{section}");
    yaml
}

/// What is lost for good with an administrator, where something is.
const LOST: [(&str, &str); 4] = [
    ("detective", "behaviour graph of the organization is deleted"),
    ("security_hub", "its policies are deleted"),
    ("access_analyzer", "findings can no longer be read"),
    ("macie", "can no longer be read"),
];

#[test]
fn each_service_is_handed_over_alone_with_settings_and_members_and_its_consent_says_what_is_lost() {
    let first = rehearsed(&plan_text("detect"));
    let ripe = again(&plan_text("detect"), after(first.world, Duration::from_secs(49 * 3600)));
    assert!(ripe.succeeded());
    let sections = services::all().iter().filter_map(|row| Some((row, row.section.as_deref()?)));
    let mut handed = 0;
    for (row, section) in sections {
        let yaml = handed_over(section);
        let refused = again(&yaml, ripe.world.clone());
        assert!(refused.outcome.is_none(), "{section}: nothing is handed over without consent");
        let consents: BTreeSet<String> = refused.plan.consents.iter().map(|one| one.name.clone()).collect();
        let removal = format!("delegated_administrator_removal.{}", row.word);
        assert!(consents.contains(&removal), "{section}: {consents:?}");
        let consent = refused.plan.consents.iter().find(|consent| consent.name == removal);
        let words = consent.map(|consent| consent.consequence.clone()).unwrap_or_default();
        assert!(words.contains(&row.lost), "{section}: {words}");
        if let Some((_, lost)) = LOST.iter().find(|(lost, _)| *lost == section) {
            assert!(words.contains(lost), "{section}: {words}");
        }
        let graph = graph(&yaml);
        let done = rehearse(&graph, &setting(&yaml), Some(ripe.world.clone()), &consents, &mut |_, _, _| {});
        let done = done.expect("a rehearsal");
        assert!(done.succeeded(), "{section}: {:#?}", done.outcome.map(|outcome| outcome.causes));
        // What comes later by itself, as Detective's two days, is no step yet.
        let left: Vec<_> = done.second_plan.steps.iter().map(|step| (&step.id, &step.changes)).collect();
        assert!(left.is_empty(), "{section}: {left:#?}");
        handed += 1;
    }
    assert!(handed >= 6, "{handed} services");
}

#[test]
fn all_services_are_handed_over_by_one_plan() {
    let first = rehearsed(&plan_text("detect"));
    let ripe = again(&plan_text("detect"), after(first.world, Duration::from_secs(49 * 3600)));
    let other = plan_text("detect").replace("administrator: security", "administrator: app-one");
    let refused = again(&other, ripe.world.clone());
    let consents: BTreeSet<String> = refused.plan.consents.iter().map(|one| one.name.clone()).collect();
    let handed = rehearse(&graph(&other), &setting(&other), Some(ripe.world), &consents, &mut |_, _, _| {});
    let handed = handed.expect("a rehearsal");
    assert!(handed.succeeded(), "{:#?}", handed.outcome.map(|outcome| outcome.causes));
    let left: Vec<_> = handed.second_plan.steps.iter().map(|step| (&step.id, &step.changes)).collect();
    assert!(left.is_empty(), "{left:#?}");
    // AWS lets a management account that is Macie's member neither dismiss nor appoint.
    let at = |verb: &str| handed.plan.steps.iter().position(|step| step.verb == verb).expect("a step");
    assert!(at("let_go_macie2") < at("disable_macie2") && at("disable_macie2") < at("enable_macie2"));
    let let_go = handed.plan.steps.iter().filter(|step| step.verb == "let_go_macie2").count();
    assert_eq!(let_go, 3, "once in each Region");
}

/// An organization without a landing zone that collects with an aggregator of its own.
fn aggregating(administrator: &str) -> String {
    format!(
        "version: 1\norganization: {{ home_region: us-east-1, governed_regions: [us-east-1, eu-west-1] }}\n\
         accounts:\n  security: {{ email: security@example.com }}\n  app-one: {{ email: app-one@example.com }}\n\
         security:\n  config:\n    administrator: {administrator}\n    aggregator: {{ name: everything, \
         role: \"arn:aws:iam::111122223333:role/aggregation\" }}\n"
    )
}

#[test]
fn the_aggregator_of_config_is_made_anew_by_the_next_administrator() {
    let first = rehearsed(&aggregating("security"));
    assert!(first.succeeded(), "{:#?}", first.outcome.map(|outcome| outcome.causes));
    let changed = aggregating("app-one");
    let refused = again(&changed, first.world.clone());
    assert!(refused.outcome.is_none(), "nothing is handed over without consent");
    let [consent] = refused.plan.consents.as_slice() else { panic!("{:?}", refused.plan.consents) };
    assert!(consent.consequence.contains("aggregators of the organization stop"), "{}", consent.consequence);
    let consents = BTreeSet::from([consent.name.clone()]);
    let handed =
        rehearse(&graph(&changed), &setting(&changed), Some(first.world), &consents, &mut |_, _, _| {});
    let handed = handed.expect("a rehearsal");
    assert!(handed.succeeded(), "{:#?}", handed.outcome.map(|outcome| outcome.causes));
    assert!(handed.second_plan.steps.is_empty());
    let made = handed.plan.steps.iter().filter(|step| step.operation == "config:PutConfigurationAggregator");
    assert_eq!(made.count(), 1);
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
        [
            ("guardduty", "regions"),
            ("security_hub", "hubs"),
            ("inspector", "places"),
            ("macie", "places"),
            ("detective", "graphs"),
        ]
        .map(|(service, by_region)| all[service][by_region][region].clone())
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
    let first = rehearsed(&yaml);
    assert!(first.succeeded(), "{:#?}", first.outcome.map(|outcome| outcome.causes));
    let of = |rehearsal: &Rehearsal, operation: &str| {
        rehearsal.plan.steps.iter().filter(|step| step.operation == operation).count()
    };
    assert_eq!(of(&first, "guardduty:CreateMembers"), 6, "53 accounts are two batches in each Region");
    assert_eq!(of(&first, "detective:CreateMembers"), 0, "GuardDuty has to run for two days first");
    let second = again(&yaml, after(first.world, Duration::from_secs(49 * 3600)));
    assert!(second.succeeded(), "{:#?}", second.outcome.map(|outcome| outcome.causes));
    assert_eq!(of(&second, "detective:CreateMembers"), 6);
    let (steps, reads) = planned(&yaml, second.world);
    assert!(steps.is_empty(), "{steps:?}");
    // In each Region. GuardDuty: who administers, the administrator's detector twice, the settings, members in pages of
    // 50, the management account's detector twice.
    let guardduty = 1 + 2 + 1 + 2 + 2;
    // Security Hub: who administers, the management account's hub, its automation rules and the one of ours.
    let security_hub = 1 + 1 + 2;
    // Inspector: who administers, the administrator's scans, the settings, members in pages of 50, their scans, the
    // management account's scans.
    let inspector = 1 + 1 + 1 + 2 + 1 + 1;
    // Macie: who administers, the administrator's session, the settings, discovery, members in pages of 25, the
    // management account's session.
    let macie = 1 + 1 + 1 + 1 + 3 + 1;
    // Detective: who administers, the administrator's detector twice, its graph, the settings, members.
    let detective = 1 + 2 + 1 + 1 + 1;
    // Access Analyzer: its analyzers.
    let regions = 3 * (guardduty + security_hub + inspector + macie + detective + 1);
    // At home. Security Hub: the administrator's hub, the aggregator twice, the configuration, its policies and the one
    // of ours, what follows them. Access Analyzer: analyzers of unused access.
    let home = (1 + 2 + 1 + 2 + 1) + 1;
    // Who is registered for each of six services; 54 accounts in pages of 20, two units and the root, five questions
    // about the organization as a whole (caller, organization, root, trust, quotas), and at most five tries of roles to
    // enter the administrator.
    let organization = 6 + 54_u64.div_ceil(20) + 3 + 5 + 5;
    let pages = regions + home + organization;
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

/// The world with a type of policies switched on by somebody else.
fn with_type(world: World, kind: &str) -> World {
    let root = world.organizations.of(&world.account).expect("an organization").root.id.clone();
    asked(world, "organizations", "EnablePolicyType", &json!({ "RootId": root, "PolicyType": kind }))
}

#[test]
fn a_policy_type_that_drives_the_same_stops_the_plan_before_anything_is_set() {
    let world = rehearsed(&plan_text("detect")).world;
    let changes = [
        ("guardduty", "s3_data_events, ", "s3_data_events, rds_login_events, "),
        ("inspector", "scan: [ec2, ecr", "scan: [code_repository, ec2, ecr"),
        ("security_hub", "disabled_controls: [IAM.6]", "disabled_controls: [IAM.5]"),
    ];
    for (section, from, to) in changes {
        let kind = services::by_section(section).and_then(|row| row.policy.as_deref()).expect("a type");
        let driven = with_type(world.clone(), kind);
        let still = again(&plan_text("detect"), driven.clone());
        let told: Vec<&str> = still.plan.notes.iter().map(|note| note.code.as_str()).collect();
        assert!(still.plan.steps.is_empty() && told.contains(&"driven-by-policies"), "{kind}: {told:?}");
        let yaml = plan_text("detect");
        assert!(yaml.contains(from), "{from}");
        let refused = again(&yaml.replace(from, to), driven);
        let blockers: Vec<&str> = refused.plan.blockers().map(|note| note.code.as_str()).collect();
        assert_eq!(blockers, ["driven-by-policies"], "{kind}");
        assert!(refused.outcome.is_none());
    }
    let with_policy = services::all().iter().filter(|row| row.policy.is_some()).count();
    assert_eq!(with_policy, changes.len(), "a case for each service that policies can drive");
}

#[test]
fn policies_that_switch_on_security_hub_itself_leave_the_configuration_of_its_standards_alone() {
    let world = with_type(rehearsed(&plan_text("detect")).world, "SECURITYHUB_POLICY");
    let yaml = plan_text("detect").replace("disabled_controls: [IAM.6]", "disabled_controls: [IAM.5]");
    let changed = again(&yaml, world);
    assert!(changed.succeeded(), "{:#?}", changed.plan.notes);
    assert!(!changed.plan.steps.is_empty());
}

#[test]
fn a_configuration_policy_and_an_analyzer_go_by_name_with_consent_after_what_follows_them_is_let_go_of() {
    let with = plan_text("detect").replace(
        "    disabled_controls: [IAM.6]\n",
        "    disabled_controls: [IAM.6]\n    policies: { quiet: { enabled: false, targets: [Workloads] } }\n",
    );
    let first = rehearsed(&with);
    assert!(first.succeeded(), "{:#?}", first.outcome.map(|outcome| outcome.causes));
    let without = plan_text("detect").replace("[external_access, unused_access]", "[external_access]")
        + "remove: [security_hub_policy.quiet, analyzer.us-east-1/unused_access]\n";
    let refused = again(&without, first.world.clone());
    let consents: BTreeSet<String> = refused.plan.consents.iter().map(|one| one.name.clone()).collect();
    let wanted = [
        "analyzer_deletion.us-east-1/unused_access",
        "security_hub_policy_deletion.quiet",
        "security_hub_release.security_hub_associations",
    ];
    assert_eq!(consents.iter().map(String::as_str).collect::<Vec<_>>(), wanted);
    let gone =
        rehearse(&graph(&without), &setting(&without), Some(first.world), &consents, &mut |_, _, _| {});
    let gone = gone.expect("a rehearsal");
    assert!(gone.succeeded(), "{:#?}", gone.outcome.map(|outcome| outcome.causes));
    assert!(gone.second_plan.steps.is_empty());
}
