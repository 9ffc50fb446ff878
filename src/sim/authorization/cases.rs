//! A table of policy cases: the decision for each, by AWS's evaluation logic.
//!
//! In: documents and a point. Out: the words of the decision. Absent: where a request's documents and facts come from.

use std::sync::Arc;

use serde_json::{Value, json};

use super::conditions::Facts;
use super::decision::{Grant, decide};
use super::judge::Point;
use super::policies::Policies;
use crate::sim::services::iam::document::{Document, Kind};
use crate::sim::services::iam::evaluate::Principal;

const UNIT: &str = "arn:aws:organizations::111122223333:ou/o-a/ou-b";
const MOVE: &str = "organizations:MoveAccount";

/// One row of the table.
#[derive(serde::Deserialize)]
struct Case {
    case: String,
    expected: String,
    statements: Value,
}

fn document(statements: &Value) -> Arc<Document> {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    Arc::new(Document::parse(&text, Kind::Control).unwrap_or_else(|why| panic!("{why}: {text}")))
}

fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

fn deny(action: &str, resource: &str) -> Value {
    json!({"Effect": "Deny", "Action": action, "Resource": resource})
}

fn decided(policies: &Policies, action: &str, grant: Grant) -> String {
    let facts = Facts::from([
        ("aws:requestedregion".to_owned(), vec!["eu-west-1".to_owned()]),
        ("aws:principaltag/team".to_owned(), vec!["b".to_owned()]),
        ("aws:tagkeys".to_owned(), vec!["cost".to_owned(), "team".to_owned()]),
    ]);
    let account = "111122223333".to_owned();
    let arns = vec!["arn:aws:iam::111122223333:role/R".to_owned()];
    let principal = Principal::Identity { account, arns };
    let point = Point { action, resource: UNIT, principal: &principal, facts: &facts };
    match decide(policies, &point, grant) {
        Ok(_) => "allowed".to_owned(),
        Err(refusal) => refusal.words("A"),
    }
}

const NONE: &str = "because no identity-based policy allows the A action";
const EXPLICIT: &str = "with an explicit deny in an identity-based policy";

/// Each case is held by an identity that asks `organizations:MoveAccount` on a unit in `eu-west-1`, with the tag keys
/// `cost` and `team`, and the principal tag `team` = `b`.
#[test]
fn identity_policies_decide_as_the_table_says() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("cases.json")).expect("cases.json");
    assert!(cases.len() > 30);
    for case in cases {
        let policies = Policies { identity: Some(vec![document(&case.statements)]), ..Policies::default() };
        let expected = match case.expected.as_str() {
            "not allowed" => NONE,
            "denied" => EXPLICIT,
            other => other,
        };
        assert_eq!(decided(&policies, MOVE, Grant::Nothing), expected, "{}", case.case);
    }
}

/// Documents by name, joined by spaces; `-` stands for none of that kind, nothing for an empty list.
fn documents(names: &str) -> Vec<Arc<Document>> {
    let named = |name: &str| match name {
        "all" => document(&json!([allow("*", "*")])),
        "lists" => document(&json!([allow("organizations:List*", "*")])),
        "iam" => document(&json!([allow("iam:*", "*")])),
        "never" => document(&json!([allow("*", "*"), deny(MOVE, "*")])),
        other => panic!("{other}"),
    };
    names.split_whitespace().map(named).collect()
}

/// Name; identity, boundary, session; levels of service and of resource control policies; the decision.
type Row = (&'static str, [&'static str; 3], &'static [&'static str], &'static [&'static str], &'static str);

const INTERSECTIONS: &[Row] = &[
    ("an administrator", ["all", "-", "-"], &[], &[], "allowed"),
    ("outside the boundary", ["all", "lists", "-"], &[], &[], "no permissions boundary"),
    ("a boundary gives nothing", ["", "all", "-"], &[], &[], "no identity-based policy"),
    ("a boundary denies", ["all", "never", "-"], &[], &[], "a permissions boundary"),
    ("outside the session", ["all", "-", "lists"], &[], &[], "no session policy"),
    ("session policies add up", ["all", "-", "lists all"], &[], &[], "allowed"),
    ("a session gives nothing", ["iam", "-", "all"], &[], &[], "no identity-based policy"),
    ("a session denies", ["all", "-", "all never"], &[], &[], "a session policy"),
    ("a session without other policies", ["-", "-", "lists"], &[], &[], "no session policy"),
    ("every level allows", ["-", "-", "-"], &["all", "all"], &[], "allowed"),
    (
        "a level allows too little",
        ["-", "-", "-"],
        &["all", "lists", "all"],
        &[],
        "no service control policy",
    ),
    ("a level without any", ["-", "-", "-"], &["all", ""], &[], "no service control policy"),
    ("a list beside full access", ["-", "-", "-"], &["lists all"], &[], "allowed"),
    ("a denial above", ["-", "-", "-"], &["never", "all"], &[], "a service control policy"),
    ("a denial for the resource", ["-", "-", "-"], &["all"], &["all", "never"], "a resource control policy"),
    ("control policies give nothing", ["iam", "-", "-"], &["all"], &["all"], "no identity-based policy"),
];

#[test]
fn the_kinds_of_policies_intersect_and_any_denial_wins() {
    for (name, [identity, boundary, session], scps, rcps, expected) in INTERSECTIONS {
        let kind = |names: &str| (names != "-").then(|| documents(names));
        let policies = Policies {
            identity: kind(identity),
            boundary: kind(boundary).and_then(|documents| documents.into_iter().next()),
            session: kind(session),
            scps: scps.iter().map(|names| documents(names)).collect(),
            rcps: rcps.iter().map(|names| documents(names)).collect(),
        };
        let words = match expected.split_once(' ') {
            None => (*expected).to_owned(),
            Some(("no", _)) => format!("because {expected} allows the A action"),
            Some(_) => format!("with an explicit deny in {expected}"),
        };
        assert_eq!(decided(&policies, MOVE, Grant::Nothing), words, "{name}");
    }
}

#[test]
fn a_resource_policy_that_names_the_caller_stands_in_for_its_own_policies_but_not_for_control_policies() {
    let narrow = document(&json!([allow("organizations:List*", "*")]));
    let identity = || Some(vec![Arc::clone(&narrow)]);
    let bounded =
        || Policies { identity: identity(), boundary: Some(Arc::clone(&narrow)), ..Policies::default() };
    let bare = Policies { identity: identity(), ..Policies::default() };
    assert_eq!(decided(&bare, MOVE, Grant::Role), "allowed");
    assert_eq!(decided(&bounded(), MOVE, Grant::Role), "because no permissions boundary allows the A action");
    assert_eq!(decided(&bounded(), MOVE, Grant::Caller), "allowed");
    let ruled = Policies { scps: vec![vec![Arc::clone(&narrow)]], ..bounded() };
    assert_eq!(decided(&ruled, MOVE, Grant::Caller), "because no service control policy allows the A action");
}
