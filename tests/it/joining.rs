//! Accounts from outside: invited, accepted from inside where a role leads in, waited for where none
//! does, and moved directly where they are members of another organization.

use std::collections::BTreeSet;
use std::time::Duration;

use lzctl::rehearse::{Bench, Rehearsal, rehearse, virtual_runtime};
use lzctl::sim::World;
use lzctl::sim::caller::Asker;
use serde_json::{Value, json};

use super::documents::graph;
use super::rehearsal::setting;

const GUEST: &str = "222233334444";
const FORMER: &str = "999900001111";

const YAML: &str = r#"
version: 1
organization: { home_region: us-east-1 }
organizational_units: { Legacy: {} }
accounts:
  old: { email: old@example.com, id: "222233334444", join: invite, organizational_unit: Legacy, tags: { owner: us } }
policies:
  guard:
    type: service_control
    targets: [old]
    document: { Version: "2012-10-17", Statement: { Effect: Deny, Action: "s3:DeleteBucket", Resource: "*" } }
"#;

/// A world with an account outside that has what is told beside its name.
fn world(more: &Value) -> World {
    let mut guest = json!({ "id": GUEST, "name": "Old Corp", "email": "old@example.com", "days": 30 });
    for (key, value) in more.as_object().unwrap() {
        guest[key] = value.clone();
    }
    let world = json!({ "account": "111122223333", "region": "us-east-1", "time": "2026-03-01T00:00:00Z",
        "past": { "elsewhere": [guest] } });
    let mut world: World = serde_json::from_value(world).unwrap();
    world.live_through().unwrap();
    // A new organization cannot take in members of another.
    later(&world, Duration::from_secs(8 * 86_400))
}

/// The document when the account's own name stands in it: no longer invited, it would else be called
/// like its key.
fn named() -> String {
    YAML.replace("old: {", "old: { name: Old Corp,")
}

/// A role by which the management account enters.
fn open() -> Value {
    json!([{ "name": "OrganizationAccountAccessRole", "managed": ["arn:aws:iam::aws:policy/AdministratorAccess"] }])
}

fn changed(world: &World, change: impl AsyncFnOnce(&Bench)) -> World {
    virtual_runtime().unwrap().block_on(async {
        let bench = Bench::open(&setting(YAML), Some(world.clone())).await.unwrap();
        change(&bench).await;
        bench.simulator.world()
    })
}

fn later(world: &World, by: Duration) -> World {
    changed(world, async |bench| bench.simulator.advance(by))
}

fn applied(yaml: &str, world: &World) -> Rehearsal {
    rehearse(&graph(yaml), &setting(yaml), Some(world.clone()), &BTreeSet::new(), &mut |_, _, _| {}).unwrap()
}

fn steps(rehearsal: &Rehearsal) -> Vec<&str> {
    rehearsal.plan.steps.iter().map(|step| step.id.0.as_str()).collect()
}

/// What AWS, or the program, said of the steps that failed.
fn causes(rehearsal: &Rehearsal) -> Vec<(String, String)> {
    let outcome = rehearsal.outcome.as_ref().unwrap();
    let error = |cause: &lzctl::apply::outcome::RootCause| cause.error.clone().unwrap();
    outcome.causes.iter().map(|cause| (cause.step.0.clone(), error(cause).code)).collect()
}

#[test]
fn an_account_that_a_role_opens_joins_moves_and_is_governed_in_one_plan() {
    let done = applied(YAML, &world(&json!({ "roles": open() })));
    assert!(done.succeeded(), "{:#?}\n{:#?}", causes(&done), done.second_plan.steps);
    let at = |id: &str| steps(&done).iter().position(|step| *step == id).unwrap();
    assert!(at("account.old:invite") < at("account.old:accept"));
    for later in ["account.old:move", "account.old:tag", "policy.guard:attach[old]"] {
        let known = steps(&done);
        assert!(known.contains(&later), "{later}: {known:?}");
        assert!(at("account.old:accept") < at(later), "{later}");
    }
    // Its name is its own, as the document says none.
    let organization = done.world.organizations.of(GUEST).unwrap();
    assert_eq!(
        (organization.management.as_str(), organization.account(GUEST).unwrap().name.as_str()),
        ("111122223333", "Old Corp")
    );
}

#[test]
fn a_member_of_another_organization_moves_directly_once_it_may() {
    let there = |days: u32| world(&json!({ "roles": open(), "organization_of": FORMER, "days": days }));
    let done = applied(YAML, &there(30));
    assert!(done.succeeded(), "{:#?}", causes(&done));
    assert_eq!(done.world.organizations.of(FORMER).unwrap().accounts.len(), 1);
    // Tags and policies of its former organization do not come with it.
    assert_eq!(done.world.organizations.of(GUEST).unwrap().account(GUEST).unwrap().tags.len(), 1);
}

#[test]
fn an_administrator_of_another_organizations_service_stays_until_it_is_dismissed() {
    let held = changed(&world(&json!({ "roles": open(), "organization_of": FORMER })), async |bench| {
        let ask = async |operation: &str, input: Value| {
            let asker = Asker { key: FORMER, token: None, region: "us-east-1" };
            let answer = bench.simulator.ask(asker, "organizations", operation, &input).await.unwrap();
            assert_eq!(answer.code(), None, "{}", answer.text);
        };
        let principal = "config.amazonaws.com";
        ask("EnableAWSServiceAccess", json!({ "ServicePrincipal": principal })).await;
        ask("RegisterDelegatedAdministrator", json!({ "AccountId": GUEST, "ServicePrincipal": principal }))
            .await;
    });
    let refused = applied(YAML, &held);
    assert_eq!(
        causes(&refused),
        [("account.old:accept".to_owned(), "ConstraintViolationException".to_owned())]
    );
}

#[test]
fn an_account_that_nobody_can_enter_is_invited_and_joins_when_its_owner_accepts() {
    let waits = applied(YAML, &world(&json!({})));
    assert_eq!(causes(&waits), [("account.old:accept".to_owned(), "WaitsForOwner".to_owned())]);
    let outcome = waits.outcome.as_ref().unwrap();
    assert!(outcome.counts.skipped >= 3, "{:?}", outcome.counts);
    // Planned again the invitation stands; only its answer is missing.
    assert_eq!(waits.second_plan.steps[0].id.0, "account.old:accept");
    let told = &outcome.causes[0].error.as_ref().unwrap().message;
    let handshake = told.split_whitespace().find(|word| word.starts_with("h-")).unwrap().to_owned();
    let accepted = changed(&waits.world, async |bench| {
        let asker = Asker { key: GUEST, token: None, region: "us-east-1" };
        let input = json!({ "HandshakeId": handshake });
        let answer = bench.simulator.ask(asker, "organizations", "AcceptHandshake", &input).await.unwrap();
        assert_eq!(answer.code(), None, "{}", answer.text);
    });
    let done = applied(YAML, &accepted);
    assert!(!steps(&done).iter().any(|step| step.contains("invite") || step.contains("accept")));
    assert!(done.succeeded(), "{:#?}", causes(&done));
}

#[test]
fn an_account_whose_id_nobody_knows_is_invited_by_its_address() {
    let yaml = YAML.replace("id: \"222233334444\", ", "");
    let waits = applied(&yaml, &world(&json!({ "roles": open() })));
    assert_eq!(causes(&waits), [("account.old:accept".to_owned(), "WaitsForOwner".to_owned())]);
    let invitation = waits.world.organizations.handshakes.values().next().unwrap();
    assert_eq!(invitation.target, ("EMAIL".to_owned(), "old@example.com".to_owned()));
}

#[test]
fn an_organization_that_is_only_being_made_invites_too() {
    let mut bare = world(&json!({ "roles": open() }));
    let organization = bare.organizations.of("111122223333").unwrap().id.clone();
    bare.organizations.organizations.remove(&organization);
    let done = applied(YAML, &bare);
    assert_eq!(steps(&done)[0], "organization:create");
    assert!(done.succeeded(), "{:#?}", causes(&done));
}

#[test]
fn a_root_address_changes_with_the_code_from_the_new_mailbox() {
    let member = named().replace("join: invite", "join: existing");
    let done = applied(YAML, &world(&json!({ "roles": open() })));
    let moved = member.replace("old@example.com", "new@example.com");
    let changed = applied(&moved, &done.world);
    let expected =
        ["trusted_access.account.amazonaws.com:create", "account.old:send_code", "account.old:change_email"];
    assert_eq!(steps(&changed), expected);
    assert!(changed.succeeded(), "{:#?}", causes(&changed));
    assert_eq!(
        changed.world.organizations.of(GUEST).unwrap().account(GUEST).unwrap().email,
        "new@example.com"
    );
    // Large letters make no other address.
    assert_eq!(steps(&applied(&moved.replace("new@", "New@"), &changed.world)), Vec::<&str>::new());
}

#[test]
fn an_account_that_has_left_is_not_made_anew_but_invited_again() {
    let member = named().replace(", join: invite", "");
    let done = applied(YAML, &world(&json!({ "roles": open() })));
    assert_eq!(steps(&applied(&member, &done.world)), Vec::<&str>::new());
    let left = changed(&done.world, async |bench| {
        let asker = Asker { key: GUEST, token: None, region: "us-east-1" };
        let answer =
            bench.simulator.ask(asker, "organizations", "LeaveOrganization", &json!({})).await.unwrap();
        assert_eq!(answer.code(), None, "{}", answer.text);
    });
    let refused = applied(&member, &left);
    let blockers: Vec<&str> = refused.plan.blockers().map(|note| note.code.as_str()).collect();
    assert_eq!(blockers, ["account-not-found"]);
    let back = applied(YAML, &left);
    assert!(back.succeeded(), "{:#?}", causes(&back));
}
