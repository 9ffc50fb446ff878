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

fn when(mut statement: Value, condition: Value) -> Value {
    statement["Condition"] = condition;
    statement
}

fn full() -> Value {
    json!([allow("*", "*")])
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

#[test]
fn identity_policies() {
    let region = |operator: &str, value: &str| json!({operator: {"aws:RequestedRegion": value}});
    let cases: Vec<(&str, Value, &str)> = vec![
        ("a plain allow", json!([allow(MOVE, "*")]), "allowed"),
        ("nothing", json!([allow("organizations:List*", "*")]), NONE),
        ("actions have no case", json!([allow("ORGANIZATIONS:moveaccount", "*")]), "allowed"),
        ("a star inside", json!([allow("organizations:M*t", "*")]), "allowed"),
        ("a question mark is one character", json!([allow("organizations:MoveAccoun?", "*")]), "allowed"),
        ("and not none", json!([allow("organizations:MoveAccount?", "*")]), NONE),
        ("a resource of its own", json!([allow(MOVE, UNIT)]), "allowed"),
        ("resources have case", json!([allow(MOVE, &UNIT.to_uppercase())]), NONE),
        ("a star crosses colons and slashes", json!([allow(MOVE, "arn:aws:org*ou-b")]), "allowed"),
        ("another resource", json!([allow(MOVE, "arn:aws:organizations::*:ou/o-a/ou-c")]), NONE),
        (
            "a variable in the resource",
            json!([allow(MOVE, "arn:aws:*:ou/o-a/ou-${aws:PrincipalTag/team}")]),
            "allowed",
        ),
        ("a variable without value", json!([allow(MOVE, "*${aws:PrincipalTag/none}")]), NONE),
        ("a denial wins", json!([allow("*", "*"), deny(MOVE, "*")]), EXPLICIT),
        ("a denial elsewhere", json!([allow("*", "*"), deny(MOVE, "arn:aws:iam::*:*")]), "allowed"),
        (
            "NotAction allows the rest",
            json!([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]),
            "allowed",
        ),
        (
            "NotAction leaves its own out",
            json!([{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}]),
            NONE,
        ),
        (
            "NotAction denies the rest",
            json!([allow("*", "*"), {"Effect": "Deny", "NotAction": ["sts:*", "iam:*"], "Resource": "*"}]),
            EXPLICIT,
        ),
        (
            "NotAction spares its own",
            json!([allow("*", "*"), {"Effect": "Deny", "NotAction": "organizations:*", "Resource": "*"}]),
            "allowed",
        ),
        (
            "NotResource denies the rest",
            json!([allow("*", "*"), {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:iam::*"}]),
            EXPLICIT,
        ),
        (
            "NotResource spares its own",
            json!([allow("*", "*"), {"Effect": "Deny", "Action": "*", "NotResource": UNIT}]),
            "allowed",
        ),
        (
            "NotResource allows the rest",
            json!([{"Effect": "Allow", "Action": MOVE, "NotResource": "arn:aws:iam::*"}]),
            "allowed",
        ),
        (
            "a condition that holds",
            json!([when(allow(MOVE, "*"), region("StringEquals", "eu-west-1"))]),
            "allowed",
        ),
        ("one that does not", json!([when(allow(MOVE, "*"), region("StringEquals", "us-east-1"))]), NONE),
        (
            "a missing key fails an allow",
            json!([when(allow(MOVE, "*"), json!({"StringEquals": {"aws:SourceVpc": "v"}}))]),
            NONE,
        ),
        (
            "a missing key fails a denial",
            json!([allow("*", "*"), when(deny("*", "*"), json!({"StringEquals": {"aws:SourceVpc": "v"}}))]),
            "allowed",
        ),
        (
            "a missing key meets a negated denial",
            json!([
                allow("*", "*"),
                when(deny("*", "*"), json!({"StringNotEquals": {"aws:SourceVpc": "v"}}))
            ]),
            EXPLICIT,
        ),
        (
            "IfExists meets it too",
            json!([
                allow("*", "*"),
                when(deny("*", "*"), json!({"StringEqualsIfExists": {"aws:SourceVpc": "v"}}))
            ]),
            EXPLICIT,
        ),
        (
            "Null asks for it",
            json!([when(allow(MOVE, "*"), json!({"Null": {"aws:SourceVpc": "true"}}))]),
            "allowed",
        ),
        (
            "all conditions must hold",
            json!([when(
                allow(MOVE, "*"),
                json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}, "Null": {"aws:SourceVpc": "false"}})
            )]),
            NONE,
        ),
        (
            "every tag key is listed",
            json!([when(
                allow(MOVE, "*"),
                json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["cost", "team", "x"]}})
            )]),
            "allowed",
        ),
        (
            "one tag key is not",
            json!([when(allow(MOVE, "*"), json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["cost"]}}))]),
            NONE,
        ),
        (
            "a denial of any tag key",
            json!([
                allow("*", "*"),
                when(deny("*", "*"), json!({"ForAnyValue:StringEquals": {"aws:TagKeys": ["cost"]}}))
            ]),
            EXPLICIT,
        ),
        (
            "an unknown operator opens nothing",
            json!([when(allow(MOVE, "*"), json!({"StringSeems": {"aws:RequestedRegion": "eu-west-1"}}))]),
            NONE,
        ),
    ];
    for (name, statements, expected) in cases {
        let policies = Policies { identity: Some(vec![document(&statements)]), ..Policies::default() };
        assert_eq!(decided(&policies, MOVE, Grant::Nothing), expected, "{name}");
    }
}

#[test]
fn the_kinds_of_policies_intersect_and_any_denial_wins() {
    let list = json!([allow("organizations:List*", "*")]);
    let (wide, narrow, other) = (document(&full()), document(&list), document(&json!([allow("iam:*", "*")])));
    let never = document(&json!([allow("*", "*"), deny(MOVE, "*")]));
    let identity = || Some(vec![Arc::clone(&wide)]);
    let one = |document: &Arc<Document>| vec![Arc::clone(document)];
    let no = |kind: &str| format!("because no {kind} allows the A action");
    let cases = [
        ("no boundary", Policies { identity: identity(), ..Policies::default() }, "allowed".to_owned()),
        (
            "outside the boundary",
            Policies { identity: identity(), boundary: Some(Arc::clone(&narrow)), ..Policies::default() },
            no("permissions boundary"),
        ),
        (
            "a boundary gives nothing",
            Policies { identity: Some(vec![]), boundary: Some(Arc::clone(&wide)), ..Policies::default() },
            NONE.to_owned(),
        ),
        (
            "a boundary denies",
            Policies { identity: identity(), boundary: Some(Arc::clone(&never)), ..Policies::default() },
            "with an explicit deny in a permissions boundary".to_owned(),
        ),
        (
            "outside the session",
            Policies { identity: identity(), session: Some(one(&narrow)), ..Policies::default() },
            no("session policy"),
        ),
        (
            "session policies add up",
            Policies {
                identity: identity(),
                session: Some(vec![Arc::clone(&narrow), Arc::clone(&wide)]),
                ..Policies::default()
            },
            "allowed".to_owned(),
        ),
        (
            "a session gives nothing",
            Policies { identity: Some(one(&other)), session: Some(one(&wide)), ..Policies::default() },
            NONE.to_owned(),
        ),
        (
            "a session of an administrator",
            Policies { session: Some(one(&narrow)), ..Policies::default() },
            no("session policy"),
        ),
        (
            "every level allows",
            Policies { scps: vec![one(&wide), one(&wide)], ..Policies::default() },
            "allowed".to_owned(),
        ),
        (
            "one level allows too little",
            Policies { scps: vec![one(&wide), one(&narrow), one(&wide)], ..Policies::default() },
            no("service control policy"),
        ),
        (
            "a level without any",
            Policies { scps: vec![one(&wide), vec![]], ..Policies::default() },
            no("service control policy"),
        ),
        (
            "a list beside full access",
            Policies { scps: vec![vec![Arc::clone(&narrow), Arc::clone(&wide)]], ..Policies::default() },
            "allowed".to_owned(),
        ),
        (
            "a denial above",
            Policies { scps: vec![one(&never), one(&wide)], ..Policies::default() },
            "with an explicit deny in a service control policy".to_owned(),
        ),
        (
            "a denial for the resource",
            Policies { rcps: vec![one(&wide), one(&never)], ..Policies::default() },
            "with an explicit deny in a resource control policy".to_owned(),
        ),
        (
            "a control policy gives nothing",
            Policies { identity: Some(one(&other)), scps: vec![one(&wide)], ..Policies::default() },
            NONE.to_owned(),
        ),
    ];
    for (name, policies, expected) in cases {
        assert_eq!(decided(&policies, MOVE, Grant::Nothing), expected, "{name}");
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
