//! Accounts that a service leaves out of a call that as a whole succeeds are never taken for done.

use std::collections::BTreeSet;
use std::sync::Arc;

use lzctl::apply::journal::{Journal, MemorySink, Run};
use lzctl::apply::{self, Outcome, Settings};
use lzctl::cloud::Connection;
use lzctl::model::Resource;
use lzctl::observe::survey;
use lzctl::plan::{Plan, make};
use lzctl::rehearse::{Bench, virtual_runtime};
use lzctl::sim::World;
use lzctl::sim::caller::Asker;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::documents::{graph, plan_text};
use super::rehearsal::{rehearsed, setting};

async fn planned(yaml: &str, bench: &Bench) -> Plan {
    let graph = graph(yaml);
    let wanted: Vec<Resource> = graph.resources.values().cloned().collect();
    let seen = Box::pin(survey(&bench.connection, &wanted)).await.expect("a snapshot");
    make(&graph, &seen, &BTreeSet::new())
}

async fn applied(plan: &Plan, bench: &Bench) -> Outcome {
    let mut journal = Journal::new(Box::new(MemorySink::default()));
    let run = Run::new(&plan.id, bench.simulator.now());
    let (_, interrupts) = mpsc::channel(1);
    let performer: Arc<Connection> = Arc::new(bench.connection.clone());
    let watch: apply::dispatch::Observer<'_> = &mut |_, _| {};
    let settings = Settings::default();
    apply::dispatch::run(plan, performer, &mut journal, &run, settings, interrupts, watch)
        .await
        .expect("a run")
}

/// The accounts that a service knows as members in Ireland.
fn members(world: &World, service: &str, administrator: &str) -> BTreeSet<String> {
    let world = serde_json::to_value(world).expect("a value");
    let place = match service {
        "guardduty" => &world["guardduty"]["regions"]["eu-west-1"][administrator]["members"],
        _ => &world[service]["places"]["eu-west-1"][administrator]["members"],
    };
    place.as_object().into_iter().flatten().map(|(id, _)| id.clone()).collect()
}

#[test]
fn an_account_that_is_closed_after_planning_is_told_with_the_reason_of_aws_and_the_others_are_members() {
    let yaml = plan_text("detect");
    let without = yaml.split("\nsecurity:\n").next().expect("a head").to_owned() + "\n";
    let world = rehearsed(&without).world;
    virtual_runtime().expect("a runtime").block_on(async {
        let bench = Bench::open(&setting(&yaml), Some(world)).await.expect("a bench");
        let plan = planned(&yaml, &bench).await;
        let id =
            |name: &str| bench.simulator.account(&format!("aws+{name}@example.com")).expect("an account");
        let (closed, open, administrator) = (id("app-two"), id("app-one"), id("security"));
        let key = bench.simulator.account("management").expect("an account");
        let asker = Asker { key: &key, token: None, region: "us-east-1" };
        let input: Value = json!({ "AccountId": closed });
        let answer =
            bench.simulator.ask(asker, "organizations", "CloseAccount", &input).await.expect("an answer");
        assert_eq!(answer.code(), None, "{}", answer.text);
        let outcome = applied(&plan, &bench).await;
        let enrolments: Vec<String> = outcome
            .causes
            .iter()
            .map(|cause| format!("{cause:?}"))
            .filter(|told| told.contains("guardduty.") && told.contains("UnprocessedAccounts"))
            .collect();
        assert_eq!(enrolments.len(), 3, "one in each Region: {:#?}", outcome.causes);
        for told in &enrolments {
            assert!(told.contains(&closed) && told.contains("the account is suspended"), "{told}");
            assert!(!told.contains(&open), "{told}");
        }
        let world = bench.simulator.world();
        for service in ["guardduty", "inspector", "macie"] {
            let members = members(&world, service, &administrator);
            assert!(members.contains(&open) && !members.contains(&closed), "{service}: {members:?}");
        }
        // Suspended accounts are left alone, and everybody else is done.
        let next = planned(&yaml, &bench).await;
        let again: Vec<&str> = next.steps.iter().map(|step| step.id.0.as_str()).collect();
        assert!(
            !again.iter().any(|step| step.starts_with("guardduty.") && step.contains("enrol")),
            "{again:?}"
        );
    });
}
