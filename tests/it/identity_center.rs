//! Identity Center end to end: permission sets, groups and assignments on the simulated
//! AWS, from nothing, in place, and away again.

use std::collections::BTreeSet;
use std::time::Duration;

use lzctl::model::Kind;
use lzctl::observe::leftovers::leftovers;
use lzctl::plan::document::Level;
use lzctl::rehearse::{Bench, Rehearsal, rehearse, virtual_runtime};
use lzctl::report::plan_text;
use lzctl::sim::caller::Asker;
use lzctl::sim::{Settings, Simulator, World};
use serde_json::{Value, json};

use super::documents::graph;
use super::rehearsal::{rehearsed, setting};

/// A landing zone that sets up Identity Center, and two units with accounts.
const BASE: &str = r#"version: 1
organization: { home_region: us-east-1, governed_regions: [us-east-1] }
organizational_units: { Security: {}, Workloads: {}, Workloads/Prod: {}, Parked: {} }
accounts:
  log: { email: log@example.com, organizational_unit: Security }
  audit: { email: audit@example.com, organizational_unit: Security }
  web: { email: web@example.com, organizational_unit: Workloads/Prod }
  shop: { email: shop@example.com, organizational_unit: SHOP }
landing_zone:
  version: "4.0"
  integration_unit: Security
  centralized_logging: { account: log }
  config: { account: audit }
  security_roles: { account: audit }
  identity_center: true
"#;

const ACCESS: &str = r#"identity_center:
  permission_sets:
    Operator:
      description: Day-to-day work
      session_duration: PT4H
      managed_policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
      inline_policy: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:*", Resource: "*" }] }
      permissions_boundary: "arn:aws:iam::aws:policy/PowerUserAccess"
      tags: { team: platform }
    Billing: { managed_policies: ["arn:aws:iam::aws:policy/job-function/Billing"] }
  groups: { Platform: { description: Runs the platform }, Finance: {} }
  assignments:
    - { group: Platform, permission_set: Operator, targets: [Workloads, audit] }
    - { group: Finance, permission_set: Billing, targets: [management] }
"#;

fn document(shop: &str, rest: &str) -> String {
    format!("{}{rest}", BASE.replace("SHOP", shop))
}

fn whole(shop: &str) -> String {
    document(shop, ACCESS)
}

fn again(yaml: &str, world: &World, consents: &[&str]) -> Rehearsal {
    let consents: BTreeSet<String> = consents.iter().map(|name| (*name).to_owned()).collect();
    rehearse(&graph(yaml), &setting(yaml), Some(world.clone()), &consents, &mut |_, _, _| {}).unwrap()
}

fn ids(rehearsal: &Rehearsal) -> Vec<&str> {
    rehearsal.plan.steps.iter().map(|step| step.id.0.as_str()).collect()
}

fn done(rehearsal: Rehearsal) -> Rehearsal {
    assert!(rehearsal.succeeded(), "{:#?}", rehearsal.outcome.map(|outcome| outcome.causes));
    rehearsal
}

fn built() -> World {
    done(rehearsed(&whole("Workloads"))).world
}

#[test]
fn one_plan_sets_up_control_tower_and_access_and_a_second_plan_is_empty_i4() {
    let first = done(rehearsed(&whole("Workloads")));
    let ours: Vec<&str> = ids(&first)
        .into_iter()
        .filter(|id| ["assignment.", "group.", "permission_set."].iter().any(|kind| id.starts_with(kind)))
        .collect();
    let at = |id: &str| ours.iter().position(|one| *one == id).unwrap_or_else(|| panic!("{id} in {ours:#?}"));
    assert!(
        at("permission_set.Operator:put_inline[document]") < at("assignment.Operator:Platform:assign[web]")
    );
    let assigned: Vec<&&str> = ours.iter().filter(|id| id.starts_with("assignment.")).collect();
    assert_eq!(
        assigned,
        [
            &"assignment.Billing:Finance:assign[management]",
            &"assignment.Operator:Platform:assign[audit]",
            &"assignment.Operator:Platform:assign[shop]",
            &"assignment.Operator:Platform:assign[web]"
        ]
    );
    assert!(ids(&again(&whole("Workloads"), &first.world, &[])).is_empty());
}

#[test]
fn assignments_of_one_pair_do_not_wait_for_each_other() {
    let first = rehearsed(&whole("Workloads"));
    let assigns =
        first.plan.steps.iter().filter(|step| step.id.0.starts_with("assignment.Operator:Platform"));
    for step in assigns {
        let waits = step.needs.iter().any(|need| need.step.0.contains(":assign["));
        assert!(!waits, "{}: {:?}", step.id, step.needs);
        assert_eq!(step.lane, "account-assignment");
    }
}

#[test]
fn an_edited_set_is_provisioned_again_where_it_is_assigned_and_loses_a_policy_only_with_consent() {
    let world = built();
    let edited = whole("Workloads")
        .replace("PT4H", "PT8H")
        .replace("policy/ReadOnlyAccess", "policy/job-function/ViewOnlyAccess");
    let refused = again(&edited, &world, &[]);
    assert!(refused.outcome.is_none(), "a consent is missing");
    let change = done(again(&edited, &world, &["permission_removal.Operator"]));
    assert_eq!(
        ids(&change),
        [
            "permission_set.Operator:update",
            "permission_set.Operator:detach_managed[arn:aws:iam::aws:policy/ReadOnlyAccess]",
            "permission_set.Operator:attach_managed[arn:aws:iam::aws:policy/job-function/ViewOnlyAccess]",
            "permission_set.Operator:provision"
        ]
    );
    assert!(ids(&again(&edited, &change.world, &[])).is_empty());
}

#[test]
fn an_account_that_leaves_the_unit_loses_the_access_with_consent_i10() {
    let world = built();
    let moved = whole("Parked");
    assert!(again(&moved, &world, &[]).outcome.is_none(), "a consent is missing");
    let change = done(again(&moved, &world, &["access_removal.Operator:Platform"]));
    assert_eq!(ids(&change), ["account.shop:move", "assignment.Operator:Platform:unassign[shop]"]);
    assert!(ids(&again(&moved, &change.world, &[])).is_empty());
}

#[test]
fn a_target_that_is_taken_out_of_an_assignment_gets_the_plan_that_one_would_write_by_hand() {
    let world = built();
    let shorter = whole("Workloads").replace("targets: [Workloads, audit]", "targets: [Workloads]");
    let refused = again(&shorter, &world, &[]);
    assert!(refused.outcome.is_none(), "a consent is missing");
    let text = plan_text::render(&refused.plan, plan_text::Options { verbose: true, ..Default::default() });
    insta::assert_snapshot!("a_removed_assignment", text);
    let change = done(again(&shorter, &world, &["access_removal.Operator:Platform"]));
    assert_eq!(ids(&change), ["assignment.Operator:Platform:unassign[audit]"]);
}

#[test]
fn accounts_that_the_document_does_not_speak_of_are_assigned_by_the_unit_they_are_in() {
    let world = built();
    let silent = whole("Workloads")
        .replace("  shop: { email: shop@example.com, organizational_unit: Workloads }\n", "");
    assert!(ids(&again(&silent, &world, &[])).is_empty(), "the access by the unit stays");
    let wider = silent.replace("targets: [management]", "targets: [root, management]");
    let change = done(again(&wider, &world, &[]));
    assert_eq!(ids(&change).len(), 4, "log, audit, web and the account without a name: {:#?}", ids(&change));
    assert!(ids(&again(&wider, &change.world, &[])).is_empty());
}

#[test]
fn sets_groups_and_assignments_go_when_they_are_listed_and_in_order() {
    let world = built();
    let rest = "remove: [\"permission_set.Billing\", \"group.Finance\", \"assignment.Billing:Finance\"]\n";
    let yaml = document("Workloads", rest);
    let consents =
        ["permission_set_deletion.Billing", "group_deletion.Finance", "access_removal.Billing:Finance"];
    assert!(again(&yaml, &world, &consents[..2]).outcome.is_none(), "a consent is missing");
    let change = done(again(&yaml, &world, &consents));
    assert_eq!(
        ids(&change),
        [
            "assignment.Billing:Finance:unassign[management]",
            "permission_set.Billing:delete",
            "group.Finance:delete"
        ]
    );
    assert!(ids(&again(&yaml, &change.world, &consents)).is_empty());
    let alone = document("Workloads", "remove: [\"permission_set.Operator\"]\n");
    let blocked = again(&alone, &world, &["permission_set_deletion.Operator"]);
    let codes: Vec<&str> = blocked.plan.notes.iter().map(|note| note.code.as_str()).collect();
    assert!(codes.contains(&"permission-set-assigned"), "{codes:?}");
}

#[test]
fn an_assignment_that_the_document_does_not_speak_of_is_left_over_with_both_ways_out() {
    let world = built();
    let shorter = whole("Workloads")
        .replace("    - { group: Finance, permission_set: Billing, targets: [management] }\n", "");
    let wanted: Vec<_> = graph(&shorter).resources.into_values().collect();
    let found = virtual_runtime().unwrap().block_on(async {
        let bench = Bench::open(&setting(&shorter), Some(world)).await.unwrap();
        Box::pin(leftovers(&bench.connection, &wanted)).await.unwrap()
    });
    let assignments: Vec<_> = found.iter().filter(|left| left.kind == Kind::Assignment).collect();
    let [left] = assignments.as_slice() else { panic!("{assignments:#?}") };
    assert_eq!((left.name.as_str(), left.place.len()), ("Billing:Finance", 12), "{left:#?}");
    assert!(left.remove.contains("access_removal.Billing:Finance"), "{left:#?}");
    assert!(left.adopt.contains("permission_set: \"Billing\""), "{left:#?}");
}

/// One call of the management account that succeeds.
async fn done_by_hand(simulator: &Simulator, service: &str, operation: &str, input: Value) -> Value {
    let key = simulator.world().account;
    let asker = Asker { key: &key, token: None, region: "us-east-1" };
    let answer = simulator.ask(asker, service, operation, &input).await.unwrap();
    assert_eq!(answer.code(), None, "{operation}: {}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

/// The world after somebody has let `ann`, one of so many users, into the management account.
fn with_ann_among(users: usize, world: World) -> World {
    let settings = Settings { account: world.account.clone(), ..Settings::default() };
    virtual_runtime().unwrap().block_on(async {
        let simulator = Simulator::from_world(world, settings);
        let listed = done_by_hand(&simulator, "sso-admin", "ListInstances", json!({})).await;
        let (instance, store) =
            (&listed["Instances"][0]["InstanceArn"], &listed["Instances"][0]["IdentityStoreId"]);
        let mut ann = Value::Null;
        for number in 0..users {
            let name = if number == 0 { "ann".to_owned() } else { format!("user{number:03}") };
            let input = json!({ "IdentityStoreId": store, "UserName": name, "DisplayName": name,
                "Name": { "GivenName": name, "FamilyName": "Example" } });
            let made = done_by_hand(&simulator, "identitystore", "CreateUser", input).await;
            if number == 0 {
                ann = made["UserId"].clone();
            }
        }
        let sets =
            done_by_hand(&simulator, "sso-admin", "ListPermissionSets", json!({ "InstanceArn": instance }));
        let sets = sets.await;
        let mut billing = Value::Null;
        for arn in sets["PermissionSets"].as_array().unwrap() {
            let asked = json!({ "InstanceArn": instance, "PermissionSetArn": arn });
            let set = done_by_hand(&simulator, "sso-admin", "DescribePermissionSet", asked).await;
            if set["PermissionSet"]["Name"] == "Billing" {
                billing = arn.clone();
            }
        }
        let input = json!({ "InstanceArn": instance, "PermissionSetArn": billing, "PrincipalType": "USER",
            "PrincipalId": ann, "TargetId": simulator.world().account, "TargetType": "AWS_ACCOUNT" });
        done_by_hand(&simulator, "sso-admin", "CreateAccountAssignment", input).await;
        simulator.advance(Duration::from_secs(600));
        simulator.world()
    })
}

#[test]
fn a_single_user_whom_somebody_let_in_is_left_over_whichever_way_aws_is_asked() {
    let built = built();
    let wanted: Vec<_> = graph(&whole("Workloads")).resources.into_values().collect();
    // Of few users each is asked about, of many each pair of an account and a permission set.
    for (users, by_pair) in [(1, false), (60, true)] {
        let world = with_ann_among(users, built.clone());
        let (found, asked) = virtual_runtime().unwrap().block_on(async {
            let bench = Bench::open(&setting(&whole("Workloads")), Some(world.clone())).await.unwrap();
            let found = Box::pin(leftovers(&bench.connection, &wanted)).await.unwrap();
            (found, bench.simulator.requests())
        });
        let assignments: Vec<_> = found.iter().filter(|left| left.kind == Kind::Assignment).collect();
        let [left] = assignments.as_slice() else { panic!("{assignments:#?}") };
        assert_eq!((left.name.as_str(), left.place.as_str()), ("Billing:user/ann", world.account.as_str()));
        assert!(left.adopt.contains("user: \"ann\""), "{left:#?}");
        let pairs = asked.operations.keys().any(|name| name.ends_with(":ListAccountAssignments"));
        assert_eq!(pairs, by_pair, "{users} users: {:?}", asked.operations);
        let removal = document("Workloads", ACCESS) + "remove: [\"assignment.Billing:user/ann\"]\n";
        let gone = done(again(&removal, &world, &["access_removal.Billing:user/ann"]));
        assert_eq!(ids(&gone).len(), 1, "{:?}", ids(&gone));
    }
}

#[test]
fn without_an_instance_and_without_a_landing_zone_that_makes_one_nothing_is_planned_to_start() {
    let yaml = "version: 1\norganization: { home_region: us-east-1 }\nidentity_center: { permission_sets: { A: {} }, groups: { B: { existing: true } } }\n";
    let plan = rehearsed(yaml).plan;
    let blockers: BTreeSet<&str> = plan
        .notes
        .iter()
        .filter(|note| note.level == Level::Blocker)
        .map(|note| note.code.as_str())
        .collect();
    assert_eq!(blockers, BTreeSet::from(["no-identity-center", "group-not-found"]));
}

#[test]
fn a_user_who_is_not_there_is_a_blocker_and_not_a_failure_in_the_middle() {
    let world = built();
    let yaml = whole("Workloads").replace("{ group: Finance,", "{ user: nobody,");
    let plan = again(&yaml, &world, &[]).plan;
    assert!(plan.notes.iter().any(|note| note.code == "user-not-found"), "{:#?}", plan.notes);
}
