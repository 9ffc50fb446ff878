//! Preflight: every finding is found where it is, with its evidence and its repair, and nothing is
//! changed on the way.

use std::collections::{BTreeMap, BTreeSet};

use lzctl::catalog::findings::{self, Path};
use lzctl::cloud::inventory::accounts::Account;
use lzctl::cloud::session::Narrowing;
use lzctl::observe::estate::Estate;
use lzctl::observe::evidence;
use lzctl::preflight::{Report, judge};
use lzctl::rehearse::{Bench, Setting, virtual_runtime};
use lzctl::sim::World;
use serde_json::{Value, json};

/// The file of a world with a landing zone that governs Workloads, and whatever else is told.
pub(crate) fn told(accounts: Value, more: Value) -> Value {
    let mut all =
        vec![json!({ "name": "log", "unit": "Security" }), json!({ "name": "audit", "unit": "Security" })];
    all.extend(accounts.as_array().unwrap().iter().cloned());
    let mut past = json!({
        "account_quota": 100,
        "units": ["Security", "Workloads", "Legacy", "Legacy/Denied"],
        "accounts": all,
        "landing_zone": {
            "version": "4.0",
            "manifest": {
                "governedRegions": ["us-east-1", "eu-west-1"],
                "accessManagement": { "enabled": false },
                "backup": { "enabled": false },
                "centralizedLogging": { "enabled": true, "accountId": "log" },
                "config": { "enabled": true, "accountId": "audit" },
                "securityRoles": { "enabled": true, "accountId": "audit" },
            },
            "units": { "Workloads": "5.0" },
        },
    });
    for (key, value) in more.as_object().unwrap() {
        past[key] = value.clone();
    }
    json!({
        "account": "111122223333",
        "region": "us-east-1",
        "time": "2026-03-01T00:00:00Z",
        "past": past,
    })
}

/// That world.
fn governed(accounts: Value, more: Value) -> World {
    let mut world: World = serde_json::from_value(told(accounts, more)).unwrap();
    world.live_through().unwrap();
    world
}

/// Reports about accounts or units, governed in `to` or where they are; and how many changes were asked for.
pub(crate) fn reports(world: World, words: &[&str], to: Option<&str>) -> (BTreeMap<String, Report>, u64) {
    virtual_runtime().unwrap().block_on(async {
        let setting = Setting {
            home_region: world.region.parse().unwrap(),
            management_account: None,
            access_role: None,
            caller_policy: None,
            page_size: None,
            accounts: 100,
            sign_in: None,
        };
        let bench = Bench::open(&setting, Some(world)).await.unwrap();
        let connection = &bench.connection;
        connection.narrow(Narrowing::looking());
        let estate = Estate::read(connection).await.unwrap().unwrap();
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let chosen: Vec<Account> = estate.choose(&words).unwrap().into_iter().cloned().collect();
        let to = to.map(|unit| estate.unit(unit).unwrap().to_owned());
        let mut evidence = evidence::gather(connection, estate).await.unwrap();
        let asked: Vec<(&Account, &str)> = chosen
            .iter()
            .map(|account| (account, to.as_deref().or(account.parent.as_deref()).unwrap()))
            .collect();
        let ids: BTreeSet<&str> = asked.iter().map(|(account, _)| account.id.as_str()).collect();
        let units: BTreeSet<&str> = asked.iter().map(|(_, unit)| *unit).collect();
        evidence.look_into(connection, &ids, &units).await;
        let found = judge(&evidence, &asked, &[]);
        let by_name = found.into_iter().map(|report| (report.name.clone(), report)).collect();
        (by_name, bench.simulator.requests().writes)
    })
}

fn codes(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.code).collect()
}

/// The codes that close every way of enrolling.
pub(crate) fn stops(report: &Report) -> Vec<&str> {
    let all = report.findings.iter().filter(|finding| finding.rules_out.len() == 3);
    all.map(|finding| finding.code).collect()
}

#[test]
fn what_stands_in_the_way_inside_an_account_is_found_region_by_region_and_nothing_is_changed_i8() {
    let accounts = json!([
        { "name": "ready", "unit": "Legacy" },
        { "name": "recording", "unit": "Legacy", "recorders": ["eu-west-1"] },
        { "name": "orphan", "unit": "Legacy", "access": [] },
        { "name": "foreign", "unit": "Legacy",
          "roles": [{ "name": "AWSControlTowerExecution", "trusts": "999988887777" }] },
        { "name": "powerless", "unit": "Legacy", "roles": [{ "name": "AWSControlTowerExecution" }] },
        { "name": "residue", "unit": "Legacy", "roles": [{ "name": "aws-controltower-ConfigRecorderRole" }] },
        { "name": "deaf", "unit": "Legacy", "sts_off": ["eu-west-1"] },
        { "name": "complete", "unit": "Legacy",
          "access": ["OrganizationAccountAccessRole", "AWSControlTowerExecution"] },
    ]);
    let (found, writes) = reports(governed(accounts, json!({})), &["Legacy"], Some("Workloads"));
    assert_eq!(writes, 0);
    assert_eq!(stops(&found["ready"]), Vec::<&str>::new());
    assert!(codes(&found["ready"]).contains(&"execution-role-missing"));
    assert_eq!(stops(&found["recording"]), ["config-delivery-channel", "config-recorder"]);
    let recorder = &found["recording"].findings.iter().find(|one| one.code == "config-recorder").unwrap();
    assert_eq!(recorder.place.as_deref(), Some("eu-west-1"));
    assert!(
        recorder.repair.contains("--configuration-recorder-name default --region eu-west-1"),
        "{recorder:?}"
    );
    assert!(codes(&found["orphan"]).contains(&"not-looked-into"));
    assert_eq!(stops(&found["orphan"]), Vec::<&str>::new(), "Control Tower gets in by itself");
    assert_eq!(stops(&found["foreign"]), ["execution-role-unusable"]);
    assert_eq!(stops(&found["powerless"]), ["execution-role-unusable"]);
    assert_eq!(stops(&found["residue"]), ["leftover-role"]);
    assert_eq!(stops(&found["deaf"]), ["sts-inactive"]);
    assert!(!codes(&found["complete"]).contains(&"execution-role-missing"));
}

#[test]
fn what_stands_in_the_way_around_an_account_is_found() {
    let accounts = json!([
        { "name": "old", "unit": "Legacy" },
        { "name": "denied", "unit": "Legacy/Denied" },
        { "name": "odd", "unit": "Legacy", "email": "o!dd@example.com" },
        { "name": "stopped", "unit": "Legacy", "state": "suspended" },
        { "name": "shut", "unit": "Workloads", "state": "closed" },
    ]);
    let deny = json!({ "Effect": "Deny", "Action": "iam:CreateRole", "Resource": "*" });
    let document = json!({ "Version": "2012-10-17", "Statement": [deny] });
    let policies = json!([{ "name": "no-roles", "document": document, "targets": ["Legacy/Denied"] }]);
    let world = governed(accounts, json!({ "policies": policies }));
    let (there, _) = reports(world.clone(), &["root"], Some("Workloads"));
    assert!(stops(&there["management"]).contains(&"management-account"));
    assert!(stops(&there["log"]).contains(&"integration-account"));
    assert_eq!(stops(&there["stopped"]), ["account-not-active"]);
    assert!(codes(&there["odd"]).contains(&"email-not-accepted"));
    let neighbour = there["old"].findings.iter().find(|one| one.code == "inactive-neighbour").unwrap();
    assert!(neighbour.evidence.contains("shut") && neighbour.evidence.contains("CLOSED"), "{neighbour:?}");
    assert_eq!(stops(&there["denied"]), Vec::<&str>::new(), "the policy does not reach its new unit");
    let (here, _) = reports(world.clone(), &["denied", "old"], None);
    assert_eq!(stops(&here["denied"]), ["policy-denies-enrolment", "unit-not-registered"]);
    let policy = &here["denied"].findings.iter().find(|one| one.code == "policy-denies-enrolment").unwrap();
    assert!(policy.evidence.starts_with("no-roles at Legacy/Denied denies iam:CreateRole"), "{policy:?}");
    let (security, _) = reports(world, &["old"], Some("Security"));
    assert_eq!(stops(&security["old"]), ["unit-is-security"]);
}

#[test]
fn an_account_with_a_recorder_keeps_its_neighbours_from_being_registered() {
    let accounts = json!([
        { "name": "app", "unit": "Workloads" },
        { "name": "quiet", "unit": "Workloads", "late": true },
        { "name": "recording", "unit": "Workloads", "late": true, "recorders": ["us-east-1"] },
    ]);
    let (found, _) = reports(governed(accounts, json!({})), &["app", "quiet"], None);
    assert!(found["app"].enrolled && found["app"].findings.is_empty(), "{:?}", found["app"]);
    let quiet = &found["quiet"];
    assert!(!quiet.enrolled);
    let neighbour = quiet.findings.iter().find(|one| one.code == "neighbour-not-ready").unwrap();
    assert_eq!(neighbour.rules_out, [Path::Reset], "{neighbour:?}");
    assert!(codes(quiet).contains(&"already-there"), "{quiet:?}");
    assert_eq!(stops(quiet), Vec::<&str>::new());
}

#[test]
fn an_enrolled_account_has_no_findings() {
    let accounts = json!([{ "name": "app", "unit": "Workloads" }]);
    let (found, _) = reports(governed(accounts, json!({})), &["app"], None);
    assert!(found["app"].enrolled && found["app"].findings.is_empty(), "{:?}", found["app"]);
}

#[test]
fn every_code_that_a_rule_uses_has_its_row_and_every_row_is_used() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/preflight/rules");
    let mut used = BTreeSet::new();
    let call = regex::Regex::new(r#"find\(\s*"([a-z-]+)""#).unwrap();
    let arm = regex::Regex::new(r#"=> scene\.find\("([a-z-]+)""#).unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        used.extend(call.captures_iter(&text).chain(arm.captures_iter(&text)).map(|hit| hit[1].to_owned()));
    }
    let rows: BTreeSet<String> = findings::all().iter().map(|row| row.code.clone()).collect();
    assert_eq!(used, rows);
}
