//! What the organization's own policies would deny, held against a corpus of policies
//! that lock somebody out and of policies that do not.

use std::collections::{BTreeMap, BTreeSet};

use lzctl::graph::ResourceGraph;
use lzctl::model::evaluation::Document;
use lzctl::model::{Kind, Live};
use lzctl::observe::Snapshot;
use lzctl::plan::document::Level;
use lzctl::plan::impact::binding::{Binding, Layer};
use lzctl::plan::impact::estate::Estate;
use lzctl::plan::impact::{assess, notes, work};
use lzctl::plan::step::StepId;
use lzctl::plan::{Plan, make};
use serde::Deserialize;
use serde_json::{Value, json};

use super::documents::{graph, nothing_yet, plan_text};

/// One policy of the corpus.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    name: String,
    r#type: String,
    target: String,
    statements: Value,
    /// Attached before the plan.
    #[serde(default)]
    in_force: bool,
    /// Put in the place of `FullAWSAccess`.
    #[serde(default)]
    instead_of_full_access: bool,
}

fn corpus(name: &str) -> Vec<Sample> {
    let path = format!("{}/tests/policies/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The organization of the standard document, its accounts being there already.
fn existing(graph: &ResourceGraph) -> Snapshot {
    let mut snapshot = nothing_yet();
    snapshot.organization = Some("o-exampleorgid".parse().unwrap());
    snapshot.home_region = "ap-northeast-1".parse().unwrap();
    let accounts = graph.resources.keys().filter(|address| address.kind == Kind::Account);
    for (number, address) in (222_200_000_000_u64..).zip(accounts) {
        let mut live = Live::default();
        live.attributes.insert("id".to_owned(), number.to_string());
        live.attributes.insert("parent_id".to_owned(), "r-root".to_owned());
        snapshot.live.insert(address.clone(), live);
    }
    snapshot
}

/// The gravest that is said of a policy, and the words.
fn said(sample: &Sample, graph: &ResourceGraph, snapshot: &Snapshot, plan: &Plan) -> (Option<Level>, String) {
    let step = (!sample.in_force).then(|| StepId(format!("policy.{}:attach", sample.name)));
    let target = match sample.target.as_str() {
        "root" => "root".to_owned(),
        name if graph.resources.contains_key(&format!("organizational_unit.{name}").parse().unwrap()) => {
            format!("organizational_unit.{name}")
        }
        name => format!("account.{name}"),
    };
    let mut estate = Estate::of(graph, snapshot, &plan.steps);
    if sample.instead_of_full_access {
        estate.closed.insert(target.clone(), step.clone());
    }
    let document = json!({ "Version": "2012-10-17", "Statement": sample.statements });
    let layer = if sample.r#type == "rcp" { Layer::Rcp } else { Layer::Scp };
    let binding = Binding {
        name: format!("policy.{}", sample.name),
        layer,
        document: Document::read(&document).unwrap(),
        targets: BTreeMap::from([(target, step)]),
    };
    let tasks = work::tasks(graph, snapshot, &plan.steps, &estate);
    let mut notes = notes(&assess(&estate, &[binding], &tasks), &plan.steps);
    notes.sort();
    let words: Vec<String> = notes.iter().map(|note| format!("{:?} {}", note.level, note.message)).collect();
    (notes.first().map(|note| note.level), words.join("\n"))
}

fn with_every_world(mut each: impl FnMut(&ResourceGraph, &Snapshot, &Plan)) {
    let graph = graph(&plan_text("standard"));
    for snapshot in [nothing_yet(), existing(&graph)] {
        let plan = make(&graph, &snapshot, &BTreeSet::new());
        each(&graph, &snapshot, &plan);
    }
}

#[test]
fn every_policy_of_the_corpus_that_locks_somebody_out_is_refused_and_names_a_step() {
    let samples = corpus("harmful");
    assert!(samples.len() >= 50);
    let mut missed = Vec::new();
    with_every_world(|graph, snapshot, plan| {
        for sample in &samples {
            let (level, words) = said(sample, graph, snapshot, plan);
            if level != Some(Level::Blocker) || !words.contains("step ") {
                missed.push(format!("{} (organization {:?}): {words}", sample.name, snapshot.organization));
            }
        }
    });
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn at_most_two_in_a_hundred_of_the_harmless_raise_an_alarm() {
    let samples = corpus("harmless");
    assert!(samples.len() >= 50);
    let mut alarms = Vec::new();
    let graph = graph(&plan_text("standard"));
    let snapshot = existing(&graph);
    let plan = make(&graph, &snapshot, &BTreeSet::new());
    for sample in &samples {
        let (level, words) = said(sample, &graph, &snapshot, &plan);
        if matches!(level, Some(Level::Blocker | Level::Warning)) {
            alarms.push(format!("{}: {words}", sample.name));
        }
    }
    assert!(
        alarms.len() * 50 <= samples.len(),
        "{} of {}:\n{}",
        alarms.len(),
        samples.len(),
        alarms.join("\n")
    );
}

#[test]
fn what_nobody_can_know_is_a_warning_and_no_refusal() {
    with_every_world(|graph, snapshot, plan| {
        for sample in corpus("open") {
            let (level, words) = said(&sample, graph, snapshot, plan);
            assert_eq!(level, Some(Level::Warning), "{}: {words}", sample.name);
        }
    });
}
