//! Services that organization policies drive instead of their administrator, and the way from the
//! one to the other.

use std::collections::BTreeSet;

use lzctl::model::Kind;
use lzctl::rehearse::{Rehearsal, rehearse, virtual_runtime};
use lzctl::sim::caller::Asker;
use lzctl::sim::{Settings, Simulator, World};
use serde_json::{Value, json};

use super::documents::{graph, plan_text};
use super::rehearsal::{rehearsed, setting};

/// GuardDuty alone, set by its administrator.
fn by_administrator() -> String {
    plan_text("detect").split("\n  security_hub:\n").next().expect("a head").to_owned() + "\n"
}

/// The same organization, in which policies of the root set three services.
fn by_policies() -> String {
    let head = plan_text("detect").split("\nsecurity:\n").next().expect("a head").to_owned();
    let everywhere =
        "{ enable_in_regions: { \"@@assign\": [ALL_SUPPORTED] }, disable_in_regions: { \"@@assign\": [] } }";
    format!(
        "{head}
delegated_administrators: {{ guardduty: security, inspector2: security, securityhub-cspm: security }}
policies:
  threats:
    type: guardduty
    targets: [root]
    document:
      guardduty:
        enablement:
          default:
            foundational: {{ status: {{ \"@@assign\": enabled }} }}
            rds_login_events: {{ status: {{ \"@@assign\": enabled }} }}
  vulnerabilities:
    type: inspector
    targets: [root]
    document: {{ inspector: {{ enablement: {{ ec2_scanning: {everywhere} }} }} }}
  posture:
    type: security_hub
    targets: [root]
    document: {{ securityhub: {everywhere} }}
"
    )
}

fn again(yaml: &str, world: World) -> Rehearsal {
    rehearse(&graph(yaml), &setting(yaml), Some(world), &BTreeSet::new(), &mut |_, _, _| {})
        .expect("a rehearsal")
}

fn reached(rehearsal: Rehearsal) -> Rehearsal {
    let causes = rehearsal.outcome.as_ref().map(|outcome| format!("{:#?}", outcome.causes));
    let left: Vec<_> = rehearsal.second_plan.steps.iter().map(|step| (&step.id, &step.changes)).collect();
    assert!(rehearsal.succeeded() && left.is_empty(), "{causes:?} {left:#?}");
    rehearsal
}

/// Whether a feature is on in an account's detector in Ireland, as the account sees it.
async fn is_on(simulator: &Simulator, account: &str, feature: &str) -> bool {
    let key = simulator.account(account).expect("the account");
    let asker = Asker { key: &key, token: None, region: "eu-west-1" };
    let listed =
        simulator.ask(asker, "guardduty", "ListDetectors", &json!({})).await.expect("an answer").json();
    let input = json!({ "DetectorId": listed["detectorIds"][0] });
    let detector = simulator.ask(asker, "guardduty", "GetDetector", &input).await.expect("an answer").json();
    let features = detector["features"].as_array().cloned().unwrap_or_default();
    let row = features.iter().find(|row| row["name"] == feature).unwrap_or(&Value::Null);
    detector["status"] == "ENABLED" && row["status"] == "ENABLED"
}

#[test]
fn guardduty_goes_over_from_its_administrator_to_a_policy_without_being_off_and_has_one_hand_on_it() {
    let first = reached(rehearsed(&by_administrator()));
    let second = reached(again(&by_policies(), first.world));
    let kinds: BTreeSet<Kind> = second.plan.steps.iter().map(|step| step.address.kind).collect();
    assert!(!kinds.contains(&Kind::GuardDuty), "nobody else's hand is on it: {kinds:?}");
    let world = second.world;
    let settings = Settings { account: world.account.clone(), ..Settings::default() };
    virtual_runtime().expect("a runtime").block_on(async {
        let simulator = Simulator::from_world(world, settings);
        assert!(is_on(&simulator, "aws+app-one@example.com", "RDS_LOGIN_EVENTS").await, "the policy's own");
        let key = simulator.account("management").expect("the account");
        let asker = Asker { key: &key, token: None, region: "us-east-1" };
        let input = json!({ "AccountName": "late", "Email": "late@example.com" });
        simulator.ask(asker, "organizations", "CreateAccount", &input).await.expect("an answer");
        simulator.advance(std::time::Duration::from_secs(600));
        assert!(is_on(&simulator, "late@example.com", "RDS_LOGIN_EVENTS").await, "who comes later");
    });
}
