//! An organization that grew by itself comes under governance in one plan, and what cannot is told.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lzctl::plan::Plan;
use lzctl::plan::document::Level;
use lzctl::rehearse::sweep::{Target, of_folder};
use lzctl::rehearse::{Bench, Rehearsal, rehearse, virtual_runtime};
use lzctl::sim::World;
use lzctl::sim::caller::Asker;
use serde_json::{Value, json};

use super::documents::{graph, plan_text, spec};
use super::preflight::{reports, stops};

/// Accounts that the document leaves ungoverned, with what stands in the way of each.
const HELD: [(&str, &str); 5] = [
    ("acq-depot", "leftover-role"),
    ("acq-tills", "execution-role-unusable"),
    ("o-hara", "email-not-accepted"),
    ("pricing-dev", "sts-inactive"),
    ("warehouse-dev", "not-looked-into"),
];

fn legacy() -> Target {
    of_folder(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/plans/legacy-takeover"))).expect("the plan")
}

fn carried_out(target: &Target) -> Rehearsal {
    rehearse(&target.graph, &target.setting, target.world.clone(), &target.consents, &mut |_, _, _| {})
        .expect("a rehearsal")
}

/// What the document becomes when a word in it is another.
fn instead(from: &str, to: &str) -> Rehearsal {
    let yaml = plan_text("legacy-takeover");
    assert!(yaml.contains(from), "{from}");
    let yaml = yaml.replace(from, to);
    let (target, consents) = (legacy(), spec(&yaml).consents);
    rehearse(&graph(&yaml), &target.setting, target.world, &consents, &mut |_, _, _| {}).expect("a rehearsal")
}

/// The organization in a world, as it is saved.
fn organization(world: &World) -> Value {
    let saved = serde_json::to_value(world).unwrap();
    saved["organizations"]["organizations"]
        .as_object()
        .unwrap()
        .values()
        .find(|one| one["management"] == "111122223333")
        .unwrap()
        .clone()
}

/// Names of accounts, by the name of the unit they are in.
fn places(world: &World) -> BTreeMap<String, BTreeSet<String>> {
    let organization = organization(world);
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for account in organization["accounts"].as_object().unwrap().values() {
        let unit = &organization["units"][account["parent"].as_str().unwrap()]["name"];
        let unit = unit.as_str().unwrap_or("root").to_owned();
        places.entry(unit).or_default().insert(account["name"].as_str().unwrap().to_owned());
    }
    places
}

fn notes_about<'p>(plan: &'p Plan, account: &str) -> Vec<(Level, &'p str)> {
    let address = format!("account.{account}").parse().unwrap();
    let own = plan.notes.iter().filter(|note| note.address.as_ref() == Some(&address));
    own.map(|note| (note.level, note.code.as_str())).collect()
}

#[test]
fn sixty_accounts_come_under_governance_in_one_plan_and_a_second_one_is_empty_i4() {
    let target = legacy();
    let done = carried_out(&target);
    let causes = done.outcome.as_ref().map(|outcome| format!("{:#?}", outcome.causes));
    assert!(done.outcome.is_some(), "{:#?}", done.plan.notes);
    assert_eq!(done.failed(), 0, "{causes:?}");
    let left: Vec<_> = done.second_plan.steps.iter().map(|step| (&step.id, &step.changes)).collect();
    assert!(left.is_empty(), "{left:#?}");
    assert!(done.succeeded());
    // Every account is governed, or is one that the document says cannot be.
    let (found, writes) = reports(done.world.clone(), &["root"], None);
    assert_eq!(writes, 0);
    let ungoverned: BTreeSet<&str> =
        found.values().filter(|report| !report.enrolled).map(|report| report.name.as_str()).collect();
    let held = HELD.iter().map(|(name, _)| *name);
    let known = held.chain(["management", "log-archive", "audit", "catalogue-old", "mail-old", "closed-lab"]);
    assert_eq!(ungoverned, known.collect());
    // One more has come from another organization.
    assert_eq!(found.len() - ungoverned.len(), 60 - 5 - 3 + 1);
    let places = places(&done.world);
    assert_eq!(places["Suspended"], ["catalogue-old", "mail-old"].map(str::to_owned).into());
    assert_eq!(places["root"], ["closed-lab", "management"].map(str::to_owned).into());
}

#[test]
fn what_cannot_be_enrolled_is_told_with_the_reason_by_every_plan_and_by_preflight() {
    let done = carried_out(&legacy());
    for plan in [&done.plan, &done.second_plan] {
        for (name, code) in HELD.into_iter().filter(|(name, _)| *name != "o-hara") {
            assert_eq!(notes_about(plan, name), [(Level::Warning, code)], "{name}");
        }
        assert_eq!(notes_about(plan, "o-hara"), [(Level::Info, "ungoverned")]);
        assert_eq!(notes_about(plan, "mail-old"), [(Level::Warning, "inactive-account")]);
    }
    let (found, _) = reports(done.world, &["Holding"], Some("Production"));
    for (name, code) in HELD {
        let report = &found[name];
        let told = report.findings.iter().any(|finding| finding.code == code);
        assert!(told, "{report:#?}");
        assert_eq!(stops(report).is_empty(), code == "not-looked-into", "{report:#?}");
    }
}

#[test]
fn nothing_is_moved_to_the_root_on_the_way() {
    let target = legacy();
    let before = organization(target.world.as_ref().unwrap())["moves"].as_array().unwrap().len();
    let done = carried_out(&target);
    let organization = organization(&done.world);
    let moves = &organization["moves"].as_array().unwrap()[before..];
    assert!(moves.len() >= 10, "{moves:#?}");
    let root = &organization["root"]["id"];
    assert!(moves.iter().all(|one| one["to"] != *root), "{moves:#?}");
    // Who was in a unit that is registered where it is was not moved at all.
    let stayed = moves.iter().filter(|one| one["from"] == one["to"]);
    assert_eq!(stayed.count(), 0);
}

#[test]
fn an_account_that_cannot_be_enrolled_keeps_a_plan_that_wants_it_governed_from_being_applied() {
    for (name, code) in HELD.into_iter().filter(|(name, _)| !["o-hara", "warehouse-dev"].contains(name)) {
        let line = format!("{name}@example.com, join: existing, organizational_unit: Holding");
        let wanted = line.replace("Holding", "Production");
        let refused = instead(&line, &wanted);
        assert!(refused.outcome.is_none(), "{name}");
        assert!(
            notes_about(&refused.plan, name).contains(&(Level::Blocker, code)),
            "{:#?}",
            refused.plan.notes
        );
    }
}

#[test]
fn an_account_of_another_organization_is_not_taken_for_one_of_this() {
    let refused = instead("partner@example.com, join: invite", "partner@example.com, join: existing");
    assert!(refused.outcome.is_none());
    assert_eq!(notes_about(&refused.plan, "partner"), [(Level::Blocker, "account-not-found")]);
}

#[test]
fn an_account_of_another_organization_comes_over_and_is_governed_in_the_same_plan() {
    let done = carried_out(&legacy());
    let steps: Vec<&str> = done.plan.steps.iter().map(|step| step.id.0.as_str()).collect();
    let at = |id: &str| steps.iter().position(|step| *step == id).expect("a step");
    assert!(at("account.partner:invite") < at("account.partner:accept"));
    assert!(at("account.partner:move") < at("baseline.Partners:control_tower:create"));
    assert_eq!(places(&done.world)["Partners"], ["partner".to_owned()].into());
    let left = done.world.organizations.of("999988887777").expect("the other organization");
    assert!(!left.accounts.contains_key("444455556666"));
}

#[test]
fn until_its_owner_accepts_everything_else_is_done_and_then_the_next_plan_goes_on() {
    let target = legacy();
    // Nobody has made a role for this organization.
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/legacy-takeover/world.json");
    let mut world: Value =
        serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("JSON");
    world["past"]["elsewhere"][0]["roles"] = json!([]);
    let mut world: World = serde_json::from_value(world).expect("a world");
    world.live_through().expect("a past");
    let go = |world: World| {
        rehearse(&target.graph, &target.setting, Some(world), &target.consents, &mut |_, _, _| {})
            .expect("a rehearsal")
    };
    let waits = go(world);
    let causes = &waits.outcome.as_ref().expect("an outcome").causes;
    let told: Vec<(&str, &str)> = causes
        .iter()
        .map(|one| (one.step.0.as_str(), one.error.as_ref().expect("why").code.as_str()))
        .collect();
    assert_eq!(told, [("account.partner:accept", "WaitsForOwner")]);
    let left: BTreeSet<String> =
        waits.second_plan.steps.iter().map(|step| step.address.to_string()).collect();
    let expected = ["account.partner", "baseline.Partners:control_tower"];
    assert_eq!(left, expected.map(str::to_owned).into());
    let words = &causes[0].error.as_ref().expect("why").message;
    let handshake = words.split_whitespace().find(|word| word.starts_with("h-")).expect("its id");
    let accepted = virtual_runtime().expect("a runtime").block_on(async {
        let bench = Bench::open(&target.setting, Some(waits.world.clone())).await.expect("a bench");
        let asker = Asker { key: "444455556666", token: None, region: "us-east-1" };
        let input = json!({ "HandshakeId": handshake });
        let answer = bench.simulator.ask(asker, "organizations", "AcceptHandshake", &input).await;
        assert_eq!(answer.expect("an answer").code(), None);
        bench.simulator.world()
    });
    let done = go(accepted);
    assert!(done.succeeded(), "{:#?}", done.outcome.map(|outcome| outcome.causes));
    assert_eq!(places(&done.world)["Partners"], ["partner".to_owned()].into());
}

#[test]
fn without_its_consents_nothing_is_changed_i10() {
    let target = legacy();
    let none = BTreeSet::new();
    let refused =
        rehearse(&target.graph, &target.setting, target.world.clone(), &none, &mut |_, _, _| {}).unwrap();
    assert!(refused.outcome.is_none());
    assert_eq!(refused.plan.missing_consents().count(), 8);
    assert_eq!(refused.writes, 0);
    let saved = |world: &World| json!(organization(world)["moves"]);
    assert_eq!(saved(&refused.world), saved(target.world.as_ref().unwrap()));
}
