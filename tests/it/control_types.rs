//! The four types of controls from one document to every account, on the simulated AWS: what
//! fails in one account is never taken for a success, and what comes later is reached by itself.

use std::collections::{BTreeMap, BTreeSet};

use lzctl::model::Kind;
use lzctl::plan::control_type::{self, ControlType};
use lzctl::rehearse::{Rehearsal, rehearse};
use lzctl::sim::World;

use super::documents::{graph, plan_text};
use super::rehearsal::{rehearsed, setting};
use super::security::planned;

fn again(yaml: &str, world: World, consents: &[&str]) -> Rehearsal {
    let consents: BTreeSet<String> = consents.iter().map(|name| (*name).to_owned()).collect();
    rehearse(&graph(yaml), &setting(yaml), Some(world), &consents, &mut |_, _, _| {}).expect("a rehearsal")
}

fn four() -> String {
    plan_text("four-controls")
}

/// A rehearsal that reaches its end and leaves nothing to do.
fn reached(rehearsal: Rehearsal) -> Rehearsal {
    let causes = rehearsal.outcome.as_ref().map(|outcome| format!("{:#?}", outcome.causes));
    assert_eq!(rehearsal.failed(), 0, "{causes:?}");
    let left: Vec<_> = rehearsal.second_plan.steps.iter().map(|step| (&step.id, &step.changes)).collect();
    assert!(left.is_empty(), "{left:#?}");
    assert!(rehearsal.succeeded(), "{causes:?}");
    rehearsal
}

/// The steps of a plan that are about stack sets, rules and packs.
fn deployments(rehearsal: &Rehearsal) -> Vec<&str> {
    let kinds = [Kind::StackSet, Kind::ConfigRule, Kind::ConformancePack, Kind::ConfigAggregator];
    let steps = rehearsal.plan.steps.iter().filter(|step| kinds.contains(&step.address.kind));
    steps.map(|step| step.id.0.as_str()).collect()
}

/// What the operator is told of the steps that failed.
fn causes(rehearsal: &Rehearsal) -> String {
    rehearsal.outcome.as_ref().map(|outcome| format!("{:?}", outcome.causes)).unwrap_or_default()
}

fn account(world: &World, name: &str) -> String {
    let email = format!("aws+{name}@example.com");
    let organization = world.organizations.of(&world.account).expect("an organization");
    let found = organization.accounts.iter().find(|(_, account)| account.email == email);
    found.expect("the account").0.clone()
}

#[test]
fn one_document_prevents_refuses_finds_and_repairs_and_then_has_nothing_left_to_do_i4() {
    let rehearsal = reached(rehearsed(&four()));
    let mut types: BTreeMap<ControlType, BTreeSet<Kind>> = BTreeMap::new();
    for step in &rehearsal.plan.steps {
        if let Some(found) = control_type::of(step) {
            types.entry(found).or_default().insert(step.address.kind);
        }
    }
    let kinds = |of: ControlType| types.get(&of).cloned().unwrap_or_default();
    assert_eq!(kinds(ControlType::Preventive), BTreeSet::from([Kind::Policy, Kind::Control]));
    assert_eq!(kinds(ControlType::Proactive), BTreeSet::from([Kind::Control, Kind::StackSet]));
    assert_eq!(kinds(ControlType::Detective), BTreeSet::from([Kind::Control, Kind::ConfigRule]));
    let repairing = BTreeSet::from([Kind::ConformancePack, Kind::FirewallPolicy, Kind::StackSet]);
    assert_eq!(kinds(ControlType::Responsive), repairing);
    let at = |id: &str| rehearsal.plan.steps.iter().position(|step| step.id.0 == id).expect("a step");
    let role = at("stack_set.remediation-role:deploy[Workloads]");
    assert!(role < at("conformance_pack.ransomware-baseline/us-east-1:create"), "roles come before repairs");
}

#[test]
fn an_account_that_comes_later_gets_stacks_and_rules_without_another_run() {
    let first = reached(rehearsed(&four()));
    let later = "  app-two: { email: aws+app-two@example.com, organizational_unit: Workloads }\n  \
                 late: { email: aws+late@example.com, organizational_unit: Workloads }\n";
    let line = "  app-two: { email: aws+app-two@example.com, organizational_unit: Workloads }\n";
    let yaml = four().replace(line, later);
    let without = yaml.split("\nsecurity:\n").next().expect("a head").to_owned();
    let mut made = again(&without, first.world, &[]);
    assert!(made.succeeded(), "{}", causes(&made));
    assert!(deployments(&made).is_empty(), "{:?}", deployments(&made));
    // AWS follows by itself within minutes; what was made is looked at an hour later.
    let now = made.world.time;
    let hour = jiff::SignedDuration::from_hours(1);
    made.world.settle(now.checked_add(hour).expect("an instant"));
    let seen = again(&yaml, made.world, &[]);
    assert!(deployments(&seen).is_empty(), "{:?}", deployments(&seen));
}

#[test]
fn a_pack_fails_in_the_accounts_that_record_nothing_and_the_next_plan_repairs_it() {
    let unrecorded = four().replace("    baselines: [control_tower]\n", "").replace(
        "      # Detective: root users without a second factor are found.\n      - AWS-GR_ROOT_ACCOUNT_MFA_ENABLED\n",
        "",
    );
    let first = rehearsed(&unrecorded);
    let told = causes(&first);
    let (one, two) = (account(&first.world, "app-one"), account(&first.world, "app-two"));
    assert!(told.contains(&one) && told.contains(&two), "{told}");
    assert!(told.contains("NoAvailableConfigurationRecorderException"), "{told}");
    let left: Vec<&str> = first.second_plan.steps.iter().map(|step| step.verb.as_str()).collect();
    assert!(left.iter().all(|verb| *verb == "repair"), "{left:?}");
    let audit = account(&first.world, "audit");
    assert!(!told.contains(&audit), "the accounts of the landing zone record: {told}");
    reached(again(&four(), first.world, &[]));
}

#[test]
fn a_template_that_changes_is_put_again_and_marked_and_one_that_does_not_is_left_alone() {
    let first = reached(rehearsed(&four()));
    let excluded = four().replace(
        "      template: packs/ransomware-baseline.yaml\n",
        "      template: packs/ransomware-baseline.yaml\n      parameters: { AutomationRole: repair }\n",
    );
    let second = reached(again(&excluded, first.world.clone(), &[]));
    let steps = deployments(&second);
    assert!(steps.iter().all(|step| step.ends_with(":update")), "{steps:?}");
    assert_eq!(steps.len(), 2, "one in each Region: {steps:?}");
    let other = four().replace(
        "      template: packs/ransomware-baseline.yaml\n",
        "      template:\n        Resources:\n          Versioned:\n            Type: \"AWS::Config::ConfigRule\"\n            Properties: { ConfigRuleName: versioned }\n",
    );
    let third = reached(again(&other, first.world, &[]));
    let steps: BTreeSet<&str> =
        deployments(&third).into_iter().filter_map(|step| step.rsplit(':').next()).collect();
    assert_eq!(steps, BTreeSet::from(["mark", "update"]));
}

#[test]
fn a_stack_that_fails_in_one_account_is_told_and_repaired_by_the_next_run() {
    let without = four().split("\nstack_sets:\n").next().expect("a head").to_owned();
    let mut first = reached(rehearsed(&without));
    let broken = account(&first.world, "app-two");
    first.world.cloudformation.failing.insert(broken.clone());
    let mut second = again(&four(), first.world, &[]);
    assert!(!second.succeeded());
    assert!(causes(&second).contains(&broken), "{}", causes(&second));
    let left: Vec<&str> = second.second_plan.steps.iter().map(|step| step.id.0.as_str()).collect();
    assert_eq!(left, ["stack_set.guard-hook:repair", "stack_set.remediation-role:repair"]);
    second.world.cloudformation.failing.clear();
    reached(again(&four(), second.world, &[]));
}

#[test]
fn stacks_are_withdrawn_from_a_target_that_is_named_no_more_only_with_a_consent() {
    let first = reached(rehearsed(&four()));
    let moved =
        four().replace("    targets: [Workloads]\n    purpose", "    targets: [Security]\n    purpose");
    let refused = again(&moved, first.world.clone(), &[]);
    assert!(!refused.succeeded());
    let consented = reached(again(&moved, first.world.clone(), &["stack_set_withdrawal.guard-hook"]));
    let verbs: BTreeSet<&str> =
        deployments(&consented).into_iter().filter_map(|step| step.split(':').nth(1)).collect();
    assert_eq!(verbs, BTreeSet::from(["deploy[Security]", "withdraw[Workloads]"]));
    let head = four().split("\nstack_sets:\n").next().expect("a head").to_owned();
    let gone = format!("{head}\nremove: [stack_set.guard-hook]\n");
    let consents = ["stack_set_withdrawal.guard-hook", "stack_set_deletion.guard-hook"];
    let removed = reached(again(&gone, first.world, &consents));
    assert!(deployments(&removed).iter().any(|step| step.ends_with(":delete")));
}

#[test]
fn rules_and_packs_are_taken_away_by_their_administrator_with_a_consent() {
    let first = reached(rehearsed(&four()));
    let pack = "  conformance_packs:\n    # Repairs what its rules find, through Systems Manager Automation.\n    ransomware-baseline:\n      template: packs/ransomware-baseline.yaml\n";
    let rule = "      encrypted-volumes:\n        managed: ENCRYPTED_VOLUMES\n        description: Volumes are encrypted\n        resource_types: [\"AWS::EC2::Volume\"]\n";
    let yaml = four().replace(pack, "").replace(rule, "");
    let gone = format!(
        "{yaml}\nremove:\n  - conformance_pack.ransomware-baseline/eu-west-1\n  - config_rule.encrypted-volumes/us-east-1\n"
    );
    let consents = [
        "conformance_pack_deletion.ransomware-baseline/eu-west-1",
        "config_rule_deletion.encrypted-volumes/us-east-1",
    ];
    let removed = reached(again(&gone, first.world, &consents));
    assert_eq!(deployments(&removed).len(), 2, "{:?}", deployments(&removed));
}

#[test]
fn a_second_aggregator_beside_the_landing_zones_own_is_refused() {
    let first = reached(rehearsed(&four()));
    let yaml = "version: 1\norganization: { home_region: us-east-1, governed_regions: [us-east-1, eu-west-1] }\n\
                accounts:\n  audit: { email: aws+audit@example.com, join: existing }\n\
                security:\n  config:\n    administrator: audit\n    aggregator: { role: \"arn:aws:iam::111122223333:role/a\" }\n";
    let seen = again(yaml, first.world, &[]);
    let codes: Vec<&str> = seen.plan.notes.iter().map(|note| note.code.as_str()).collect();
    assert!(codes.contains(&"second-aggregator"), "{codes:?}");
    let before = "version: 1\norganization: { home_region: us-east-1 }\n\
                  accounts:\n  audit: { email: aws+audit@example.com }\n\
                  security:\n  config:\n    administrator: audit\n    aggregator: { role: \"arn:aws:iam::111122223333:role/a\" }\n";
    reached(rehearsed(before));
}

#[test]
fn a_delegated_administrator_manages_stack_sets_as_such() {
    let yaml = "version: 1\norganization: { home_region: us-east-1, governed_regions: [us-east-1] }\n\
                organizational_units: { Workloads: {} }\n\
                accounts:\n  stacks: { email: aws+stacks@example.com }\n  app: { email: aws+app@example.com, organizational_unit: Workloads }\n\
                delegated_administrators: { cloudformation-stacksets: stacks }\n\
                stack_sets:\n  topics:\n    administrator: stacks\n    targets: [Workloads]\n    auto_deployment: false\n    template: { Resources: { Topic: { Type: \"AWS::SNS::Topic\" } } }\n";
    let rehearsal = reached(rehearsed(yaml));
    assert!(deployments(&rehearsal).contains(&"stack_set.topics:deploy[Workloads]"));
}

#[test]
fn rules_packs_firewalls_and_stacks_of_fifty_accounts_are_read_in_as_many_calls_as_there_are_pages() {
    let accounts: String = (0..50)
        .map(|n| {
            format!("  extra{n:02}: {{ email: extra{n:02}@example.com, organizational_unit: Workloads }}\n")
        })
        .collect();
    let yaml = four()
        .replace("[us-east-1, eu-west-1]", "[us-east-1, eu-west-1, ap-northeast-1]")
        .replace("\nlanding_zone:\n", &format!("{accounts}\nlanding_zone:\n"));
    let world = reached(rehearsed(&yaml)).world;
    let head = |mark: &str| yaml.split(mark).next().expect("a head").to_owned();
    let (steps, without) = planned(&head("\ndelegated_administrators:\n"), world.clone());
    assert!(steps.is_empty(), "{steps:?}");
    let (steps, with) = planned(&yaml, world);
    assert!(steps.is_empty(), "{steps:?}");
    // In each Region. Rules and packs with how they are, the text of one rule and the mark of one pack; Firewall
    // Manager's policies and the one of ours.
    let in_region = 2 + 2 + 1 + 1 + 2;
    // Of each stack set: itself, where it is, what AWS does about it, and stacks that failed.
    let stack_set = 4;
    // Who administers Config (by two principals), Firewall Manager (by its own word and by Organizations') and Systems
    // Manager; at most five tries of roles to enter the account.
    let offices = 2 + 2 + 1 + 5;
    let pages = 3 * in_region + 2 * stack_set + offices;
    println!("{} calls for {pages} pages", with - without);
    assert!(with - without <= pages, "{} calls, {pages} pages", with - without);
}
