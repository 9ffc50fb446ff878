//! Forms of the document for what an organization may have and a plain name cannot say:
//! names beside keys, ids among targets, keys by ARN, and what is left alone.

use std::collections::BTreeSet;

use lzctl::model::{Address, Live};
use lzctl::rehearse::{Rehearsal, rehearse};
use lzctl::sim::World;

use super::documents::{graph, plan_text};
use super::rehearsal::{rehearsed, setting};

fn again(yaml: &str, world: &World) -> Rehearsal {
    rehearse(&graph(yaml), &setting(yaml), Some(world.clone()), &BTreeSet::new(), &mut |_, _, _| {}).unwrap()
}

fn steps(rehearsal: &Rehearsal) -> Vec<String> {
    rehearsal.plan.steps.iter().map(|step| step.id.0.clone()).collect()
}

fn live<'r>(rehearsal: &'r Rehearsal, address: &str) -> &'r Live {
    &rehearsal.snapshot.live[&address.parse::<Address>().unwrap()]
}

const ODD: &str = r#"
version: 1
organization: { home_region: us-east-1, governed_regions: [us-east-1] }
organizational_units:
  Team-A-B: { name: Team A/B }
  Team-A-B/tree: { name: root }
  "Stage: one": { tags: { stage: one } }
  Stage-one: {}
accounts:
  app-one: { name: app, email: aws+app1@example.com, organizational_unit: Team-A-B }
  app-two: { name: app, email: aws+app2@example.com, organizational_unit: Team-A-B/tree }
  the-management: { name: management, email: aws+app3@example.com, organizational_unit: "Stage: one" }
  Stage-one: { email: aws+app4@example.com, organizational_unit: Stage-one }
policies:
  guard:
    type: service_control
    targets: ["unit:Stage-one", Team-A-B/tree, app-two]
    document: { Version: "2012-10-17", Statement: { Effect: Deny, Action: "s3:*", Resource: "*" } }
  guard-of-tags: { name: guard, type: tag, targets: ["account:Stage-one"], document: { tags: {} } }
"#;

#[test]
fn names_that_keys_cannot_be_are_said_beside_them_and_found_again() {
    let done = rehearsed(ODD);
    assert_eq!(done.failed(), 0, "{:#?}", done.outcome.map(|outcome| outcome.causes));
    assert!(done.succeeded(), "{:#?}", done.second_plan.steps);
    assert_eq!(live(&done, "organizational_unit.Team-A-B").fields["name"], "Team A/B");
    assert_eq!(live(&done, "organizational_unit.Team-A-B/tree").fields["name"], "root");
    assert_eq!(live(&done, "account.app-two").fields["name"], "app");
    assert_eq!(live(&done, "policy.guard-of-tags").fields["name"], "guard");
}

#[test]
fn another_name_beside_a_key_renames_in_place() {
    let world = rehearsed(ODD).world;
    let renamed = again(&ODD.replace("name: management, ", "name: boss, "), &world);
    assert_eq!(
        steps(&renamed),
        ["trusted_access.account.amazonaws.com:create", "account.the-management:rename"]
    );
    assert!(renamed.succeeded());
}

#[test]
fn targets_outside_the_document_go_by_their_ids_and_stay_attached() {
    let done = rehearsed(ODD);
    let id = |address: &str| live(&done, address).attribute("id").unwrap().to_owned();
    let (unit, account) = (id("organizational_unit.Stage-one"), id("account.app-two"));
    let shorter = format!(
        "version: 1\norganization: {{ home_region: us-east-1 }}\norganizational_units: {{ Team-A-B: {{ name: Team A/B }}, \
         Team-A-B/tree: {{ name: root }} }}\npolicies:\n  guard:\n    type: service_control\n    \
         targets: [{unit}, Team-A-B/tree, \"{account}\"]\n"
    );
    let body = "    document: { Version: \"2012-10-17\", Statement: { Effect: Deny, Action: \"s3:*\", Resource: \"*\" } }\n";
    assert_eq!(steps(&again(&(shorter.clone() + body), &done.world)), Vec::<String>::new());
    let without = shorter.replace(&format!("{unit}, "), "") + body;
    assert_eq!(steps(&again(&without, &done.world)), [format!("policy.guard:detach[{unit}]")]);
    // The id of an account that the document has is that account.
    let named = format!(
        "{shorter}{body}accounts: {{ second: {{ name: app, email: aws+app2@example.com, id: \"{account}\" }} }}\n"
    );
    assert_eq!(steps(&again(&named, &done.world)), Vec::<String>::new());
}

#[test]
fn a_landing_zone_takes_a_key_that_the_document_does_not_manage() {
    let done = rehearsed(&plan_text("standard"));
    let arn = |name: &str| live(&done, &format!("key.{name}")).attribute("arn").unwrap().to_owned();
    let keys = "keys:\n  landing-zone: { account: management }\n  \
                backup: { account: central-backup, multi_region: true, regions: governed }\n";
    let yaml = plan_text("standard");
    assert!(yaml.contains(keys));
    let yaml = yaml
        .replace(keys, "")
        .replace("key: landing-zone", &format!("key: {:?}", arn("landing-zone")))
        .replace("key: backup }", &format!("key: {:?} }}", arn("backup")));
    assert_eq!(steps(&again(&yaml, &done.world)), Vec::<String>::new());
}

#[test]
fn what_is_left_alone_is_neither_compared_nor_set_off_by_others() {
    let world = rehearsed(&plan_text("standard")).world;
    let changed = plan_text("standard")
        .replace("    retention_days: 365\n", "    retention_days: 400\n")
        .replace("tags: { owner: web }", "tags: { owner: nobody }")
        .replace("tags: { environment: sandbox }", "tags: { environment: beach }");
    let all = again(&changed, &world);
    let expected = [
        "organizational_unit.Sandbox:tag",
        "account.web-dev:tag",
        "account.web-prod:tag",
        "landing_zone:update",
        "baseline.Sandbox:control_tower:reset",
    ];
    for step in expected {
        assert!(steps(&all).contains(&step.to_owned()), "{step}: {:?}", steps(&all));
    }
    let left = "leave_alone:\n  - organizational_unit.Sandbox\n  - account.web-dev\n  - \"baseline.Sandbox:control_tower\"\n";
    let some = again(&(changed.clone() + left), &world);
    let gone: BTreeSet<String> = steps(&all)
        .into_iter()
        .collect::<BTreeSet<_>>()
        .difference(&steps(&some).into_iter().collect())
        .cloned()
        .collect();
    let expected =
        ["organizational_unit.Sandbox:tag", "account.web-dev:tag", "baseline.Sandbox:control_tower:reset"];
    assert_eq!(gone, expected.map(str::to_owned).into());
    let zone = again(&(changed + left + "  - landing_zone\n"), &world);
    assert_eq!(steps(&zone), ["account.web-prod:tag"]);
    assert!(zone.succeeded(), "{:#?}", zone.second_plan.steps);
}

#[test]
fn what_is_left_alone_and_missing_holds_up_what_needs_it() {
    let yaml = "version: 1\norganization: { home_region: us-east-1 }\norganizational_units: { Old: {} }\n\
                accounts: { app: { email: aws+app@example.com, organizational_unit: Old } }\n\
                leave_alone: [organizational_unit.Old]\n";
    let refused = rehearsed(yaml);
    let blockers: Vec<&str> = refused.plan.blockers().map(|note| note.code.as_str()).collect();
    assert_eq!(blockers, ["left-alone-and-missing"]);
    assert!(refused.outcome.is_none());
}
