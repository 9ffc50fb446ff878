//! Enable, Disable, BatchGetAccountStatus: the scans of accounts, the caller's own or those of its members.
//!
//! Source: <https://docs.aws.amazon.com/inspector/v2/APIReference/API_Enable.html> and its neighbours. What does not
//! work for an account is told in `failedAccounts` with a code, never as an error. A member does not switch scans off
//! (<https://docs.aws.amazon.com/inspector/latest/user/admin-member-relationship.html>). How long a scan is ENABLING is
//! published nowhere (UNSOURCED): one minute here.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::sim::clock::later;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::queries;
use crate::sim::world::World;

use super::refusal::{failed, invalid};
use super::{members, policy};

const PREPARATION: Duration = Duration::from_secs(60);

/// Every type of scan, with the name of its member in states.
pub(super) const TYPES: [(&str, &str); 5] = [
    ("EC2", "ec2"),
    ("ECR", "ecr"),
    ("LAMBDA", "lambda"),
    ("LAMBDA_CODE", "lambdaCode"),
    ("CODE_REPOSITORY", "codeRepository"),
];

/// Switches a scan on in an account, unless it is.
pub(super) fn open(world: &mut World, account: &str, region: &str, kind: &str, now: jiff::Timestamp) {
    queries::ensure_service_linked_role(world, account, "inspector2.amazonaws.com", now);
    let scans = &mut world.inspector.places.of(account, region).scans;
    scans.entry(kind.to_owned()).or_insert_with(|| later(now, PREPARATION));
}

/// Whether Inspector does anything in an account.
pub(super) fn is_on(world: &World, account: &str, region: &str) -> bool {
    world.inspector.places.get(account, region).is_some_and(|place| !place.scans.is_empty())
}

fn asked(request: &Request) -> Vec<String> {
    request.list("resourceTypes").iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The accounts that a request names; the caller when it names none.
fn accounts(request: &Request) -> Vec<String> {
    let named: Vec<String> =
        request.list("accountIds").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if named.is_empty() { vec![request.caller.account.clone()] } else { named }
}

/// Whether the caller may act in an account: its own, or that of a member.
fn may(world: &World, request: &Request, account: &str) -> bool {
    account == request.caller.account
        || members::administrator(world, account, &request.region).as_deref() == Some(&request.caller.account)
}

/// What keeps scans from being switched on in an account.
fn hindrance(world: &World, request: &Request, account: &str, wanted: &[String]) -> Option<&'static str> {
    if !may(world, request, account) {
        return Some("ACCESS_DENIED");
    }
    if wanted.iter().any(|kind| policy::keeps(world, account, &request.region, kind)) {
        return Some("BLOCKED_BY_ORGANIZATION_POLICY");
    }
    let scans = world.inspector.places.get(account, &request.region).map(|place| &place.scans)?;
    let known: Option<Vec<_>> = wanted.iter().map(|kind| scans.get(kind)).collect();
    let known = known?;
    Some(if known.iter().any(|ready| **ready > request.now) {
        "ENABLE_IN_PROGRESS"
    } else {
        "ALREADY_ENABLED"
    })
}

/// Lambda code is scanned only with Lambda functions (UNSOURCED).
pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let wanted = asked(request);
    if let Some(unknown) = wanted.iter().find(|kind| !TYPES.iter().any(|(name, _)| name == kind)) {
        return Err(invalid(&format!("{unknown} is not supported")));
    }
    let (mut done, mut left) = (Vec::new(), Vec::new());
    for account in accounts(request) {
        policy::look(world, &account, &request.region, request.now);
        if let Some(code) = hindrance(world, request, &account, &wanted) {
            left.push(failed(&account, code));
            continue;
        }
        let scans = world.inspector.places.get(&account, &request.region).map(|place| &place.scans);
        let lambda =
            |kind: &str| wanted.iter().any(|one| one == kind) || scans.is_some_and(|s| s.contains_key(kind));
        if wanted.iter().any(|kind| kind == "LAMBDA_CODE") && !lambda("LAMBDA") {
            return Err(invalid("LAMBDA_CODE requires LAMBDA"));
        }
        for kind in &wanted {
            open(world, &account, &request.region, kind, request.now);
        }
        done.push(account_view(world, request, &account));
    }
    Ok(json!({ "accounts": done, "failedAccounts": left }))
}

pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let named = asked(request);
    let (mut done, mut left) = (Vec::new(), Vec::new());
    for account in accounts(request) {
        let own = account == request.caller.account;
        let member = members::administrator(world, &account, &request.region);
        let has_members = members::has_any(world, &account, &request.region);
        let kept = named.iter().any(|kind| policy::keeps(world, &account, &request.region, kind));
        let code = match member {
            Some(holder) if holder != request.caller.account => Some("ACCESS_DENIED"),
            None if !own => Some("ACCESS_DENIED"),
            _ if kept => Some("BLOCKED_BY_ORGANIZATION_POLICY"),
            None if named.is_empty() && has_members => Some("DISASSOCIATE_ALL_MEMBERS"),
            _ => None,
        };
        if let Some(code) = code {
            left.push(failed(&account, code));
            continue;
        }
        let scans = &mut world.inspector.places.of(&account, &request.region).scans;
        scans.retain(|kind, _| !named.is_empty() && !named.contains(kind));
        done.push(account_view(world, request, &account));
    }
    Ok(json!({ "accounts": done, "failedAccounts": left }))
}

pub(super) fn status(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (mut found, mut left) = (Vec::new(), Vec::new());
    for account in accounts(request) {
        policy::look(world, &account, &request.region, request.now);
        if may(world, request, &account) {
            found.push(state_view(world, request, &account));
        } else {
            left.push(failed(&account, "ACCESS_DENIED"));
        }
    }
    Ok(json!({ "accounts": found, "failedAccounts": left }))
}

fn word(world: &World, request: &Request, account: &str, kind: &str) -> &'static str {
    let place = world.inspector.places.get(account, &request.region);
    match place.and_then(|place| place.scans.get(kind)) {
        None => "DISABLED",
        Some(ready) if *ready > request.now => "ENABLING",
        Some(_) => "ENABLED",
    }
}

/// Inspector as a whole is on as soon as one scan is.
fn whole(world: &World, request: &Request, account: &str) -> &'static str {
    let words: Vec<&str> = TYPES.iter().map(|(kind, _)| word(world, request, account, kind)).collect();
    let of = |wanted: &str| words.contains(&wanted);
    if of("ENABLED") {
        "ENABLED"
    } else if of("ENABLING") {
        "ENABLING"
    } else {
        "DISABLED"
    }
}

fn account_view(world: &World, request: &Request, account: &str) -> Value {
    let members =
        TYPES.iter().map(|(kind, name)| ((*name).to_owned(), json!(word(world, request, account, kind))));
    json!({
        "accountId": account,
        "status": whole(world, request, account),
        "resourceStatus": members.collect::<Map<String, Value>>(),
    })
}

fn state_view(world: &World, request: &Request, account: &str) -> Value {
    let state =
        |status: &str| json!({ "status": status, "errorCode": "ALREADY_ENABLED", "errorMessage": "-" });
    let members =
        TYPES.iter().map(|(kind, name)| ((*name).to_owned(), state(word(world, request, account, kind))));
    json!({
        "accountId": account,
        "state": state(whole(world, request, account)),
        "resourceState": members.collect::<Map<String, Value>>(),
    })
}
