//! Two evaluators of policies, written apart: the model's, which may answer "may", and
//! the simulator's, which enforces. Where everything about a request is known they must
//! say the same, or a plan would be refused, or let through, for a wrong reason.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::model::evaluation::{Answer, Ask, Cause, Document, Fact, Level, decide};
use crate::sim::authorization::judge::{Point, judge};
use crate::sim::services::iam::document::{Document as SimDocument, Kind};
use crate::sim::services::iam::evaluate::{Principal, Verdict};

const ROLE: &str = "arn:aws:iam::111122223333:role/team/Admin";
const ACTIONS: [&str; 5] =
    ["sts:AssumeRole", "kms:CreateKey", "iam:CreateRole", "s3:GetObject", "organizations:MoveAccount"];
const ACTION_PATTERNS: [&str; 8] =
    ["*", "sts:*", "kms:Create*", "IAM:createrole", "s3:Get?bject", "*:*Role", "s3:Put*", "organizations:*"];
const RESOURCES: [&str; 4] = [
    "*",
    "arn:aws:iam::111122223333:role/team/Admin",
    "arn:aws:kms:us-east-1:111122223333:key/1234",
    "arn:aws:s3:::logs-111122223333/x/y",
];
const RESOURCE_PATTERNS: [&str; 7] = [
    "*",
    "arn:aws:iam::*:role/*",
    "arn:aws:iam::${aws:PrincipalAccount}:role/team/*",
    "arn:aws:kms:*:*:key/????",
    "arn:aws:s3:::logs-*",
    "arn:aws:s3:::${aws:userid}/*",
    "arn:aws:iam::999988887777:role/*",
];
const OPERATORS: [&str; 14] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIfExists",
    "ForAllValues:StringLike",
    "ForAnyValue:StringEquals",
    "ArnLike",
    "ArnNotLike",
    "ArnNotLikeIfExists",
    "Bool",
    "NumericLessThan",
    "Null",
];
const KEYS: [&str; 5] = [
    "aws:PrincipalArn",
    "aws:RequestedRegion",
    "aws:TagKeys",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
];
const VALUES: [&str; 10] = [
    "arn:aws:iam::*:role/team/Admin",
    "arn:aws:iam::111122223333:role/*",
    "us-east-1",
    "us-*",
    "US-EAST-1",
    "true",
    "false",
    "111122223333",
    "team",
    "7",
];

fn some(of: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(of), 1..3)
}

fn statement() -> impl Strategy<Value = Value> {
    let condition = (prop::sample::select(&OPERATORS[..]), prop::sample::select(&KEYS[..]), some(&VALUES));
    (
        any::<bool>(),
        any::<bool>(),
        some(&ACTION_PATTERNS),
        any::<bool>(),
        some(&RESOURCE_PATTERNS),
        prop::collection::vec(condition, 0..3),
    )
        .prop_map(|(allow, not_action, actions, not_resource, resources, conditions)| {
            let mut one = Map::new();
            one.insert("Effect".into(), json!(if allow { "Allow" } else { "Deny" }));
            one.insert(if not_action { "NotAction" } else { "Action" }.into(), json!(actions));
            one.insert(if not_resource { "NotResource" } else { "Resource" }.into(), json!(resources));
            let mut block = Map::new();
            for (operator, key, values) in conditions {
                let values = if operator == "Null" { vec!["true"] } else { values };
                block.entry(operator).or_insert_with(|| json!({}))[key] = json!(values);
            }
            if !block.is_empty() {
                one.insert("Condition".into(), Value::Object(block));
            }
            Value::Object(one)
        })
}

/// Every key that a statement may ask for, present or not.
fn facts() -> impl Strategy<Value = Vec<(&'static str, Vec<String>)>> {
    let own = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let several =
        prop::sample::select(vec![own(&[]), own(&["team"]), own(&["team", "7"]), own(&["us-east-1"])]);
    let region = prop::sample::select(vec![own(&["us-east-1"]), own(&["eu-west-1"]), own(&[])]);
    let device = prop::sample::select(vec![own(&["true"]), own(&["false"]), own(&[])]);
    let user = prop::sample::select(vec![own(&["logs-111122223333"]), own(&[])]);
    (several, region, device, user).prop_map(move |(several, region, device, user)| {
        vec![
            ("aws:PrincipalArn", own(&[ROLE])),
            ("aws:PrincipalAccount", own(&["111122223333"])),
            ("aws:RequestedRegion", region),
            ("aws:TagKeys", several),
            ("aws:MultiFactorAuthPresent", device),
            ("aws:userid", user),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn both_evaluators_say_the_same_where_everything_is_known(
        statements in prop::collection::vec(statement(), 1..4),
        action in prop::sample::select(&ACTIONS[..]),
        resource in prop::sample::select(&RESOURCES[..]),
        facts in facts(),
        today in any::<bool>(),
    ) {
        let mut document = json!({ "Statement": statements });
        if today {
            document["Version"] = json!("2012-10-17");
        }
        let sim = SimDocument::parse(&document.to_string(), Kind::Control).expect("a document");
        let principal = Principal::Identity { account: "111122223333".into(), arns: vec![ROLE.into()] };
        let given = facts.iter().filter(|(_, values)| !values.is_empty());
        let given = given.map(|(key, values)| (key.to_ascii_lowercase(), values.clone())).collect();
        let point = Point { action, resource, principal: &principal, facts: &given };
        let enforced = judge(&sim, &point).verdict;

        let mut ask = Ask::new(ROLE, action, resource);
        ask.facts.clear();
        for (key, values) in facts {
            let fact = if values.is_empty() { Fact::Absent } else { Fact::Known(values) };
            ask.facts.insert(key.to_ascii_lowercase(), fact);
        }
        let ours = Document::read(&document).expect("a document");
        let level = Level { name: "root", policies: vec![("policy", &ours)], open: false };
        let verdict = decide(&[level], &ask);
        let foreseen = match (verdict.answer, verdict.cause) {
            (Answer::Allowed, None) => Verdict::Allowed,
            (Answer::Denied, Some(Cause::Denied { .. })) => Verdict::Denied,
            (Answer::Denied, Some(Cause::NotAllowed { .. })) => Verdict::Silent,
            other => return Err(TestCaseError::fail(format!("{other:?} of {document}"))),
        };
        prop_assert_eq!(foreseen, enforced, "{}", document);
    }
}
