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
use lzctl::plan::impact::{self, assess, notes, work};
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

/// Each policy of the corpus that a document can hold, as one that is there already.
fn standing(snapshot: &Snapshot, sample: &Sample, targets: &[&str]) -> Snapshot {
    let document = json!({ "Version": "2012-10-17", "Statement": sample.statements });
    let kind = if sample.r#type == "rcp" { "RESOURCE_CONTROL_POLICY" } else { "SERVICE_CONTROL_POLICY" };
    let policy = json!({ "name": sample.name, "kind": kind, "content": document, "targets": targets });
    let mut snapshot = snapshot.clone();
    let policy = serde_json::from_value(policy).expect("a policy");
    snapshot.facts.standing_policies.insert("p-sample".to_owned(), policy);
    snapshot
}

#[test]
fn what_is_left_out_because_no_policy_can_hinder_it_changes_no_finding() {
    let yaml = plan_text("standard");
    let graph = graph(&yaml);
    let mut snapshot = existing(&graph);
    let mut root = Live::default();
    root.attributes.insert("root_id".to_owned(), "r-root".to_owned());
    snapshot.live.insert("organization".parse().unwrap(), root);
    let plan = make(&graph, &snapshot, &BTreeSet::new());
    let account = snapshot.live.values().find_map(|live| live.attribute("id")).unwrap().to_owned();
    let (own, closed) = impact::binding::of_plan(&graph, &plan.steps);
    let (mut found, mut asked) = (0, 0);
    for sample in ["harmful", "harmless", "open"].iter().flat_map(|name| corpus(name)) {
        for target in ["r-root", &account] {
            let snapshot = standing(&snapshot, &sample, &[target]);
            let estate = Estate { closed: closed.clone(), ..Estate::of(&graph, &snapshot, &plan.steps) };
            let bindings = [own.clone(), impact::binding::standing(&snapshot).0].concat();
            // Every request of every account, and only those that a policy might refuse.
            let tasks = work::tasks(&graph, &snapshot, &plan.steps, &estate);
            let whole = assess(&estate, &bindings, &tasks);
            assert_eq!(impact::of_plan(&graph, &snapshot, &plan.steps), whole, "{} on {target}", sample.name);
            found += usize::from(!whole.is_empty());
            asked += 1;
        }
    }
    assert!(found >= 50 && found < asked, "{found} of {asked}");
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

/// The standard document with a policy.
fn with_policy(name: &str, statement: &Value, target: &str) -> String {
    let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
    let policy = json!({ "type": "service_control", "document": document, "targets": [target] });
    format!("{}policies: {}\n", plan_text("standard"), json!({ name: policy }))
}

fn note<'p>(plan: &'p Plan, code: &str) -> &'p lzctl::plan::document::Note {
    plan.notes.iter().find(|note| note.code == code).unwrap_or_else(|| panic!("{code}: {:#?}", plan.notes))
}

#[test]
fn a_policy_that_denies_everything_on_the_root_is_refused_before_the_first_write_naming_the_step() {
    for action in ["*", "sts:AssumeRole"] {
        let yaml =
            with_policy("deny", &json!({ "Effect": "Deny", "Action": action, "Resource": "*" }), "root");
        let rehearsal = super::rehearsal::rehearsed(&yaml);
        let note = note(&rehearsal.plan, "policy-locks-out");
        assert_eq!(note.level, Level::Blocker);
        assert_eq!(note.address, Some("policy.deny".parse().unwrap()));
        assert!(note.message.contains("it would break step "), "{}", note.message);
        assert!(rehearsal.outcome.is_none(), "nothing may be written");
    }
}

#[test]
fn a_policy_that_spares_the_access_role_is_carried_out() {
    let spared =
        json!({ "ArnNotLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/AWSControlTowerExecution" } });
    let statement = json!({ "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": spared });
    let rehearsal = super::rehearsal::rehearsed(&with_policy("spare", &statement, "Workloads"));
    assert!(rehearsal.plan.notes.iter().all(|note| !note.code.starts_with("policy-")));
    assert!(rehearsal.succeeded(), "{:#?}", rehearsal.outcome.map(|outcome| outcome.causes));
}

#[test]
fn a_policy_waits_for_the_step_that_it_would_deny() {
    let statement = json!({ "Effect": "Deny", "Action": "kms:*", "Resource": "*" });
    let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
    let policy =
        json!({ "no-keys": { "type": "service_control", "document": document, "targets": ["vault"] } });
    let yaml = format!(
        "version: 1\norganization: {{ home_region: us-east-1 }}\naccounts:\n  vault: {{ email: v@example.com }}\n\
         keys:\n  mine: {{ account: vault }}\npolicies: {policy}\n"
    );
    let rehearsal = super::rehearsal::rehearsed(&yaml);
    let plan = &rehearsal.plan;
    let place =
        |id: &str| plan.steps.iter().position(|step| step.id.0 == id).unwrap_or_else(|| panic!("{id}"));
    assert!(place("key.mine:add_alias") < place("policy.no-keys:attach[vault]"));
    let attach = &plan.steps[place("policy.no-keys:attach[vault]")];
    assert!(attach.needs.iter().any(|need| need.rule == "policy-after-what-it-denies"), "{:?}", attach.needs);
    assert_eq!(note(plan, "policy-waits").level, Level::Info);
    assert_eq!(rehearsal.failed(), 0, "{:#?}", rehearsal.outcome.map(|outcome| outcome.causes));
}

#[test]
fn a_policy_in_force_that_denies_a_step_is_told_before_anything_is_sent() {
    let statement = json!({ "Effect": "Deny", "Action": "kms:CreateKey", "Resource": "*" });
    let yaml = with_policy("no-keys", &statement, "central-backup");
    let graph = graph(&yaml);
    let mut snapshot = existing(&graph);
    let mut live = Live::default();
    live.attributes.insert("id".to_owned(), "p-12345678".to_owned());
    let address = "policy.no-keys".parse().unwrap();
    live.fields = graph.resources[&address].fields.clone();
    let account = snapshot.live[&"account.central-backup".parse().unwrap()].attributes["id"].clone();
    live.fields.insert("targets.central-backup".to_owned(), json!(account));
    snapshot.live.insert(address, live);
    let plan = make(&graph, &snapshot, &BTreeSet::new());
    let note = note(&plan, "policy-denies-step");
    assert_eq!(note.level, Level::Blocker);
    assert!(
        note.message.contains("key.backup:create") && note.message.contains("does deny"),
        "{}",
        note.message
    );
}

/// A key in a member account, and nothing about policies.
const KEY: &str = "version: 1\norganization: { home_region: us-east-1 }\n\
                   accounts: { vault: { email: v@example.com } }\n";

#[test]
fn a_policy_that_the_document_does_not_have_is_told_when_it_denies_a_step() {
    // Somebody makes it, and the next document knows nothing of it.
    let deny = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Action": "kms:CreateKey", "Resource": "*" }] });
    let policy = json!({ "type": "service_control", "document": deny, "targets": ["root"] });
    let made = format!("{KEY}policies: {}\n", json!({ "no-keys": policy }));
    let world = super::rehearsal::rehearsed(&made).world;
    let with_key = format!("{KEY}keys: {{ mine: {{ account: vault }} }}\n");
    let refused = rehearse_in(&with_key, &world);
    let note = note(&refused.plan, "policy-denies-step");
    assert_eq!(note.level, Level::Blocker);
    assert!(note.message.contains("policy `no-keys` (p-"), "{}", note.message);
    assert!(
        note.message.contains("does deny step") && note.message.contains("kms:CreateKey"),
        "{}",
        note.message
    );
    assert!(refused.outcome.is_none(), "nothing may be written");
}

#[test]
fn a_policy_that_the_document_does_not_have_and_that_spares_the_steps_stands_in_nobodys_way() {
    let deny = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Action": "kms:ScheduleKeyDeletion", "Resource": "*" }] });
    let policy = json!({ "type": "service_control", "document": deny, "targets": ["root"] });
    let made = format!("{KEY}policies: {}\n", json!({ "keep-keys": policy }));
    let world = super::rehearsal::rehearsed(&made).world;
    let done = rehearse_in(&format!("{KEY}keys: {{ mine: {{ account: vault }} }}\n"), &world);
    assert!(done.plan.notes.iter().all(|note| !note.code.starts_with("policy-")), "{:#?}", done.plan.notes);
    assert!(done.succeeded(), "{:#?}", done.outcome.map(|outcome| outcome.causes));
}

#[test]
fn somebody_elses_list_of_what_is_allowed_is_told_when_it_leaves_out_a_step() {
    // Another document has taken FullAWSAccess from the account and allows a few services instead.
    let lists = |actions: &[&str]| {
        let allow = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }] });
        let few = json!({ "type": "service_control", "document": allow, "targets": ["account:vault"] });
        let everything =
            json!({ "type": "service_control", "aws_managed": true, "detached_from": ["account:vault"] });
        let policies = json!({ "few": few, "FullAWSAccess": everything });
        let made = format!("{KEY}policies: {policies}\nconsents: [policy_detachment.FullAWSAccess]\n");
        super::rehearsal::rehearsed(&made)
    };
    let with_key = format!("{KEY}keys: {{ mine: {{ account: vault }} }}\n");
    let without_keys = lists(&["sts:*", "kms:List*", "kms:Describe*", "kms:Get*"]);
    assert!(without_keys.succeeded(), "{:#?}", without_keys.plan.notes);
    let refused = rehearse_in(&with_key, &without_keys.world);
    let note = note(&refused.plan, "policy-denies-step");
    assert_eq!(note.level, Level::Blocker);
    assert!(
        note.message.contains("account.vault") && note.message.contains("kms:CreateKey"),
        "{}",
        note.message
    );
    let with_keys = lists(&["sts:*", "iam:*", "kms:*"]);
    let done = rehearse_in(&with_key, &with_keys.world);
    assert!(done.succeeded(), "{:#?} {:#?}", done.plan.notes, done.outcome.map(|outcome| outcome.causes));
}

/// Rehearses a document in a world that exists.
fn rehearse_in(yaml: &str, world: &lzctl::sim::World) -> lzctl::rehearse::Rehearsal {
    let setting = super::rehearsal::setting(yaml);
    let consents = BTreeSet::new();
    lzctl::rehearse::rehearse(&graph(yaml), &setting, Some(world.clone()), &consents, &mut |_, _, _| {})
        .unwrap()
}
