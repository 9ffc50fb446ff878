//! Closing an account: by its name or id, with a consent, and never while Control Tower
//! governs it.

use std::collections::BTreeSet;
use std::time::Duration;

use lzctl::rehearse::{Bench, Rehearsal, rehearse, virtual_runtime};
use lzctl::sim::World;
use serde_json::Value;

use super::documents::graph;
use super::rehearsal::{rehearsed, setting};

const HEAD: &str = "version: 1\norganization: { home_region: us-east-1, governed_regions: [us-east-1] }\n";
const TOWER: &str = "organizational_units:
  Security: {}
  Suspended: {}
  Workloads: { baselines: [control_tower] }
landing_zone:
  version: \"4.0\"
  integration_unit: Security
  centralized_logging: { account: log-archive }
  config: { account: audit }
  security_roles: { account: audit }
  backup: { enabled: false }
  auto_enroll: true
accounts:
  log-archive: { email: log@example.com, organizational_unit: Security }
  audit: { email: audit@example.com, organizational_unit: Security }
";
const CONSENT: &str = "account_closure.old";

fn again(yaml: &str, world: &World, consents: &[&str]) -> Rehearsal {
    let consents: BTreeSet<String> = consents.iter().map(|name| (*name).to_owned()).collect();
    rehearse(&graph(yaml), &setting(yaml), Some(world.clone()), &consents, &mut |_, _, _| {}).unwrap()
}

fn converged(yaml: &str, world: &World, consents: &[&str]) -> Rehearsal {
    let done = again(yaml, world, consents);
    assert!(done.succeeded(), "{:#?}\n{:#?}", done.plan.notes, done.outcome.map(|outcome| outcome.causes));
    done
}

/// The world some hours later.
fn later(yaml: &str, world: &World) -> World {
    virtual_runtime().unwrap().block_on(async {
        let bench = Bench::open(&setting(yaml), Some(world.clone())).await.unwrap();
        tokio::time::sleep(Duration::from_secs(12 * 3_600)).await;
        bench.simulator.world()
    })
}

fn ids(rehearsal: &Rehearsal) -> Vec<&str> {
    rehearsal.plan.steps.iter().map(|step| step.id.0.as_str()).collect()
}

/// The states of the accounts of an e-mail address, each with the account's id.
fn states(world: &World, email: &str) -> Vec<(String, String)> {
    let saved = serde_json::to_value(world).unwrap();
    let all = saved["organizations"]["organizations"].as_object().unwrap().values();
    let accounts = all.flat_map(|one| one["accounts"].as_object().unwrap());
    let of_it = accounts.filter(|(_, account)| account["email"] == email);
    of_it.map(|(id, account)| (id.clone(), word(&account["state"]))).collect()
}

/// A state with its moment left out.
fn word(state: &Value) -> String {
    let named = state.as_object().and_then(|state| state.keys().next().cloned());
    named.or_else(|| state.as_str().map(str::to_owned)).unwrap_or_default()
}

#[test]
fn an_account_is_closed_with_the_consent_that_names_it_and_stays_closed_i10() {
    let with = format!("{HEAD}accounts: {{ old: {{ email: old@example.com }} }}\n");
    let world = rehearsed(&with).world;
    let without = format!("{HEAD}remove: [account.old]\n");
    assert!(again(&without, &world, &[]).outcome.is_none(), "a consent is missing");
    let done = converged(&without, &world, &[CONSENT]);
    assert_eq!(ids(&done), ["account.old:close"]);
    let (id, state) = states(&done.world, "old@example.com").pop().unwrap();
    assert_eq!(state.to_ascii_lowercase(), "closed", "{id}");
    assert!(done.plan.notes.iter().any(|note| note.message.contains("old@example.com")), "whose it is");
    // What is closed already leaves nothing to do, by its id too.
    let by_id = without.replace("account.old", &format!("account.{id}"));
    assert!(converged(&by_id, &done.world, &[]).plan.steps.is_empty());
}

#[test]
fn an_account_that_control_tower_governs_is_not_closed_before_it_has_left() {
    let place = |unit: &str| {
        let old = format!("  old: {{ email: old@example.com, organizational_unit: {unit} }}\n");
        format!("{HEAD}{TOWER}{old}")
    };
    let world = rehearsed(&place("Workloads")).world;
    let without = format!("{HEAD}{TOWER}remove: [account.old]\n");
    let refused = again(&without, &world, &[CONSENT]);
    assert!(refused.outcome.is_none());
    assert!(
        refused.plan.notes.iter().any(|note| note.code == "account-enrolled"),
        "{:?}",
        refused.plan.notes
    );
    let moved = converged(&place("Suspended"), &world, &[]);
    // Control Tower takes back what it made there when it has noticed the move.
    let closed = converged(&without, &later(&place("Suspended"), &moved.world), &[CONSENT]);
    assert_eq!(ids(&closed), ["account.old:close"]);
}

#[test]
fn of_two_accounts_of_one_name_the_one_is_closed_whose_id_is_said() {
    let first = rehearsed(&format!("{HEAD}accounts: {{ old: {{ email: one@example.com }} }}\n"));
    let second =
        converged(&format!("{HEAD}accounts: {{ old: {{ email: two@example.com }} }}\n"), &first.world, &[]);
    let unclear = again(&format!("{HEAD}remove: [account.old]\n"), &second.world, &[CONSENT]);
    assert!(unclear.plan.steps.is_empty());
    let told = unclear.plan.notes.iter().any(|note| note.message.contains("name the one to close by its id"));
    assert!(told, "{:#?}", unclear.plan.notes);
    let (id, _) = states(&second.world, "two@example.com").pop().unwrap();
    let yaml = format!("{HEAD}remove: [account.{id}]\n");
    let done = converged(&yaml, &second.world, &[&format!("account_closure.{id}")]);
    assert_eq!(states(&done.world, "one@example.com")[0].1.to_ascii_lowercase(), "active");
    assert_eq!(states(&done.world, "two@example.com")[0].1.to_ascii_lowercase(), "closed");
}

#[test]
fn only_three_accounts_are_closed_at_a_time_and_aws_refuses_none() {
    let names: Vec<String> = (0..7).map(|number| format!("old-{number}")).collect();
    let listed: String =
        names.iter().map(|name| format!("  {name}: {{ email: {name}@example.com }}\n")).collect();
    let world = rehearsed(&format!("{HEAD}accounts:\n{listed}")).world;
    let going: Vec<String> = names.iter().map(|name| format!("account.{name}")).collect();
    let consents: Vec<String> = names.iter().map(|name| format!("account_closure.{name}")).collect();
    let consents: Vec<&str> = consents.iter().map(String::as_str).collect();
    let done = converged(&format!("{HEAD}remove: [{}]\n", going.join(", ")), &world, &consents);
    assert_eq!(done.writes, 7, "no call was refused and sent again");
}

#[test]
fn an_account_to_close_is_moved_let_go_of_and_closed_in_one_plan_where_control_tower_follows_moves() {
    let place = |unit: &str, more: &str| {
        let old = format!("  old: {{ email: old@example.com, organizational_unit: {unit}{more} }}\n");
        format!("{HEAD}{TOWER}{old}")
    };
    let world = rehearsed(&place("Workloads", "")).world;
    let closing = place("Suspended", ", close: true");
    assert!(again(&closing, &world, &[]).outcome.is_none(), "a consent is missing");
    let done = converged(&closing, &world, &[CONSENT]);
    assert_eq!(ids(&done), ["account.old:move", "account.old:close"]);
    assert_eq!(states(&done.world, "old@example.com")[0].1.to_ascii_lowercase(), "closed");
    let saved = serde_json::to_value(&done.world).unwrap();
    let id = &states(&done.world, "old@example.com")[0].0;
    let kept = saved["control_tower"]["enabled_baselines"].as_object().unwrap().values();
    assert!(kept.into_iter().all(|one| one["target_id"] != id.as_str()), "it was let go of first");
    // It may stay in the document, closed, and when AWS has forgotten it.
    let later = converged(&closing, &done.world, &[]);
    assert!(later.plan.notes.iter().all(|note| !note.message.contains("old")), "{:#?}", later.plan.notes);
    let months = virtual_runtime().unwrap().block_on(async {
        let bench = Bench::open(&setting(&closing), Some(done.world.clone())).await.unwrap();
        bench.simulator.advance(Duration::from_secs(100 * 86_400));
        bench.simulator.world()
    });
    assert!(again(&closing, &months, &[]).plan.blockers().next().is_none());
}

#[test]
fn an_account_that_stays_governed_is_not_closed_by_its_entry_either() {
    let place = |more: &str| {
        let old = format!("  old: {{ email: old@example.com, organizational_unit: Workloads{more} }}\n");
        format!("{HEAD}{TOWER}{old}")
    };
    let world = rehearsed(&place("")).world;
    let refused = again(&place(", close: true"), &world, &[CONSENT]);
    assert!(refused.outcome.is_none());
    assert!(refused.plan.blockers().any(|note| note.code == "account-enrolled"), "{:?}", refused.plan.notes);
    // Without following moves Control Tower keeps it, wherever it goes.
    let alone = |yaml: String| yaml.replace("auto_enroll: true", "auto_enroll: false");
    let made = rehearsed(&alone(place("")));
    assert!(made.succeeded(), "{:#?}", made.outcome.map(|outcome| outcome.causes));
    let world = made.world;
    let moved = alone(place(", close: true")).replace("unit: Workloads,", "unit: Suspended,");
    let refused = again(&moved, &world, &[CONSENT]);
    assert!(refused.plan.blockers().any(|note| note.code == "account-enrolled"), "{:?}", ids(&refused));
}

#[test]
fn an_account_in_quarantine_is_denied_everything_and_stays_open() {
    let yaml = |unit: &str| {
        format!(
            "{HEAD}organizational_units: {{ Work: {{}}, Quarantine: {{}} }}
accounts: {{ app: {{ email: app@example.com, organizational_unit: {unit} }} }}
policies:
  quarantine:
    type: service_control
    targets: [Quarantine]
    document: {{ Version: \"2012-10-17\", Statement: {{ Effect: Deny, Action: \"*\", Resource: \"*\",
      Condition: {{ ArnNotLike: {{ \"aws:PrincipalArn\": [\"arn:aws:iam::*:role/AWSControlTowerExecution\", \"arn:aws:iam::*:role/OrganizationAccountAccessRole\"] }} }} }} }}
"
        )
    };
    let world = rehearsed(&yaml("Work")).world;
    let asked = |world: &World| {
        let (id, _) = states(world, "app@example.com").pop().unwrap();
        virtual_runtime().unwrap().block_on(async {
            let bench = Bench::open(&setting(&yaml("Work")), Some(world.clone())).await.unwrap();
            let asker = lzctl::sim::caller::Asker { key: &id, token: None, region: "us-east-1" };
            let answer =
                bench.simulator.ask(asker, "iam", "ListRoles", &serde_json::json!({})).await.unwrap();
            answer.code()
        })
    };
    assert_eq!(asked(&world), None);
    let done = converged(&yaml("Quarantine"), &world, &[]);
    assert_eq!(ids(&done), ["account.app:move"]);
    assert_eq!(asked(&done.world).as_deref(), Some("AccessDenied"));
    assert_eq!(states(&done.world, "app@example.com")[0].1.to_ascii_lowercase(), "active");
    // And back.
    let back = converged(&yaml("Work"), &done.world, &[]);
    assert_eq!(asked(&back.world), None);
}
