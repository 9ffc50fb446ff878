//! From document to applied landing zone on the simulated AWS, in virtual time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lzctl::apply::journal::{Journal, MemorySink, Run};
use lzctl::apply::{self, Settings};
use lzctl::model::Resource;
use lzctl::observe::survey;
use lzctl::plan::{Plan, make};
use lzctl::rehearse::{Bench, Rehearsal, Setting, rehearse, virtual_runtime};
use tokio::sync::mpsc;

use super::documents::{graph, plan_text, spec};

/// Rehearses a document in an empty world, with the consents that stand in it.
pub(crate) fn rehearsed(yaml: &str) -> Rehearsal {
    let (graph, consents) = (graph(yaml), spec(yaml).consents.into_iter().collect());
    rehearse(&graph, &setting(yaml), None, &consents, &mut |_, _, _| {}).expect("a rehearsal")
}

pub(crate) fn setting(yaml: &str) -> Setting {
    let organization = spec(yaml).organization;
    let home = organization.home_region.expect("a home Region");
    Setting { access_role: organization.access_role, ..Setting::of(&graph(yaml), &home) }
}

#[test]
fn every_plan_reaches_its_organization_and_then_has_nothing_left_to_do_i4() {
    for name in ["minimal", "standard", "regulated"] {
        let rehearsal = rehearsed(&plan_text(name));
        let causes = rehearsal.outcome.as_ref().map(|outcome| format!("{:#?}", outcome.causes));
        assert_eq!(rehearsal.failed(), 0, "{name}: {causes:?}");
        let left: Vec<_> = rehearsal.second_plan.steps.iter().map(|step| (&step.id, &step.changes)).collect();
        assert!(left.is_empty(), "{name}: {left:#?}");
        assert!(rehearsal.succeeded(), "{name}");
    }
}

#[test]
fn two_rehearsals_of_one_document_are_the_same_in_every_figure() {
    let once = rehearsed(&plan_text("standard"));
    let again = rehearsed(&plan_text("standard"));
    assert_eq!(once.plan, again.plan);
    assert_eq!((once.reads, once.writes, once.virtual_time), (again.reads, again.writes, again.virtual_time));
    assert_eq!(once.snapshot, again.snapshot);
}

/// What the simulated AWS saw of one plan and its apply.
struct Seen {
    plan: Plan,
    writes_while_planning: u64,
    /// Mutating operations that took effect, in order.
    mutations: Vec<String>,
    /// How often AWS was asked which baselines there are: by planning, applying and
    /// planning again, then by another connection.
    lists_of_baselines: [u64; 2],
}

fn seen(yaml: &str) -> Seen {
    let graph = graph(yaml);
    let runtime = virtual_runtime().expect("a runtime");
    runtime.block_on(async {
        let bench = Bench::open(&setting(yaml), None).await.expect("a bench");
        let wanted: Vec<Resource> = graph.resources.values().cloned().collect();
        let before = Box::pin(survey(&bench.connection, &wanted)).await.expect("a snapshot");
        let plan = make(&graph, &before, &BTreeSet::new());
        let writes_while_planning = bench.simulator.requests().writes;
        let mut journal = Journal::new(Box::new(MemorySink::default()));
        let run = Run::new(&plan.id, bench.simulator.now());
        let (_, interrupts) = mpsc::channel(1);
        let performer = Arc::new(bench.connection.clone());
        apply::dispatch::run(
            &plan,
            performer,
            &mut journal,
            &run,
            Settings::default(),
            interrupts,
            &mut |_, _| {},
        )
        .await
        .expect("an outcome");
        let log = bench.simulator.log().into_iter();
        // Assuming a role is a write to AWS's eyes but changes nothing that a plan manages.
        let mutations = log
            .filter(|entry| entry.write && entry.error.is_none() && entry.service != "sts")
            .map(|entry| format!("{}:{}", entry.service, entry.operation))
            .collect();
        let lists = || bench.simulator.requests().operations.get("controltower:ListBaselines").copied();
        Box::pin(survey(&bench.connection, &wanted)).await.expect("a snapshot");
        let by_one = lists().unwrap_or_default();
        let other = Bench::connected(&setting(yaml), &bench.simulator).await.expect("a connection");
        Box::pin(survey(&other, &wanted)).await.expect("a snapshot");
        let lists_of_baselines = [by_one, lists().unwrap_or_default() - by_one];
        Seen { plan, writes_while_planning, mutations, lists_of_baselines }
    })
}

#[test]
fn planning_writes_nothing_i8_and_each_step_is_one_mutating_call() {
    let seen = seen(&plan_text("standard"));
    assert_eq!(seen.writes_while_planning, 0);
    let count = |operations: &mut dyn Iterator<Item = String>| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        operations.for_each(|operation| *counts.entry(operation).or_default() += 1);
        counts
    };
    let planned = count(&mut seen.plan.steps.iter().map(|step| step.operation.clone()));
    let sent = count(&mut seen.mutations.iter().cloned());
    assert_eq!(sent, planned);
}

#[test]
fn which_baselines_there_are_is_asked_once_for_each_connection() {
    assert_eq!(seen(&plan_text("standard")).lists_of_baselines, [1, 1]);
}

#[test]
fn the_order_in_which_aws_saw_the_calls_extends_the_graph_i5() {
    let seen = seen(&plan_text("standard"));
    // Steps of one operation are told apart by counting: when the k-th call of an
    // operation arrives, at most k of its steps can have begun, so a step whose
    // needs are all the calls of other operations must find those before it.
    let first_call = |operation: &str| seen.mutations.iter().position(|seen| seen == operation);
    let last_call = |operation: &str| seen.mutations.iter().rposition(|seen| seen == operation);
    let operation: BTreeMap<_, _> =
        seen.plan.steps.iter().map(|step| (&step.id, step.operation.as_str())).collect();
    let mut checked = 0;
    for step in &seen.plan.steps {
        for need in &step.needs {
            let before = first_call(operation[&need.step]).expect("the earlier call");
            let after = last_call(&step.operation).expect("the later call");
            assert!(
                before < after || operation[&need.step] == step.operation,
                "{} before {}",
                step.id,
                need.step
            );
            checked += 1;
        }
    }
    assert!(checked > 50, "{checked}");
    let zone = first_call("controltower:CreateLandingZone").unwrap();
    assert!(last_call("iam:AttachRolePolicy").unwrap() < zone);
    assert!(last_call("kms:ReplicateKey").unwrap() < zone);
    assert!(zone < first_call("controltower:EnableBaseline").unwrap());
}

/// A landing zone of `accounts` workload accounts spread over `units` units.
pub(crate) fn wide(units: usize, accounts: usize) -> String {
    use std::fmt::Write as _;
    let mut yaml = String::from(
        "version: 1\norganization: { home_region: us-east-1, governed_regions: [us-east-1] }\norganizational_units:\n  Security: {}\n",
    );
    for unit in 0..units {
        let _ = writeln!(yaml, "  Unit{unit:03}: {{ baselines: [control_tower] }}");
    }
    yaml.push_str("accounts:\n  log: { email: log@example.com, organizational_unit: Security }\n  audit: { email: audit@example.com, organizational_unit: Security }\n");
    for account in 0..accounts {
        let unit = account % units;
        let _ = writeln!(
            yaml,
            "  app{account:05}: {{ email: app{account:05}@example.com, organizational_unit: Unit{unit:03} }}"
        );
    }
    yaml.push_str(
        "landing_zone:\n  version: '4.0'\n  integration_unit: Security\n  centralized_logging: { account: log }\n  config: { account: audit }\n  security_roles: { account: audit }\n  identity_center: true\n",
    );
    yaml
}

#[test]
fn three_hundred_accounts_in_forty_units_come_close_to_the_lower_bound() {
    let rehearsal = rehearsed(&wide(40, 300));
    assert!(rehearsal.succeeded(), "{:#?}", rehearsal.outcome.map(|outcome| outcome.causes));
    assert!(rehearsal.ratio() < 1.02, "{}", rehearsal.ratio());
}
