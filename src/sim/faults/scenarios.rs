//! Each fault over the wire: what the client sees, what the world became, and that it is known to have struck.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Act, FOREVER, Fault, FaultPlan, Latecomer, Loss, Strike};
use crate::sim::services::control_tower::State as ControlTower;
use crate::sim::testing::{Answer, account, ask, ask_as, done, organization, quiet, refused, send};
use crate::sim::{Settings, Simulator};

const ORG: &str = "organizations";
const LIST: &str = "ListOrganizationalUnitsForParent";

fn arm(sim: &Simulator, operation: &str, call: u64, fault: Fault) {
    sim.arm(FaultPlan::one(operation, call, fault));
}

async fn unit(sim: &Simulator, parent: &str, name: &str) -> Answer {
    ask(sim, ORG, "CreateOrganizationalUnit", json!({"ParentId": parent, "Name": name})).await
}

async fn units(sim: &Simulator, parent: &str) -> Vec<String> {
    let answer = done(sim, ORG, LIST, json!({"ParentId": parent})).await;
    let units = answer["OrganizationalUnits"].as_array().cloned().unwrap_or_default();
    units.iter().map(|unit| unit["Name"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Sends a request whose answer may be lost.
async fn attempt(sim: &Simulator, operation: &str, input: Value) -> Option<Answer> {
    let request = http::Request::post("/")
        .header("x-amz-target", format!("AWSOrganizationsV20161128.{operation}"))
        .header("authorization", "AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/organizations/aws4_request, SignedHeaders=host, Signature=0")
        .body(input.to_string().into())
        .expect("a request");
    send(sim, request).await
}

#[test]
fn a_plan_is_data() {
    let text = r#"{"strikes":[
        {"operation":"mutation","call":3,"fault":"lost-answer"},
        {"operation":"any","call":1,"fault":{"throttle":{"retry_after":7}}},
        {"operation":"read","call":2,"fault":{"stale-read":{"age":30,"times":5}}},
        {"operation":"organizations:ListRoots","call":1,"fault":{"actor":{"act":{"rename-unit":{"unit":"A/B","name":"C"}}}}},
        {"operation":"any","call":9,"fault":{"stops-answering":{"how":"timeout"}}},
        {"operation":"mutation","call":1,"fault":{"lost":{"how":{"server-error":503}}}}]}"#;
    let plan: FaultPlan = serde_json::from_str(text).expect("a plan");
    assert_eq!(plan.strikes[1].fault, Fault::Throttle { times: 1, retry_after: Some(7) });
    assert_eq!(plan.strikes[4].fault.times(), FOREVER);
    let again: FaultPlan =
        serde_json::from_value(serde_json::to_value(&plan).expect("JSON")).expect("a plan");
    assert_eq!(again, plan);
    for strike in &plan.strikes {
        let name = serde_json::to_value(&strike.fault).expect("JSON");
        let key = name.as_str().or_else(|| name.as_object()?.keys().next().map(String::as_str));
        assert_eq!(key, Some(strike.fault.name()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttle_burst_refuses_so_many_in_a_row_in_the_services_own_way() {
    let (sim, root) = organization(quiet()).await;
    arm(&sim, "organizations:*", 2, Fault::Throttle { times: 2, retry_after: None });
    assert!(units(&sim, &root).await.is_empty());
    for _ in 0..2 {
        let refusal = refused(&sim, ORG, LIST, json!({"ParentId": root})).await;
        assert_eq!(refusal, "TooManyRequestsException");
    }
    assert!(units(&sim, &root).await.is_empty());
    assert_eq!(sim.struck(), [2]);
    let faults: Vec<_> = sim.log().into_iter().map(|entry| entry.fault).collect();
    let throttled = Some("throttle".to_owned());
    assert_eq!(faults, [None, None, throttled.clone(), throttled, None]);
    arm(&sim, "controltower:ListLandingZones", 1, Fault::Throttle { times: 1, retry_after: Some(9) });
    let answer = ask(&sim, "controltower", "ListLandingZones", json!({})).await;
    let header = answer.headers.get("retry-after").and_then(|value| value.to_str().ok());
    assert_eq!((answer.status, header), (429, Some("9")), "{}", answer.text);
}

#[tokio::test(start_paused = true)]
async fn failures_before_the_effect_leave_none() {
    let (sim, root) = organization(quiet()).await;
    arm(&sim, "mutation", 1, Fault::ServerError { status: 500, times: 1 });
    let failed = unit(&sim, &root, "A").await;
    assert_eq!((failed.status, failed.code().as_deref()), (500, Some("ServiceException")));
    arm(&sim, "mutation", 1, Fault::ServerError { status: 503, times: 1 });
    assert_eq!(unit(&sim, &root, "A").await.status, 503);
    arm(&sim, "mutation", 1, Fault::ResetBefore { times: 1 });
    let input = json!({"ParentId": root, "Name": "A"});
    assert_eq!(attempt(&sim, "CreateOrganizationalUnit", input).await, None);
    assert_eq!(sim.struck(), [1]);
    assert!(units(&sim, &root).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_effect_whose_answer_is_lost_stays_however_it_is_lost() {
    let (sim, root) = organization(quiet()).await;
    for (name, how, wait) in [("A", Loss::Reset, 0), ("B", Loss::Timeout, 60)] {
        arm(&sim, "mutation", 1, Fault::Lost { how, times: 1 });
        let start = sim.now();
        let input = json!({"ParentId": root, "Name": name});
        assert_eq!(attempt(&sim, "CreateOrganizationalUnit", input).await, None);
        assert_eq!(sim.now().duration_since(start).as_secs(), wait);
    }
    arm(&sim, "mutation", 1, Fault::Lost { how: Loss::ServerError(503), times: 1 });
    assert_eq!(unit(&sim, &root, "C").await.status, 503);
    let mut names = units(&sim, &root).await;
    names.sort();
    assert_eq!(names, ["A", "B", "C"]);
    assert_eq!(sim.log().iter().filter(|entry| entry.fault.as_deref() == Some("lost")).count(), 3);
}

#[tokio::test(start_paused = true)]
async fn conflicts_missing_things_and_quotas_strike_only_operations_that_know_them() {
    let (sim, root) = organization(quiet()).await;
    arm(&sim, "any", 1, Fault::Conflict { times: 2 });
    assert!(units(&sim, &root).await.is_empty(), "a listing knows no conflict");
    for _ in 0..2 {
        assert_eq!(unit(&sim, &root, "A").await.code().as_deref(), Some("ConcurrentModificationException"));
    }
    assert_eq!(unit(&sim, &root, "A").await.code(), None);
    assert_eq!(sim.struck(), [2]);
    arm(&sim, "any", 1, Fault::QuotaReached { times: FOREVER });
    assert_eq!(units(&sim, &root).await, ["A"]);
    let more = json!({"AccountName": "x", "Email": "x@example.com"});
    let full = "ConstraintViolationException/ACCOUNT_NUMBER_LIMIT_EXCEEDED";
    assert_eq!(refused(&sim, ORG, "CreateAccount", more.clone()).await, full);
    sim.arm(FaultPlan::default());
    let begun = done(&sim, ORG, "CreateAccount", more).await;
    let status = json!({"CreateAccountRequestId": begun["CreateAccountStatus"]["Id"]});
    arm(&sim, "organizations:DescribeCreateAccountStatus", 1, Fault::Missing { times: 1 });
    let refusal = refused(&sim, ORG, "DescribeCreateAccountStatus", status.clone()).await;
    assert_eq!(refusal, "CreateAccountStatusNotFoundException");
    done(&sim, ORG, "DescribeCreateAccountStatus", status).await;
    assert_eq!(sim.struck(), [1]);
    let key = json!({});
    arm(&sim, "kms:CreateKey", 1, Fault::QuotaReached { times: 1 });
    assert_eq!(refused(&sim, "kms", "CreateKey", key).await, "LimitExceededException");
}

#[tokio::test(start_paused = true)]
async fn a_stale_read_shows_the_past_and_counts_only_where_it_differs() {
    let (sim, root) = organization(quiet()).await;
    arm(&sim, "read", 1, Fault::StaleRead { age: 30, times: FOREVER });
    unit(&sim, &root, "A").await;
    sim.advance(Duration::from_secs(20));
    unit(&sim, &root, "B").await;
    assert!(units(&sim, &root).await.is_empty(), "as it was when the plan was armed");
    sim.advance(Duration::from_secs(15));
    assert_eq!(units(&sim, &root).await, ["A"]);
    assert_eq!(sim.struck(), [2]);
    sim.advance(Duration::from_secs(30));
    assert_eq!(units(&sim, &root).await.len(), 2);
    assert_eq!(sim.struck(), [2], "by now the past looks like the present");
}

#[tokio::test(start_paused = true)]
async fn a_stale_read_sees_what_ended_by_itself_only_later() {
    let (sim, _) = organization(quiet()).await;
    let input = json!({"AccountName": "x", "Email": "x@example.com"});
    let begun = done(&sim, ORG, "CreateAccount", input).await;
    arm(&sim, "read", 1, Fault::StaleRead { age: 60, times: FOREVER });
    sim.advance(Duration::from_secs(120));
    let status = json!({"CreateAccountRequestId": begun["CreateAccountStatus"]["Id"]});
    let state = async || {
        let answer = done(&sim, ORG, "DescribeCreateAccountStatus", status.clone()).await;
        answer["CreateAccountStatus"]["State"].clone()
    };
    assert_eq!(state().await, "IN_PROGRESS");
    sim.advance(Duration::from_secs(60));
    assert_eq!(state().await, "SUCCEEDED");
}

#[tokio::test(start_paused = true)]
async fn a_change_stays_unobserved_until_another_has_happened() {
    let (sim, root) = organization(quiet()).await;
    let until = "organizations:DeleteOrganizationalUnit".to_owned();
    arm(&sim, "organizations:CreateOrganizationalUnit", 2, Fault::Unobserved { until });
    unit(&sim, &root, "A").await;
    let hidden = unit(&sim, &root, "B").await.json()["OrganizationalUnit"]["Id"].clone();
    unit(&sim, &root, "C").await;
    let mut names = units(&sim, &root).await;
    names.sort();
    assert_eq!(names, ["A", "C"], "later changes are seen");
    done(&sim, ORG, "DeleteOrganizationalUnit", json!({"OrganizationalUnitId": hidden})).await;
    assert_eq!(units(&sim, &root).await.len(), 2);
    assert_eq!(sim.struck(), [1]);
    unit(&sim, &root, "D").await;
    assert_eq!(units(&sim, &root).await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_new_is_missing_for_a_while_to_reads_and_changes() {
    let (sim, root) = organization(quiet()).await;
    let old = unit(&sim, &root, "Old").await.json()["OrganizationalUnit"]["Id"].clone();
    arm(&sim, "any", 1, Fault::Delayed { kind: Latecomer::Unit, seconds: 30 });
    let new = unit(&sim, &root, "New").await.json()["OrganizationalUnit"]["Id"].clone();
    let below = |parent: &Value| json!({"ParentId": parent, "Name": "Below"});
    let refusal = refused(&sim, ORG, "CreateOrganizationalUnit", below(&new)).await;
    assert_eq!(refusal, "ParentNotFoundException");
    assert_eq!(units(&sim, &root).await, ["Old"]);
    assert_eq!(sim.struck(), [2]);
    done(&sim, ORG, "CreateOrganizationalUnit", below(&old)).await;
    sim.advance(Duration::from_secs(31));
    done(&sim, ORG, "CreateOrganizationalUnit", below(&new)).await;
    assert_eq!(units(&sim, &root).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn accounts_roles_and_keys_may_be_late_too() {
    let (sim, root) = organization(quiet()).await;
    arm(&sim, "any", 1, Fault::Delayed { kind: Latecomer::Account, seconds: 600 });
    let late = account(&sim, "late").await;
    let moved = json!({"AccountId": late, "SourceParentId": root, "DestinationParentId": root});
    assert_eq!(refused(&sim, ORG, "MoveAccount", moved).await, "AccountNotFoundException");
    let shown = done(&sim, ORG, "ListAccounts", json!({})).await;
    assert_eq!(shown["Accounts"].as_array().map(Vec::len), Some(1));
    sim.advance(Duration::from_secs(600));
    let shown = done(&sim, ORG, "ListAccounts", json!({})).await;
    assert_eq!(shown["Accounts"].as_array().map(Vec::len), Some(2));
    arm(&sim, "any", 1, Fault::Delayed { kind: Latecomer::Key, seconds: 5 });
    let key = done(&sim, "kms", "CreateKey", json!({})).await["KeyMetadata"]["KeyId"].clone();
    assert_eq!(refused(&sim, "kms", "DescribeKey", json!({"KeyId": key})).await, "NotFoundException");
    sim.advance(Duration::from_secs(5));
    done(&sim, "kms", "DescribeKey", json!({"KeyId": key})).await;
    arm(&sim, "any", 1, Fault::Delayed { kind: Latecomer::Role, seconds: 5 });
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}"#;
    done(&sim, "iam", "CreateRole", json!({"RoleName": "R", "AssumeRolePolicyDocument": trust})).await;
    assert_eq!(refused(&sim, "iam", "GetRole", json!({"RoleName": "R"})).await, "NoSuchEntity");
    sim.advance(Duration::from_secs(5));
    done(&sim, "iam", "GetRole", json!({"RoleName": "R"})).await;
}

#[tokio::test(start_paused = true)]
async fn a_role_is_not_assumable_so_soon() {
    let (sim, _) = organization(quiet()).await;
    let member = account(&sim, "m").await;
    let born = sim.world().iam.role(&member, "OrganizationAccountAccessRole").expect("a role").created;
    let age = u32::try_from(sim.now().duration_since(born).as_secs()).expect("a short age");
    arm(&sim, "any", 1, Fault::RoleNotAssumable { seconds: age + 10 });
    let role = format!("arn:aws:iam::{member}:role/OrganizationAccountAccessRole");
    let input = json!({"RoleArn": role, "RoleSessionName": "test"});
    assert_eq!(refused(&sim, "sts", "AssumeRole", input.clone()).await, "AccessDenied");
    sim.advance(Duration::from_secs(11));
    done(&sim, "sts", "AssumeRole", input).await;
    assert_eq!(sim.struck(), [1]);
}

#[tokio::test(start_paused = true)]
async fn another_actor_changes_the_world_just_before_a_request() {
    let (sim, root) = organization(quiet()).await;
    let member = account(&sim, "app").await;
    let home = unit(&sim, &root, "Home").await.json()["OrganizationalUnit"]["Id"].clone();
    let acts = [
        Act::MoveAccount { account: "app@example.com".into(), to: "Home".into() },
        Act::RenameUnit { unit: "Home".into(), name: "House".into() },
        Act::CreateUnit { parent: "House".into(), name: "Room".into() },
        Act::Tag { target: "House/Room".into(), key: "k".into(), value: "v".into() },
        Act::DeleteUnit { unit: "House/Room".into() },
        Act::RenameAccount { account: "app".into(), name: "other".into() },
        Act::DeleteRole { account: member.clone(), role: "OrganizationAccountAccessRole".into() },
        Act::DisableServiceAccess { principal: "none.amazonaws.com".into() },
    ];
    let strike = |act: Act| Strike { operation: "read".into(), call: 2, fault: Fault::Actor { act } };
    sim.arm(FaultPlan::new(acts.into_iter().map(strike).collect()));
    let before = sim.world();
    let parents = json!({"ChildId": member});
    let parent = done(&sim, ORG, "ListParents", parents.clone()).await["Parents"][0]["Id"].clone();
    assert_eq!(parent, json!(root), "not yet");
    let parent = done(&sim, ORG, "ListParents", parents).await["Parents"][0]["Id"].clone();
    assert_eq!(parent, home);
    assert_eq!(sim.struck(), [1, 1, 1, 1, 1, 1, 1, 0], "nobody had trusted that service");
    let world = sim.world();
    let organization = world.organizations.of(&member).expect("an organization");
    assert_eq!(organization.unit(home.as_str().expect("an id")).expect("a unit").name, "House");
    assert_eq!(organization.account(&member).expect("an account").name, "other");
    assert!(world.iam.role(&member, "OrganizationAccountAccessRole").is_none());
    assert!(
        before.iam.role(&member, "OrganizationAccountAccessRole").is_some(),
        "an older copy keeps its own"
    );
}

#[tokio::test(start_paused = true)]
async fn a_closure_may_change_the_world_before_a_request() {
    let (sim, root) = organization(quiet()).await;
    sim.before_call("mutation", 2, |world| world.organizations.account_quota = 1);
    unit(&sim, &root, "A").await;
    let input = json!({"AccountName": "x", "Email": "x@example.com"});
    let full = "ConstraintViolationException/ACCOUNT_NUMBER_LIMIT_EXCEEDED";
    assert_eq!(refused(&sim, ORG, "CreateAccount", input).await, full);
    assert_eq!(sim.log().last().and_then(|entry| entry.fault.clone()).as_deref(), Some("actor"));
}

/// Reads a whole listing, two at a time; the names, and how many pages it took.
async fn listing(sim: &Simulator, parent: &str) -> Result<(Vec<String>, usize), String> {
    let (mut names, mut pages, mut input) = (Vec::new(), 0, json!({"ParentId": parent, "MaxResults": 2}));
    loop {
        let answer = ask(sim, ORG, LIST, input.clone()).await;
        if answer.status >= 300 {
            return Err(answer.refusal(LIST));
        }
        let page = answer.json();
        let items = page["OrganizationalUnits"].as_array().cloned().unwrap_or_default();
        names.extend(items.iter().map(|unit| unit["Name"].as_str().unwrap_or_default().to_owned()));
        pages += 1;
        match page["NextToken"].as_str() {
            Some(token) => input["NextToken"] = json!(token),
            None => return Ok((names, pages)),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn pages_may_be_empty_expire_repeat_or_skip() {
    let (sim, root) = organization(quiet()).await;
    for name in ["A", "B", "C", "D", "E"] {
        unit(&sim, &root, name).await;
    }
    let whole = listing(&sim, &root).await.expect("a listing");
    assert_eq!((whole.0.len(), whole.1), (5, 3));
    for call in [1, 2, 3] {
        arm(&sim, "read", call, Fault::EmptyPage { times: 2 });
        assert_eq!(listing(&sim, &root).await, Ok((whole.0.clone(), 5)), "empty from call {call}");
        assert_eq!(sim.struck(), [2]);
    }
    arm(&sim, "read", 2, Fault::ExpiredToken { times: 1 });
    assert_eq!(listing(&sim, &root).await, Err("InvalidInputException/INVALID_NEXT_TOKEN".to_owned()));
    arm(&sim, "read", 1, Fault::RepeatedItem { times: 1 });
    let mut repeated = whole.0.clone();
    repeated.insert(2, whole.0[1].clone());
    assert_eq!(listing(&sim, &root).await, Ok((repeated, 3)));
    arm(&sim, "read", 2, Fault::SkippedItem { times: 1 });
    assert_eq!(listing(&sim, &root).await, Ok((whole.0[..4].to_vec(), 3)));
    assert_eq!(sim.struck(), [1]);
    arm(&sim, "iam:ListRoles", 1, Fault::EmptyPage { times: 1 });
    let roles = ask(&sim, "iam", "ListRoles", json!({})).await;
    assert!(
        roles.text.contains("<IsTruncated>true</IsTruncated>") && roles.text.contains("<Marker>"),
        "{}",
        roles.text
    );
}

#[tokio::test(start_paused = true)]
async fn an_account_creation_may_fail_or_hang() {
    let (sim, _) = organization(quiet()).await;
    let mut create = 0;
    for (fault, state, reason) in [
        (Fault::OperationFails { reason: "INTERNAL_FAILURE".into() }, "FAILED", json!("INTERNAL_FAILURE")),
        (Fault::OperationHangs, "IN_PROGRESS", Value::Null),
    ] {
        arm(&sim, "mutation", 1, fault);
        create += 1;
        let input = json!({"AccountName": "x", "Email": format!("x{create}@example.com")});
        let begun = done(&sim, ORG, "CreateAccount", input).await;
        let status = json!({"CreateAccountRequestId": begun["CreateAccountStatus"]["Id"]});
        assert_eq!(begun["CreateAccountStatus"]["State"], "IN_PROGRESS");
        sim.advance(Duration::from_secs(86_400));
        let ended =
            done(&sim, ORG, "DescribeCreateAccountStatus", status).await["CreateAccountStatus"].clone();
        assert_eq!((&ended["State"], &ended["FailureReason"]), (&json!(state), &reason));
        assert_eq!(sim.struck(), [1]);
    }
    assert_eq!(sim.world().organizations.organizations.values().next().map(|o| o.accounts.len()), Some(1));
}

#[test]
fn an_operation_of_control_tower_that_is_not_under_way_can_neither_fail_nor_hang() {
    let mut state = ControlTower::default();
    assert!(!state.doom("none", "reason"));
    assert!(!state.hang("none"));
}

#[tokio::test(start_paused = true)]
async fn credentials_expire_and_new_ones_work() {
    let (sim, _) = organization(quiet()).await;
    arm(&sim, "any", 2, Fault::CredentialsExpire);
    let ask = async |key: &str| ask_as(&sim, key, None, ORG, "ListRoots", json!({})).await.code();
    assert_eq!(ask("AKIAOLD").await, None);
    for _ in 0..2 {
        assert_eq!(ask("AKIAOLD").await.as_deref(), Some("ExpiredTokenException"));
    }
    assert_eq!(ask("AKIANEW").await, None);
    assert_eq!(sim.struck(), [1]);
}

#[tokio::test(start_paused = true)]
async fn a_service_control_policy_strikes_members_only() {
    let (sim, _) = organization(quiet()).await;
    let member = account(&sim, "m").await;
    arm(&sim, "any", 1, Fault::ScpDenies { actions: vec!["iam:Get*".into()], times: FOREVER });
    let summary = async |key: &str| ask_as(&sim, key, None, "iam", "GetAccountSummary", json!({})).await;
    assert_eq!(summary("AKIAMANAGEMENT").await.code(), None);
    let denied = summary(&member).await;
    assert_eq!(denied.code().as_deref(), Some("AccessDenied"));
    assert!(denied.text.contains("with an explicit deny in a service control policy"), "{}", denied.text);
    let roles = ask_as(&sim, &member, None, "iam", "ListRoles", json!({})).await;
    assert_eq!((roles.code(), sim.struck()), (None, vec![1]));
}

#[tokio::test(start_paused = true)]
async fn silence_has_no_effect_and_no_end() {
    let (sim, root) = organization(quiet()).await;
    arm(&sim, "any", 2, Fault::StopsAnswering { how: Loss::Reset });
    unit(&sim, &root, "A").await;
    for _ in 0..3 {
        let input = json!({"ParentId": root, "Name": "B"});
        assert_eq!(attempt(&sim, "CreateOrganizationalUnit", input).await, None);
    }
    assert_eq!(sim.struck(), [3]);
    sim.arm(FaultPlan::default());
    assert_eq!(units(&sim, &root).await, ["A"]);
}

#[tokio::test(start_paused = true)]
async fn the_same_plan_in_a_fork_gives_the_same_log() {
    let (sim, root) = organization(Settings { seed: 7, ..quiet() }).await;
    let plan = FaultPlan::new(vec![
        Strike { operation: "mutation".into(), call: 2, fault: Fault::LostAnswer },
        Strike { operation: "read".into(), call: 1, fault: Fault::StaleRead { age: 5, times: 3 } },
    ]);
    let mut logs = Vec::new();
    for _ in 0..2 {
        let fork = sim.fork();
        fork.arm(plan.clone());
        unit(&fork, &root, "A").await;
        units(&fork, &root).await;
        let input = json!({"ParentId": root, "Name": "B"});
        assert_eq!(attempt(&fork, "CreateOrganizationalUnit", input).await, None);
        units(&fork, &root).await;
        assert_eq!(fork.struck(), [1, 2]);
        logs.push((fork.log(), serde_json::to_string(&fork.world()).expect("JSON")));
    }
    assert_eq!(logs[0], logs[1]);
    assert!(units(&sim, &root).await.is_empty(), "the original knows nothing of its forks");
}

/// What a sweep over thousands of plans rests on. The bound is generous: an unoptimised build on a busy machine.
#[tokio::test(start_paused = true)]
async fn a_fork_of_twenty_accounts_takes_less_than_a_millisecond() {
    let (sim, _) = organization(Settings { account_quota: 30, ..quiet() }).await;
    for number in 0..20 {
        account(&sim, &format!("a{number}")).await;
    }
    let start = std::time::Instant::now();
    let forks: Vec<Simulator> = (0..100).map(|_| sim.fork()).collect();
    let each = start.elapsed() / 100;
    assert!(each < Duration::from_millis(1), "{each:?}");
    done(&forks[0], ORG, "ListAccounts", json!({})).await;
}
